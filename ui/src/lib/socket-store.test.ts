import { get } from 'svelte/store';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FrameData } from './api';
import { boxNow } from './box-time';
import * as store from './socket-store';

class FakeSocket {
	static all: FakeSocket[] = [];
	static OPEN = 1;
	readyState = 0;
	sent: string[] = [];
	onmessage: ((e: { data: string }) => void) | null = null;
	onclose: ((e: { code: number }) => void) | null = null;
	constructor(readonly url: string) {
		FakeSocket.all.push(this);
	}
	send(text: string) {
		this.sent.push(text);
	}
	close() {
		this.readyState = 3;
	}
	say(frame: object) {
		this.readyState = 1;
		this.onmessage?.({ data: JSON.stringify(frame) });
	}
	hello(head: number, epoch = 'e1') {
		this.say({ type: 'hello', epoch, head, you: { id: 'u1', name: 'A', role: 'asha' }, serverTime: '' });
	}
	die(code = 1006) {
		this.readyState = 3;
		this.onclose?.({ code });
	}
}
const newest = () => FakeSocket.all.at(-1)!;
const frame = (seq: number, prev: number) => ({ seq, prev, type: 'caseStatusUpdate', data: { caseId: `c${seq}` } });

let answers: ((url: string) => Promise<Response>)[] = [];
let asked: string[] = [];
/** What the page posted while it polled, and how the box answers that. */
let posted: object[][] = [];
let answerPost: () => Promise<Response>;
let heard: string[] = [];
let momentous: string[] = [];
let told: string[] = [];
let stops: (() => void)[] = [];
const reply =
	(body: object, status = 200) =>
	() =>
		Promise.resolve(new Response(JSON.stringify(body), { status }));
const refuse = () => () => Promise.reject(new TypeError('refused'));

beforeEach(() => {
	vi.useFakeTimers();
	vi.spyOn(Math, 'random').mockReturnValue(0.5);
	vi.stubGlobal('WebSocket', FakeSocket);
	vi.stubGlobal('fetch', (url: string, init: { signal?: AbortSignal; method?: string; body?: string }) => {
		if (init.method === 'POST') {
			posted.push((JSON.parse(init.body!) as { frames: object[] }).frames);
			return answerPost();
		}
		asked.push(url);
		const next = answers.shift();
		if (next) return next(url);
		return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))));
	});
	FakeSocket.all = [];
	answers = [];
	asked = [];
	posted = [];
	answerPost = () => Promise.resolve(new Response('{"frames":[]}'));
	heard = [];
	momentous = [];
	told = [];
	stops = [
		store.subscribeToCaseUpdates((data: FrameData) => heard.push(data.caseId!)),
		store.subscribeToMoments((m) => momentous.push(m.type)),
		store.subscribeToControl((c) => told.push(c.type))
	];
});
afterEach(() => {
	for (const stop of stops) stop();
	for (let i = 0; i < 5; i++) store.disconnectSocket();
	vi.useRealTimers();
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

describe('one connection', () => {
	test('is shared by everyone who asks, and closed by the last to leave', () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		store.initializeSocket({ epoch: 'e1', head: 10 });
		expect(FakeSocket.all).toHaveLength(1);
		expect(store.getSocket()).toBe(newest());
		store.disconnectSocket();
		expect(store.getSocket()).toBe(newest());
		store.disconnectSocket();
		expect(store.getSocket()).toBeNull();
		expect(newest().readyState).toBe(3);
	});

	test('starts from the position of the list that was read', () => {
		store.initializeSocket({ epoch: 'e 1', head: 10 });
		expect(newest().url).toMatch(/\/ws\?epoch=e%201&after=10$/);
	});

	test('without a position it asks the portal to read its list once it is live', () => {
		store.initializeSocket();
		expect(newest().url).toMatch(/\/ws$/);
		newest().hello(7);
		expect(told).toEqual(['resync']);
	});
});

describe('frames', () => {
	test('are heard once and in order; a second copy is not heard', () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(12);
		newest().say(frame(11, 10));
		newest().say(frame(12, 11));
		newest().say(frame(11, 10));
		expect(heard).toEqual(['c11', 'c12']);
		expect(get(store.lastUpdate)?.caseId).toBe('c12');
	});

	test('a hole is pulled from the log, and what came meanwhile is not lost or doubled', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		answers = [
			reply({ epoch: 'e1', head: 15, events: [frame(12, 10), frame(14, 12)] }),
			reply({ epoch: 'e1', head: 16, events: [frame(15, 14), frame(16, 15)] })
		];
		newest().say(frame(14, 12));
		newest().say(frame(15, 14));
		newest().say(frame(16, 15));
		await vi.advanceTimersByTimeAsync(10);
		expect(asked[0]).toBe('/api/events?epoch=e1&after=10&wait=0');
		expect(heard).toEqual(['c12', 'c14', 'c15', 'c16']);
	});

	test('a prev behind what was pulled is no hole', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		newest().say({ type: 'pong', head: 20 });
		newest().say(frame(21, 10));
		await vi.advanceTimersByTimeAsync(10);
		expect(asked).toEqual([]);
		expect(heard).toEqual(['c21']);
	});

	test('resync moves the position and tells the portal; the next connection resumes there', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		newest().say({ type: 'resync', epoch: 'e2', head: 3 });
		expect(told).toEqual(['resync']);
		newest().say(frame(4, 3));
		newest().die(1012);
		await vi.advanceTimersByTimeAsync(1600);
		expect(newest().url).toMatch(/epoch=e2&after=4$/);
		expect(heard).toEqual(['c4']);
	});

	test('are acknowledged every few seconds, and only when there is something new', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		newest().say(frame(11, 10));
		await vi.advanceTimersByTimeAsync(6100);
		expect(newest().sent.filter((s) => s.includes('ack'))).toEqual(['{"type":"ack","seq":11}']);
	});
});

