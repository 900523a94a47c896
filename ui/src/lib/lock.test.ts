import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Lock, Person } from './api';
import { hearTime } from './box-time';
import { AT_WORK_MS, CaseLock, RENEW_MS } from './lock.svelte';
import { now } from './now.svelte';

const meena: Person = { id: 'u-meena', name: 'Meena', role: 'asha' };
const imran: Person = { id: 'u-imran', name: 'Dr Imran', role: 'clinician' };
// The tablet is five years late; the box is right.
const BOX = Date.parse('2026-11-23T10:00:00.000Z');
const at = (ms: number) => new Date(BOX + ms).toISOString();
let started = 0;
const boxMs = () => performance.now() - started;
const held = (holder: Person, fence: number, asked: Lock['asked'] = null): Lock => ({
	holder,
	fence,
	since: at(0),
	expiresAt: at(boxMs() + 120_000),
	asked
});

let calls: string[] = [];
let answer: (what: string) => Response;
const ok = (lock: Lock | null) => new Response(JSON.stringify({ lock }));
const refused = (lock: Lock | null) => new Response(JSON.stringify({ code: 'locked', lock }), { status: 423 });
let locks: CaseLock[] = [];
const lockOf = (me: Person) => {
	const lock = new CaseLock('c1', me);
	locks.push(lock);
	return lock;
};
const soon = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
	vi.useFakeTimers();
	vi.setSystemTime(new Date('2021-01-01T00:00:00Z'));
	started = performance.now();
	hearTime(at(0));
	calls = [];
	vi.stubGlobal('fetch', (_: string, init: { method: string; body?: string }) => {
		const what = init.method === 'DELETE' ? 'let go' : (JSON.parse(init.body!) as { do: string }).do;
		calls.push(what);
		return Promise.resolve(answer(what));
	});
});
afterEach(() => {
	for (const lock of locks.splice(0)) lock.close();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

test('a step sheet takes the case, a person at work renews it, and leaving gives it back', async () => {
	const lock = lockOf(meena);
	answer = (what) => ok(what === 'let go' ? null : held(meena, 1));
	lock.want(true);
	await soon();
	expect(lock.mine).toBe(true);
	expect(lock.fence).toBe(1);
	lock.touched();
	await vi.advanceTimersByTimeAsync(RENEW_MS * 2 + 100);
	expect(calls).toEqual(['take', 'take', 'take']);
	lock.close();
	await soon();
	expect(calls.at(-1)).toBe('let go');
	await vi.advanceTimersByTimeAsync(RENEW_MS * 3);
	expect(calls).toHaveLength(4);
});

test('news of the next holder overtakes the answer to letting go', async () => {
	const lock = lockOf(imran);
	answer = () => ok(held(imran, 1));
	lock.want(true);
	await soon();
	lock.want(false);
	let late = (_: Response) => {};
	vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (late = resolve)));
	void lock.letGo();
	lock.hear(null, imran);
	lock.hear(held(meena, 2), meena);
	late(ok(null));
	await soon();
	expect(lock.other).toEqual(meena);
	answer = () => ok(null);
});

test('nobody at the tablet: it is renewed no more and runs out by the clock of the box', async () => {
	const lock = lockOf(meena);
	answer = () => ok(held(meena, 1));
	lock.touched();
	lock.want(true);
	await soon();
	lock.want(false);
	await vi.advanceTimersByTimeAsync(AT_WORK_MS - 100);
	expect(calls).toEqual(['take', 'take', 'take']);
	await vi.advanceTimersByTimeAsync(90_000);
	expect(lock.mine).toBe(true);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(calls).toHaveLength(3);
	expect(lock.now).toBeNull();
});

test('the same person at another tablet: hers is shown here, not renewed and not given back', async () => {
	const lock = lockOf(meena);
	lock.hear(held(meena, 4));
	lock.touched();
	await vi.advanceTimersByTimeAsync(RENEW_MS + 100);
	lock.close();
	await soon();
	expect(calls).toEqual([]);
});

