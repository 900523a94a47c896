// Whether this tablet trusts the box, found out from a page in the clear: a browser lets such a page
// load something over HTTPS only from whom it trusts, and says nothing about why not.

export type Status = {
	name: string;
	version: string;
	fingerprint: string;
	clock: string;
	portals: string[];
	caOpen: boolean;
	needsSetup: boolean;
};
/**
 * ready: trusted by name. address: trusted, but the name is not found here. clock: this tablet's clock
 * is so wrong that no certificate can be right. impostor: not the box whose code was scanned.
 */
export type Verdict = { is: 'ready' | 'address'; at: string } | { is: 'clock' | 'impostor' | 'notYet' };

const PATIENCE_MS = 4_000;
/** The box's certificate is good from 30 days before it was made; a day less, to be on the safe side. */
const CLOCK_OFF_MS = 29 * 24 * 3_600_000;

/** The box in the clear, or null when it does not answer: no contact. */
export async function ask(): Promise<Status | null> {
	try {
		const answer = await fetch('/status', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
		return answer.ok ? ((await answer.json()) as Status) : null;
	} catch {
		return null;
	}
}

const trusted = (portal: string) =>
	fetch(`${portal}/trust`, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) }).then(
		() => true,
		() => false
	);

/** `scanned`: the fingerprint's first digits as the QR code had them, "" if the address was typed. */
export async function judge(status: Status, scanned: string, now = Date.now()): Promise<Verdict> {
	const own = status.fingerprint.replaceAll(' ', '').toUpperCase();
	if (scanned && scanned.toUpperCase() !== own) return { is: 'impostor' };
	const [name, ...addresses] = await Promise.all(status.portals.map(trusted));
	const address = addresses.indexOf(true);
	// A warning somebody clicked away answers like trust, but for that one host.
	if (name && (address >= 0 || addresses.length === 0)) return { is: 'ready', at: status.portals[0]! };
	if (!name && address >= 0) return { is: 'address', at: status.portals[address + 1]! };
	return { is: Math.abs(now - Date.parse(status.clock)) > CLOCK_OFF_MS ? 'clock' : 'notYet' };
}

export type Kind = 'android' | 'oldAndroid' | 'ipad' | 'windows' | 'other';
export const kinds: Kind[] = ['android', 'oldAndroid', 'ipad', 'windows', 'other'];

/** Chrome says "Android 10" on every Android since; the older way is one tap away. iPads call themselves Macs. */
export function kindOf(agent: string, touches: number): Kind {
	if (/iPad|iPhone/.test(agent) || (/Macintosh/.test(agent) && touches > 1)) return 'ipad';
	const android = /Android (\d+)/.exec(agent);
	if (android) return Number(android[1]) < 10 ? 'oldAndroid' : 'android';
	return /Windows/.test(agent) ? 'windows' : 'other';
}

/** A page inside another app (a chat, a QR scanner) can neither install nor keep what it is given. */
export const insideAnApp = (agent: string) => /; wv\)|FBAN|FBAV|Instagram|Line\/|MicroMessenger|WhatsApp/.test(agent);