describe('a lost connection', () => {
	test('comes back for ever, and is spoken of only after 3 s', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		expect(get(store.connection)).toBe('connected');
		newest().die(1012);
		await vi.advanceTimersByTimeAsync(1600);
		newest().hello(10);
		await vi.advanceTimersByTimeAsync(5000);
		expect(get(store.connection)).toBe('connected');
		newest().die();
		answers = Array.from({ length: 20 }, refuse);
		await vi.advanceTimersByTimeAsync(1600);
		newest().die();
		await vi.advanceTimersByTimeAsync(1600);
		expect(get(store.connection)).toBe('reconnecting');
		newest().die();
		await vi.advanceTimersByTimeAsync(13_000);
		expect(get(store.connection)).toBe('offline');
	});

	test('a socket that is open and silent is noticed by the heartbeat and replaced', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		await vi.advanceTimersByTimeAsync(10_100);
		expect(newest().sent).toContain('{"type":"ping"}');
		const silent = newest();
		await vi.advanceTimersByTimeAsync(4000 + 1600);
		expect(newest()).not.toBe(silent);
		expect(silent.readyState).toBe(3);
	});

	test('on wake it is asked at once, with 2 s to answer', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		const asleep = newest();
		dispatchEvent(new Event('focus'));
		expect(asleep.sent).toEqual(['{"type":"ping"}']);
		await vi.advanceTimersByTimeAsync(2000 + 1600);
		expect(newest()).not.toBe(asleep);
	});

	test('a socket that never opens is given up after 8 s', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		await vi.advanceTimersByTimeAsync(8000 + 1600);
		expect(FakeSocket.all).toHaveLength(2);
	});

	test('after "too much" it waits longer', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		newest().die(1008);
		await vi.advanceTimersByTimeAsync(9000);
		expect(FakeSocket.all).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(3000);
		expect(FakeSocket.all).toHaveLength(2);
	});

	test('4401 ends it: the session is over and nothing is tried again', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		newest().die(4401);
		await vi.advanceTimersByTimeAsync(60_000);
		expect(told).toEqual(['signedOut']);
		expect(FakeSocket.all).toHaveLength(1);
	});
});

