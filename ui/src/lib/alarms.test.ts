import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Alarms, REPEAT_MS, SMALL_MS } from './alarms.svelte';
import type { Alert, FrameData, Person } from './api';
import { AWAY_MS, LANDED_MS, present } from './present.svelte';
import { sound } from './sound.svelte';
import { caseRow } from './testing';

const doctor: Person = { id: 'u-doctor', name: 'Dr Rao', role: 'clinician' };
const author: Person = { id: 'u-chw', name: 'Sunita', role: 'chw' };
const red = (id: string, level = 0, over: Partial<Alert> = {}): FrameData =>
	({
		id,
		kind: 'red',
		caseId: `case-${id}`,
		level,
		message: 'BP 164/112',
		timestamp: '2026-11-23T10:00:00.000Z',
		row: caseRow({ id: `case-${id}`, urgency: 'RED' }),
		...over
	}) as unknown as FrameData;
const nameless = (id: string, level: number) => red(id, level, { caseId: undefined, row: undefined, message: 'a RED case waits' });
const sos = (id: string, senderId = 'u-chw') =>
	({ id, senderId, senderName: 'Sunita', senderRole: 'chw', location: 'Kheda', phone: '98', message: '', timestamp: '' }) as FrameData;

let standing: Alert[] = [];
let rung: string[] = [];
let stop = () => {};
let alarms: Alarms;
async function begin(me: Person) {
	alarms = new Alarms();
	alarms.canFill = true;
	stop = alarms.start(me);
	await vi.advanceTimersByTimeAsync(0);
}
const ids = (list: readonly Alert[]) => list.map((a) => a.id);

