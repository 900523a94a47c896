import { afterEach, expect, test, vi } from 'vitest';
import { insideAnApp, judge, kindOf, type Status } from './trust';

const status: Status = {
	name: 'aarogya.local',
	version: '1',
	fingerprint: 'AB12 CD34 EF56 7890',
	clock: '2026-11-26T10:00:00Z',
	portals: ['https://aarogya.local', 'https://192.168.1.5'],
	caOpen: true,
	needsSetup: false
};
const now = Date.parse(status.clock);
const loads = (...trusted: string[]) =>
	vi.stubGlobal('fetch', (url: string) =>
		trusted.some((t) => url === `${t}/trust`) ? Promise.resolve(new Response()) : Promise.reject(new TypeError('no'))
	);
afterEach(() => vi.unstubAllGlobals());

test('each reason why a tablet cannot come in is told from the others', async () => {
	loads('https://aarogya.local', 'https://192.168.1.5');
	expect(await judge(status, '', now)).toEqual({ is: 'ready', at: 'https://aarogya.local' });
	loads('https://192.168.1.5');
	expect(await judge(status, '', now)).toEqual({ is: 'address', at: 'https://192.168.1.5' });
	loads('https://aarogya.local'); // somebody clicked a warning away there
	expect(await judge(status, '', now)).toEqual({ is: 'notYet' });
	loads();
	expect(await judge(status, '', now)).toEqual({ is: 'notYet' });
	expect(await judge(status, '', now - 40 * 86_400_000)).toEqual({ is: 'clock' });
	expect(await judge(status, '', now + 400 * 86_400_000)).toEqual({ is: 'clock' });
});

test('a box with another fingerprint than was scanned is an impostor, even if it is trusted', async () => {
	loads(...status.portals);
	expect(await judge(status, 'ab12cd34ef567890', now)).toEqual({ is: 'ready', at: 'https://aarogya.local' });
	expect(await judge(status, 'ab12cd34ef567891', now)).toEqual({ is: 'impostor' });
});

test('what kind of tablet it is', () => {
	const chrome = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36';
	expect(kindOf(chrome, 5)).toBe('android');
	expect(kindOf('Mozilla/5.0 (Linux; Android 8.1.0; SM-T290) Chrome/98', 5)).toBe('oldAndroid');
	expect(kindOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17 Safari/605', 5)).toBe('ipad');
	expect(kindOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140', 0)).toBe('other');
	expect(kindOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140', 10)).toBe('windows');
	expect(insideAnApp(chrome)).toBe(false);
	expect(insideAnApp('Mozilla/5.0 (Linux; Android 13; SM-X200; wv) Version/4.0 Chrome/140 WhatsApp/2.2')).toBe(true);
});
