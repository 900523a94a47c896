// What makes this browser a tablet of the clinic: a key that can sign here and be copied nowhere.

import { openDB } from 'idb';

const STORE = 'keys';
const NAME = 'tablet';
const curve = { name: 'ECDSA', namedCurve: 'P-256' };

const keys = () => openDB('aarogya-device', 1, { upgrade: (db) => void db.createObjectStore(STORE) });

const base64url = (bytes: ArrayBuffer) =>
	btoa(String.fromCharCode(...new Uint8Array(bytes)))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');

async function pair(make: boolean): Promise<CryptoKeyPair | undefined> {
	const db = await keys();
	try {
		const known = (await db.get(STORE, NAME)) as CryptoKeyPair | undefined;
		if (known || !make) return known;
		const made = await crypto.subtle.generateKey(curve, false, ['sign', 'verify']);
		await db.put(STORE, made, NAME);
		return made;
	} finally {
		db.close();
	}
}

/** The public half, as the box takes it: the uncompressed point in base64url. */
export async function publicKey(): Promise<string> {
	return base64url(await crypto.subtle.exportKey('raw', (await pair(true))!.publicKey));
}

/** Proof that a PIN was typed on this tablet; null if its key is gone, and with it all PINs here: only a code brings another. */
export async function signPin(nonce: string, username: string): Promise<string | null> {
	const known = await pair(false);
	const words = new TextEncoder().encode(`aarogya-pin\n${nonce}\n${username}`);
	return known ? base64url(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, known.privateKey, words)) : null;
}