beforeEach(() => {
	vi.useFakeTimers();
	standing = [];
	rung = [];
	vi.spyOn(sound, 'ring').mockImplementation((tune) => (rung.push(tune), Promise.resolve()));
	vi.stubGlobal('fetch', (url: string) =>
		Promise.resolve(new Response(JSON.stringify(url.endsWith('/ack') ? { alert: {} } : { alerts: standing })))
	);
});
afterEach(() => {
	stop();
	vi.useRealTimers();
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

test('what stands at sign-in is shown and sounds once; an ack on its way to us wins over the old list', async () => {
	standing = [red('a', 1), red('b')] as unknown as Alert[];
	await begin(doctor);
	expect(ids(alarms.toasts)).toEqual(['a', 'b']);
	expect(rung).toEqual(['red']);
	alarms.hear('alertAck', { id: 'a', by: doctor });
	await alarms.load();
	expect(ids(alarms.all)).toEqual(['b']);
	expect(rung).toEqual(['red']);
});

test('each level sounds; put aside it is quiet until the next; at level 3 it fills the screen and repeats', async () => {
	await begin(doctor);
	alarms.hear('alert', red('a'));
	expect(ids(alarms.toasts)).toEqual(['a']);
	alarms.putAside(alarms.toasts as Alert[]);
	expect(alarms.toasts).toEqual([]);
	alarms.hear('alert', red('a', 1));
	expect(ids(alarms.toasts)).toEqual(['a']);
	alarms.hear('alert', red('a', 1));
	alarms.hear('alert', red('a', 2));
	expect(rung).toEqual(['red', 'red', 'red']);
	expect(alarms.screen).toEqual([]);
	alarms.hear('alert', red('a', 3));
	expect(ids(alarms.screen)).toEqual(['a']);
	expect(alarms.toasts).toEqual([]);
	rung = [];
	await vi.advanceTimersByTimeAsync(REPEAT_MS * 2);
	expect(rung).toEqual(['red', 'red']);

	alarms.putAside(alarms.screen as Alert[]);
	expect(alarms.screen).toEqual([]);
	expect(ids(alarms.toasts)).toEqual(['a']);
	await vi.advanceTimersByTimeAsync(SMALL_MS);
	expect(ids(alarms.screen)).toEqual(['a']);
	alarms.hear('alertAck', { id: 'a', by: doctor });
	expect(alarms.screen).toEqual([]);
	rung = [];
	await vi.advanceTimersByTimeAsync(REPEAT_MS * 2);
	expect(rung).toEqual([]);
});

test('both forms of one alarm are one, and the named one is kept whichever comes first', async () => {
	await begin(doctor);
	alarms.hear('alert', nameless('a', 2));
	alarms.hear('alert', red('a', 2));
	alarms.hear('alert', nameless('a', 3));
	expect(alarms.all).toHaveLength(1);
	expect(alarms.all[0]).toMatchObject({ caseId: 'case-a', level: 3, message: 'BP 164/112' });
	expect(alarms.all[0]!.row!.id).toBe('case-a');
	alarms.hear('alert', red('a', 1));
	expect(alarms.all[0]!.level).toBe(3);
	expect(rung).toEqual(['red', 'red']);
});

test('whoever made the case hears of it only when two minutes passed without a doctor', async () => {
	await begin(author);
	alarms.hear('alert', red('a'));
	expect([alarms.toasts, rung]).toEqual([[], []]);
	alarms.hear('alert', red('a', 1));
	expect(ids(alarms.toasts)).toEqual(['a']);
	expect(rung).toEqual(['red']);
});

test('the case on the screen needs no alarm over it, and has it again when left', async () => {
	await begin(doctor);
	alarms.openId = 'case-a';
	present.touched();
	alarms.hear('alert', red('a', 3));
	expect([alarms.screen, alarms.toasts, rung]).toEqual([[], [], []]);
	alarms.openId = null;
	expect(ids(alarms.screen)).toEqual(['a']);
});

test('a case left open in an empty room silences nothing, until it is touched', async () => {
	await begin(doctor);
	alarms.openId = 'case-a';
	present.touched();
	await vi.advanceTimersByTimeAsync(AWAY_MS);
	alarms.hear('alert', red('a'));
	expect([ids(alarms.toasts), rung]).toEqual([['a'], ['red']]);
	dispatchEvent(new Event('pointerup'));
	expect(ids(alarms.toasts)).toEqual(['a']);
	await vi.advanceTimersByTimeAsync(LANDED_MS);
	expect(alarms.toasts).toEqual([]);
	// She goes, and it still stands: shown again, and a higher level sounds.
	await vi.advanceTimersByTimeAsync(AWAY_MS);
	expect(ids(alarms.toasts)).toEqual(['a']);
	alarms.hear('alert', red('a', 1));
	expect(rung).toEqual(['red', 'red']);
});

test('what was kept quiet as she had just touched the page sounds once she is away, unless answered', async () => {
	await begin(doctor);
	alarms.openId = 'case-a';
	present.touched();
	await vi.advanceTimersByTimeAsync(AWAY_MS - 100);
	alarms.hear('alert', red('a'));
	expect(rung).toEqual([]);
	await vi.advanceTimersByTimeAsync(100);
	expect(rung).toEqual(['red']);
	alarms.hear('alertAck', { id: 'a', by: doctor });
	present.touched();
	alarms.hear('alert', red('a', 1));
	alarms.hear('alertAck', { id: 'a', by: doctor });
	await vi.advanceTimersByTimeAsync(AWAY_MS);
	expect(rung).toEqual(['red']);
});

test('a call for help fills the screen before RED cases; answered, it says who comes', async () => {
	await begin(doctor);
	alarms.hear('alert', red('a', 3));
	alarms.hear('sos', sos('s'));
	expect(ids(alarms.screen)).toEqual(['s', 'a']);
	expect(rung).toEqual(['red', 'sos']);
	await alarms.answer(alarms.screen[0]!);
	alarms.hear('alertAck', { id: 's', by: doctor });
	expect(ids(alarms.screen)).toEqual(['a']);
	expect(alarms.answered).toHaveLength(1);
	expect(alarms.answered[0]!.by).toEqual(doctor);
});

test("one's own call for help makes no noise, stands until answered, and then says who comes", async () => {
	await begin(author);
	alarms.called(sos('s') as never);
	alarms.hear('sos', sos('s'));
	expect([ids(alarms.mine), alarms.screen, alarms.toasts, rung]).toEqual([['s'], [], [], []]);
	alarms.hear('alertAck', { id: 's', by: doctor });
	expect(alarms.mine).toEqual([]);
	expect(alarms.answered[0]!.by.name).toBe('Dr Rao');
	alarms.called(sos('s') as never);
	expect(alarms.mine).toEqual([]);
});

test('until the full-screen part has been fetched nothing is hidden: it stands in the corner', async () => {
	await begin(doctor);
	alarms.canFill = false;
	alarms.hear('sos', sos('s'));
	alarms.hear('alert', red('a', 3));
	expect(alarms.screen).toEqual([]);
	expect(ids(alarms.toasts).sort()).toEqual(['a', 's']);
});

test('what was raised while the list of alarms was on its way is not lost to it', async () => {
	await begin(doctor);
	standing = [red('a', 0), red('b', 2)] as unknown as Alert[];
	const asked = alarms.load();
	alarms.hear('alert', red('a', 1));
	await asked;
	expect(alarms.all.map((a) => [a.id, a.level])).toEqual([
		['a', 1],
		['b', 2]
	]);
});
