import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CaseRow } from './api';
import { CaseBook, STILL_MS, type CaseList } from './cases.svelte';
import { caseRow } from './testing';

const me = { id: 'u-asha', role: 'asha' as const };
let requests: string[] = [];

function serve(pages: Record<string, { cases: CaseRow[]; nextCursor: string | null }>) {
	vi.stubGlobal('fetch', (url: string) => {
		requests.push(url);
		const cursor = new URL(url, 'http://box').searchParams.get('cursor') ?? '';
		return Promise.resolve(new Response(JSON.stringify({ epoch: 'e', head: 9, ...pages[cursor] })));
	});
}
const at = (minute: number) => `2026-11-22T10:${String(minute).padStart(2, '0')}:00.000Z`;
const three = [
	caseRow({ id: 'a', urgency: 'RED', statusSince: at(5) }),
	caseRow({ id: 'b', urgency: 'YELLOW', statusSince: at(1) }),
	caseRow({ id: 'c', urgency: 'GREEN', statusSince: at(0) })
];
async function loaded(pages = { '': { cases: three, nextCursor: null as string | null } }): Promise<CaseList> {
	serve(pages);
	const list = new CaseBook(me).list('waiting');
	await list.load();
	return list;
}

beforeEach(() => {
	vi.useFakeTimers();
	vi.setSystemTime(new Date('2026-11-22T12:00:00Z'));
	requests = [];
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

test('a list at rest takes a new case in by itself, in its place, without a request', async () => {
	const list = await loaded();
	list.book.hear(caseRow({ id: 'n', urgency: 'YELLOW_URGENT', seq: 20, statusSince: at(59) }));
	await vi.advanceTimersByTimeAsync(100);
	expect(list.ids).toEqual(['a', 'n', 'b', 'c']);
	expect(list.newcomers).toBe(0);
	expect(requests).toHaveLength(1);
});

test('under a finger rows keep their place: a new one waits behind the pill, a changed one changes in place', async () => {
	const list = await loaded();
	list.touch();
	list.book.hear(caseRow({ id: 'n', urgency: 'RED', seq: 20, statusSince: at(1) }));
	list.book.hear(caseRow({ ...three[1]!, urgency: 'RED', seq: 21 }));
	await vi.advanceTimersByTimeAsync(STILL_MS - 100);
	expect(list.ids).toEqual(['a', 'b', 'c']);
	expect(list.newcomers).toBe(1);
	expect(list.book.rows.get('b')!.now.urgency).toBe('RED');
	await vi.advanceTimersByTimeAsync(200);
	expect(list.ids).toEqual(['b', 'n', 'a', 'c']);
	expect(list.newcomers).toBe(0);
});

test('a list scrolled down never moves by itself; the pill moves it', async () => {
	const list = await loaded();
	list.scrolled(500);
	list.book.hear(caseRow({ id: 'n', urgency: 'RED', seq: 20, statusSince: at(1) }));
	await vi.advanceTimersByTimeAsync(60_000);
	expect(list.ids).toEqual(['a', 'b', 'c']);
	expect(list.newcomers).toBe(1);
	list.settle();
	expect(list.ids).toEqual(['n', 'a', 'b', 'c']);
});

test('a case that left the view stays under a finger and says so, and goes when the list is at rest', async () => {
	const list = await loaded();
	list.touch();
	const gone = caseRow({ ...three[0]!, waiting: ['clinician'], needs: 'clinician', status: 'FORWARDED_TO_CLINICIAN', seq: 22 });
	list.book.hear(gone);
	await vi.advanceTimersByTimeAsync(50);
	expect(list.ids).toEqual(['a', 'b', 'c']);
	expect(list.left(list.book.rows.get('a')!.now)).toBe(true);
	expect(list.size).toBe(2);
	await vi.advanceTimersByTimeAsync(STILL_MS + 100);
	expect(list.ids).toEqual(['b', 'c']);
});

test('an older row never overwrites a newer one, whichever came by list and whichever by frame', async () => {
	const list = await loaded();
	list.book.hear(caseRow({ ...three[0]!, complaint: 'new', seq: 30 }));
	list.book.hear(caseRow({ ...three[0]!, complaint: 'old', seq: 12 }));
	expect(list.book.rows.get('a')!.now.complaint).toBe('new');
	await list.load();
	expect(list.book.rows.get('a')!.now.complaint).toBe('new');
});

test('a further page goes below what is shown; a frame beyond the last page read waits for its page', async () => {
	const list = await loaded({
		'': { cases: three.slice(0, 2), nextCursor: 'p2' },
		p2: { cases: three.slice(2), nextCursor: null }
	} as never);
	expect([list.size, list.unread]).toEqual([2, true]);
	list.book.hear(caseRow({ id: 'z', urgency: 'GREEN', seq: 40, statusSince: at(50) }));
	await vi.advanceTimersByTimeAsync(100);
	expect(list.ids).toEqual(['a', 'b']);
	await list.more();
	expect(list.ids).toEqual(['a', 'b', 'c', 'z']);
	expect([list.size, list.unread]).toEqual([4, false]);
});

test('equal urgency and waiting time fall back to the id, so every tablet shows one order', async () => {
	serve({ '': { cases: ['k3', 'k1', 'k2'].map((id) => caseRow({ id, statusSince: at(3) })), nextCursor: null } });
	const list = new CaseBook(me).list('waiting');
	await list.load();
	expect(list.ids).toEqual(['k1', 'k2', 'k3']);
});

test('resync asks each list that was opened once, and no other', async () => {
	serve({ '': { cases: three, nextCursor: null } });
	const book = new CaseBook(me);
	const open = book.list('open');
	book.list('all');
	await open.load();
	await book.resync();
	expect(requests.map((u) => new URL(u, 'http://b').searchParams.get('view'))).toEqual(['open', 'open']);
});

test('a list that cannot be read says so and keeps what it had', async () => {
	const list = await loaded();
	vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no route')));
	await list.load();
	expect(list.phase).toBe('ready');
	expect(list.problem?.code).toBe('unreachable');
	expect(list.ids).toEqual(['a', 'b', 'c']);
});

test('a burst of 500 frames sorts the list once', async () => {
	const list = await loaded();
	let settled = 0;
	const settle = list.settle.bind(list);
	list.settle = () => {
		settled++;
		settle();
	};
	for (let i = 0; i < 500; i++) list.book.hear(caseRow({ id: `n${i}`, seq: 100 + i, statusSince: at(59) }));
	await vi.advanceTimersByTimeAsync(100);
	expect(list.ids).toHaveLength(503);
	expect(settled).toBe(1);
});