describe('where sockets are blocked', () => {
	async function blocked() {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().die();
		await vi.advanceTimersByTimeAsync(1600);
		newest().die();
		await vi.advanceTimersByTimeAsync(0);
	}

	test('two failed upgrades turn to long-poll, which hears the same frames', async () => {
		answers = [
			reply({ epoch: 'e1', head: 12, events: [frame(11, 10), frame(12, 11)] }),
			reply({ epoch: 'e1', head: 40, events: [] })
		];
		await blocked();
		await vi.advanceTimersByTimeAsync(10);
		expect(heard).toEqual(['c11', 'c12']);
		expect(get(store.connection)).toBe('connected');
		expect(asked).toEqual([
			'/api/events?epoch=e1&after=10&wait=0',
			'/api/events?epoch=e1&after=12&wait=25',
			'/api/events?epoch=e1&after=40&wait=25'
		]);
	});

	test('the socket is tried again, and takes over from where the poll stood', async () => {
		answers = [reply({ epoch: 'e1', head: 12, events: [frame(11, 10)] })];
		await blocked();
		await vi.advanceTimersByTimeAsync(15_100);
		expect(newest().url).toMatch(/after=11$/);
		newest().hello(12);
		newest().say(frame(12, 11));
		expect(heard).toEqual(['c11', 'c12']);
		const polls = asked.length;
		await vi.advanceTimersByTimeAsync(5000);
		expect(asked).toHaveLength(polls);
	});

	test('a poll that fails tries again for ever; 401 ends it', async () => {
		answers = [refuse(), refuse(), reply({}, 401)];
		await blocked();
		await vi.advanceTimersByTimeAsync(10_000);
		expect(told).toEqual(['signedOut']);
		expect(asked).toHaveLength(3);
	});

	test('a resync in a poll is obeyed', async () => {
		answers = [reply({ epoch: 'e9', head: 5, events: [{ type: 'resync', epoch: 'e9', head: 5 }] })];
		await blocked();
		await vi.advanceTimersByTimeAsync(10);
		expect(told).toEqual(['resync']);
		expect(asked.at(-1)).toBe('/api/events?epoch=e9&after=5&wait=25');
	});
});

describe('what is true for the moment', () => {
	const viewing = { type: 'viewing', data: { caseId: 'c1', people: [] } };

	test('has its own listeners, and moves no position', () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		newest().say({ type: 'presence', data: { all: true, on: [], off: [] } });
		newest().say(viewing);
		newest().say(frame(11, 10));
		expect(momentous).toEqual(['presence', 'viewing']);
		expect(heard).toEqual(['c11']);
	});

	test('the case on the screen is announced, and announced again by each new connection', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		store.announceViewing('c1');
		store.announceViewing('c1');
		expect(newest().sent).toEqual(['{"type":"viewing","caseId":"c1"}']);
		newest().die();
		await vi.advanceTimersByTimeAsync(1600);
		newest().hello(10);
		expect(newest().sent).toEqual(['{"type":"viewing","caseId":"c1"}']);
		store.announceViewing(null);
		expect(newest().sent.at(-1)).toBe('{"type":"viewing","caseId":null}');
	});

	test('typing is said every 3 s however fast the letters come, and its end at once', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		for (let ms = 0; ms < 7000; ms += 200) {
			store.announceTyping('c1');
			await vi.advanceTimersByTimeAsync(200);
		}
		expect(newest().sent).toEqual(Array(3).fill('{"type":"typing","caseId":"c1"}'));
		store.announceTyping(null);
		store.announceTyping(null);
		expect(newest().sent.at(-1)).toBe('{"type":"typing","caseId":null}');
		expect(newest().sent).toHaveLength(4);
	});

	test('the box says what time it is', () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().say({ type: 'hello', epoch: 'e1', head: 10, serverTime: '2031-05-01T08:00:00.000Z' });
		expect(boxNow()).toBe(Date.parse('2031-05-01T08:00:00.000Z'));
	});

	async function polling() {
		answers = [reply({ epoch: 'e1', head: 10, events: [] })];
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().die();
		await vi.advanceTimersByTimeAsync(1600);
		newest().die();
		await vi.advanceTimersByTimeAsync(10);
	}

	test('over long-poll it goes out every 10 s and at once on a change; the answer is heard', async () => {
		answerPost = () => Promise.resolve(new Response(JSON.stringify({ frames: [viewing] })));
		await polling();
		expect(posted).toEqual([[{ type: 'viewing', caseId: null }]]);
		store.announceViewing('c1');
		store.announceTyping('c1');
		expect(posted.slice(1)).toEqual([
			[{ type: 'viewing', caseId: 'c1' }],
			[
				{ type: 'viewing', caseId: 'c1' },
				{ type: 'typing', caseId: 'c1' }
			]
		]);
		await vi.advanceTimersByTimeAsync(10_000);
		expect(posted).toHaveLength(4);
		expect(momentous).toEqual(Array(4).fill('viewing'));
	});

	test('what the clock of the tablet shows is told soon after each connection and every 10 minutes, also over long-poll', async () => {
		vi.setSystemTime(new Date('2024-02-03T04:05:00Z'));
		store.initializeSocket({ epoch: 'e1', head: 10 });
		const told = () => newest().sent.filter((s) => s.includes('clock'));
		const minute = async () => {
			for (let i = 0; i < 6; i++) {
				await vi.advanceTimersByTimeAsync(10_000);
				newest().say({ type: 'pong', head: 10 });
			}
		};
		newest().hello(10);
		await minute();
		expect(told()).toEqual(['{"type":"clock","now":"2024-02-03T04:05:10.000Z"}']);
		for (let i = 0; i < 10; i++) await minute();
		expect(told()).toEqual([expect.any(String), '{"type":"clock","now":"2024-02-03T04:15:10.000Z"}']);
		newest().die();
		await vi.advanceTimersByTimeAsync(1600);
		newest().hello(10);
		await minute();
		expect(told()).toHaveLength(1);
		store.disconnectSocket();
		posted = [];
		await polling();
		await vi.advanceTimersByTimeAsync(20_000);
		expect(posted.flat().filter((f) => 'now' in f)).toEqual([{ type: 'clock', now: expect.stringMatching(/^2024-02-03T04:/) }]);
	});

	test('in a poll it is heard without moving the position', async () => {
		await polling();
		expect(asked.at(-1)).toContain('after=10');
		answers = [reply({ epoch: 'e1', head: 12, events: [viewing] })];
		dispatchEvent(new Event('focus'));
		await vi.advanceTimersByTimeAsync(10);
		expect(momentous).toEqual(['viewing']);
		expect(asked.at(-1)).toContain('after=10');
	});

	test('429 is obeyed: no heartbeat and no poll before Retry-After', async () => {
		answerPost = () => Promise.resolve(new Response('{"code":"too_many"}', { status: 429, headers: { 'Retry-After': '30' } }));
		await polling();
		store.announceViewing('c1');
		await vi.advanceTimersByTimeAsync(25_000);
		expect(posted).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(15_000);
		expect(posted).toHaveLength(2);

		answers = [() => Promise.resolve(new Response('{}', { status: 429, headers: { 'Retry-After': '20' } }))];
		dispatchEvent(new Event('focus'));
		await vi.advanceTimersByTimeAsync(10);
		const before = asked.length;
		await vi.advanceTimersByTimeAsync(19_000);
		expect(asked).toHaveLength(before);
		await vi.advanceTimersByTimeAsync(3_000);
		expect(asked).toHaveLength(before + 1);
	});

	test('once the socket is back, nothing is posted any more', async () => {
		await polling();
		await vi.advanceTimersByTimeAsync(15_000);
		const socket = newest();
		socket.hello(10);
		const before = posted.length;
		store.announceViewing('c1');
		await vi.advanceTimersByTimeAsync(10_000);
		expect(posted).toHaveLength(before);
		expect(socket.sent[0]).toBe('{"type":"viewing","caseId":"c1"}');
	});
});