test('asked for, the countdown runs by the box, and after 15 s of silence the case is taken', async () => {
	const lock = lockOf(meena);
	lock.hear(held(imran, 7));
	expect(lock.other).toEqual(imran);
	const until = at(15_000);
	answer = (what) => ok(what === 'ask' ? held(imran, 7, { by: meena, until }) : held(meena, 8));
	await lock.ask();
	expect(lock.asking).toBe(true);
	expect(now.secondsTo(until)).toBe(15);
	await vi.advanceTimersByTimeAsync(9_900);
	expect(now.secondsTo(until)).toBe(5);
	expect(calls).toEqual(['ask']);
	await vi.advanceTimersByTimeAsync(5_400);
	expect(calls).toEqual(['ask', 'take']);
	expect(lock.mine).toBe(true);
});

test('a holder above the asker keeps it by silence too, and the asker is told', async () => {
	const lock = lockOf(meena);
	lock.hear(held(imran, 7));
	// The question stays on the lock when its time is over, in every renewal too.
	const asked = { by: meena, until: at(15_000) };
	answer = (what) => (what === 'ask' ? ok : refused)(held(imran, 7, asked));
	await lock.ask();
	await vi.advanceTimersByTimeAsync(18_000);
	expect(lock.answer).toBe('silent');
	expect(lock.other).toEqual(imran);
	lock.hear(held(imran, 7, asked), imran);
	await vi.advanceTimersByTimeAsync(30_000);
	expect(calls).toEqual(['ask', 'take', 'take', 'take']);
});

test('the holder answers: kept is said, given is taken', async () => {
	const lock = lockOf(meena);
	const until = at(15_000);
	answer = () => ok(held(imran, 7, { by: meena, until }));
	await lock.ask();
	lock.hear(held(imran, 7), imran);
	expect(lock.answer).toBe('kept');
	await lock.ask();
	expect(lock.answer).toBe('');
	lock.hear(held(meena, 8), imran);
	expect(lock.mine).toBe(true);
	expect(lock.takenBy).toBeNull();
});

test('taken over: the loser hears by whom; whoever gave it away does not', () => {
	const lock = lockOf(meena);
	lock.hear(held(meena, 1));
	lock.hear(held(imran, 2), imran);
	expect(lock.takenBy).toEqual(imran);
	expect(lock.fence).toBeUndefined();
	lock.hear(held(meena, 3), meena);
	lock.hear(held(imran, 4), meena);
	expect(lock.takenBy).toBeNull();
});

test('an answer overtaken by a frame changes nothing', () => {
	const lock = lockOf(meena);
	lock.hear(held(imran, 5), imran);
	lock.hear(held(meena, 4));
	expect(lock.other).toEqual(imran);
});

test('wanted and let go by another: it is taken at once', async () => {
	const lock = lockOf(meena);
	lock.touched();
	lock.hear(held(imran, 5));
	answer = () => ok(held(meena, 6));
	lock.want(true);
	await soon();
	expect(calls).toEqual([]);
	lock.hear(null, imran);
	await soon();
	expect(lock.mine).toBe(true);
});

test('a step refused because its lock ran out has it again for the next try', async () => {
	const lock = lockOf(meena);
	answer = () => ok(held(meena, 9));
	lock.hear(held(meena, 3));
	lock.refused(null);
	await soon();
	expect(lock.fence).toBe(9);
	lock.refused(held(imran, 10));
	expect(lock.other).toEqual(imran);
});

test('an admin looks on and never takes it; a page that left meanwhile gives it back', async () => {
	answer = (what) => ok(what === 'let go' ? null : held(meena, 1));
	lockOf({ id: 'u-admin', name: 'A', role: 'admin' }).want(true);
	await soon();
	expect(calls).toEqual([]);
	const lock = lockOf(meena);
	lock.want(true);
	lock.close();
	await soon();
	await soon();
	expect(calls).toEqual(['take', 'let go']);
});
