import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Note, Person, Role } from './api';
import { Looked } from './looked';
import { lookedAt, Outgoing } from './outgoing.svelte';
import { AWAY_MS, LANDED_MS, present } from './present.svelte';
import { connection } from './socket-store';
import { initials } from './staff.svelte';

const person = (id: string, role: Role): Person => ({ id, name: id, role });
const chw = person('sunita', 'chw');
const asha = person('meena', 'asha');
const doctor = person('imran', 'clinician');
const other = person('ananya', 'clinician');

describe('ticks', () => {
	const note = (by: Person): Note => ({ id: 'n', seq: 20, at: '', by, text: '' });
	test.each([
		['nobody looked', chw, [], null],
		['a doctor looked before it was written', chw, [{ by: doctor, seq: 19 }], null],
		['a doctor looked', chw, [{ by: doctor, seq: 20 }], doctor],
		['only the ASHA looked', chw, [{ by: asha, seq: 40 }], null],
		['the author herself looked', doctor, [{ by: doctor, seq: 40 }], null],
		['a doctor wrote, the CHW looked', doctor, [{ by: chw, seq: 21 }], chw],
		[
			'a doctor wrote, another doctor and the ASHA looked',
			doctor,
			[
				{ by: asha, seq: 21 },
				{ by: other, seq: 30 }
			],
			other
		]
	])('%s', (_, author, seenBy, reader) => {
		expect(lookedAt(note(author), author, seenBy)).toEqual(reader);
	});
});

describe('a comment on its way', () => {
	let sent: { key: string; text: string }[] = [];
	let answer: () => Promise<Response>;
	const taken = () => Promise.resolve(new Response(JSON.stringify({ case: { id: 'c1' } }), { status: 201 }));
	const silent = () => Promise.reject(new TypeError('no box'));
	const soon = () => vi.advanceTimersByTimeAsync(0);
	beforeEach(() => {
		vi.useFakeTimers();
		localStorage.clear();
		sent = [];
		connection.set('connecting');
		vi.stubGlobal('fetch', (_: string, init: { headers: Record<string, string>; body: string }) => {
			sent.push({ key: init.headers['Idempotency-Key']!, text: (JSON.parse(init.body) as { text: string }).text });
			return answer();
		});
	});
	afterEach(() => {
		vi.useRealTimers();
		vi.unstubAllGlobals();
	});

	test('without contact it is kept, over a reload too, and goes by itself under the same key', async () => {
		answer = silent;
		const before = new Outgoing();
		const stop = before.start('u1', () => {});
		before.add('c1', 'one');
		before.add('c1', 'two');
		await soon();
		expect(before.of('c1').map((w) => w.text)).toEqual(['one', 'two']);
		stop();

		const after = new Outgoing();
		const fresh: string[] = [];
		after.start('u1', (c) => fresh.push(c.id));
		expect(after.of('c1')).toHaveLength(2);
		answer = taken;
		connection.set('connected');
		await soon();
		expect(after.all).toEqual([]);
		expect(fresh).toEqual(['c1', 'c1']);
		expect(sent.map((s) => s.text)).toEqual(['one', 'one', 'two']);
		expect(sent[0]!.key).toBe(sent[1]!.key);
		expect(localStorage.length).toBe(0);
	});

	test('another person at the tablet neither sees nor sends it', async () => {
		answer = silent;
		const out = new Outgoing();
		const stop = out.start('u1', () => {});
		out.add('c1', 'hers');
		await soon();
		stop();
		out.start('u2', () => {});
		connection.set('connected');
		await soon();
		expect(out.all).toEqual([]);
		expect(sent).toHaveLength(1);
	});

	test('what the box will never take is said, and does not hold up the next', async () => {
		const out = new Outgoing();
		out.start('u1', () => {});
		answer = () => Promise.resolve(new Response('{"code":"invalid"}', { status: 400 }));
		out.add('c1', 'bad');
		await soon();
		expect(out.all.map((w) => w.refused)).toEqual(['invalid']);
		answer = taken;
		out.add('c1', 'good');
		await soon();
		expect(out.all.map((w) => w.text)).toEqual(['bad']);
		out.drop(out.all[0]!.key);
		expect(localStorage.length).toBe(0);
	});

	test("another's page in place of an answer, or half of one, refuses nothing: it goes again under the same key", async () => {
		const out = new Outgoing();
		out.start('u1', () => {});
		answer = () => Promise.resolve(new Response('<html>Sign in to the Wi-Fi</html>'));
		out.add('c1', 'x');
		await soon();
		answer = () => Promise.resolve(new Response('{"case":{"id"', { status: 201 }));
		await vi.advanceTimersByTimeAsync(11_000);
		expect(out.all.map((w) => w.refused)).toEqual([undefined]);
		answer = taken;
		await vi.advanceTimersByTimeAsync(11_000);
		expect(out.all).toEqual([]);
		expect(new Set(sent.map((s) => s.key)).size).toBe(1);
		expect(sent).toHaveLength(3);
	});

	test('a comment that came with the case waits no longer', async () => {
		answer = silent;
		const out = new Outgoing();
		out.start('u1', () => {});
		out.add('c1', 'one');
		out.add('c1', 'two');
		await soon();
		out.heard({ comments: [{ id: out.all[0]!.key, seq: 3, at: '', by: chw, text: 'one' }] });
		expect(out.all.map((w) => w.text)).toEqual(['two']);
	});

	test('two tabs of one person keep both their comments, and what one sent the other lets go', async () => {
		answer = silent;
		const [one, two] = [new Outgoing(), new Outgoing()];
		one.start('u1', () => {});
		two.start('u1', () => {});
		one.add('c1', 'one');
		two.add('c1', 'two');
		await soon();
		const after = new Outgoing();
		after.start('u1', () => {});
		expect(after.all.map((w) => w.text)).toEqual(['one', 'two']);
		two.drop(after.all[0]!.key);
		dispatchEvent(new StorageEvent('storage', { key: 'comments:u1' }));
		expect(one.all.map((w) => w.text)).toEqual(['two']);
	});

	test('where nothing can be kept, what waits on the page still stands and goes', async () => {
		const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
			throw new DOMException('', 'QuotaExceededError');
		});
		answer = silent;
		const out = new Outgoing();
		out.start('u1', () => {});
		out.add('c1', 'one');
		out.add('c1', 'two');
		await soon();
		expect([out.kept, out.all.map((w) => w.text)]).toEqual([false, ['one', 'two']]);
		answer = taken;
		connection.set('connected');
		await soon();
		expect(out.all).toEqual([]);
		full.mockRestore();
	});

	test('a busy box is asked again when it said so', async () => {
		const out = new Outgoing();
		out.start('u1', () => {});
		answer = () => Promise.resolve(new Response('{"code":"too_many"}', { status: 429, headers: { 'Retry-After': '30' } }));
		out.add('c1', 'x');
		await vi.advanceTimersByTimeAsync(29_000);
		expect(sent).toHaveLength(1);
		answer = taken;
		await vi.advanceTimersByTimeAsync(2_000);
		expect(out.all).toEqual([]);
	});
});