describe('sent away for talking too much', () => {
	/** How long until the next socket, in seconds. */
	async function away(code = 1008): Promise<number> {
		const before = FakeSocket.all.length;
		newest().die(code);
		for (let s = 1; s <= 400; s++) {
			await vi.advanceTimersByTimeAsync(1000);
			if (FakeSocket.all.length > before) return s;
		}
		throw new Error('it never came back');
	}

	test('each time twice as long, up to 5 minutes, and still hearing the log by the slow way', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		const waits: number[] = [];
		for (let i = 0; i < 7; i++) {
			newest().hello(10);
			waits.push(await away(i % 2 ? 1009 : 1008));
		}
		expect(waits).toEqual([12, 22, 42, 82, 162, 302, 302]);
		expect(asked.length).toBeGreaterThan(0);
	});

	test('a touch does not bring it back earlier; a minute in peace is forgiven', async () => {
		store.initializeSocket({ epoch: 'e1', head: 10 });
		newest().hello(10);
		newest().die(1008);
		dispatchEvent(new Event('focus'));
		store.reconnectNow();
		await vi.advanceTimersByTimeAsync(9_000);
		expect(FakeSocket.all).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(3_000);
		newest().hello(10);
		// The box answers the heartbeat, or the socket would be replaced for its silence.
		for (let s = 0; s < 65; s += 5) {
			newest().say({ type: 'pong' });
			await vi.advanceTimersByTimeAsync(5_000);
			newest().say({ type: 'pong' });
		}
		expect(await away()).toBe(12);
	});
});