describe('looked at', () => {
	let hidden = 'visible';
	let told: number[] = [];
	beforeEach(() => {
		vi.useFakeTimers();
		hidden = 'visible';
		told = [];
		present.left();
		present.touched();
		vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => hidden as 'visible');
	});
	afterEach(() => {
		vi.useRealTimers();
		vi.restoreAllMocks();
	});
	const say = (seq: number) => {
		told.push(seq);
		return Promise.resolve();
	};

	test("a clinician's first look goes at once, later ones once a second with the last of them", async () => {
		const looked = new Looked(true, say);
		looked.at(5);
		await vi.advanceTimersByTimeAsync(0);
		expect(told).toEqual([5]);
		looked.at(6);
		await vi.advanceTimersByTimeAsync(400);
		looked.at(8);
		looked.at(7);
		await vi.advanceTimersByTimeAsync(700);
		expect(told).toEqual([5, 8]);
		looked.stop();
	});

	test('newer facts read again are told at once while she is there, and at her next touch when she was away', async () => {
		const looked = new Looked(true, say);
		looked.at(5);
		await vi.advanceTimersByTimeAsync(30_000);
		looked.at(6);
		await vi.advanceTimersByTimeAsync(0);
		expect(told).toEqual([5, 6]);
		await vi.advanceTimersByTimeAsync(AWAY_MS);
		looked.at(9);
		await vi.advanceTimersByTimeAsync(AWAY_MS);
		document.dispatchEvent(new Event('visibilitychange'));
		// What the page does by itself is no touch.
		dispatchEvent(new Event('scroll'));
		await vi.advanceTimersByTimeAsync(AWAY_MS);
		expect(told).toEqual([5, 6]);
		dispatchEvent(new Event('pointerup'));
		await vi.advanceTimersByTimeAsync(LANDED_MS + 10);
		expect(told).toEqual([5, 6, 9]);
		looked.stop();
	});

	test('everybody else waits a second; a screen nobody sees is not looked at until it is seen', async () => {
		const looked = new Looked(false, say);
		hidden = 'hidden';
		looked.at(5);
		await vi.advanceTimersByTimeAsync(5_000);
		expect(told).toEqual([]);
		hidden = 'visible';
		document.dispatchEvent(new Event('visibilitychange'));
		await vi.advanceTimersByTimeAsync(0);
		expect(told).toEqual([5]);
		looked.stop();
	});
});

test('initials: a whole syllable in Hindi, two letters else, no title', () => {
	expect(['मीना', 'डॉ॰ अनन्या राव', 'सुनीता यादव', 'Dr. Imran', 'Ravi'].map(initials)).toEqual(['मी', 'अ', 'सु', 'Im', 'Ra']);
});
