// News from the box. One connection per page, however many components use it; only this file
// knows whether it is a WebSocket or a long-poll. A position is (epoch, seq): the portal starts
// from the head its list was read at, so nothing between the list and the first frame is missed.

import { writable } from 'svelte/store';
import { api, asProblem, type Announcement, type FrameData, type Moment, type Person } from './api';
import { hearTime } from './box-time';

/** reconnecting is said after 3 s without contact, offline after 15 s: shorter gaps heal unseen. */
export type Connection = 'connecting' | 'connected' | 'reconnecting' | 'offline';
export type Position = { epoch: string; head: number };
export type Control = { type: 'resync' } | { type: 'signedOut' };

export const connection = writable<Connection>('connecting');
export const lastUpdate = writable<FrameData | null>(null);
/** Whose session the box sees. Another tab may have signed in as someone else. */
export const sessionPerson = writable<Person | null>(null);

const SAY_RECONNECTING_MS = 3_000;
const SAY_OFFLINE_MS = 15_000;
const HEARTBEAT_MS = 10_000;
const PONG_DEADLINE_MS = 4_000;
const WAKE_DEADLINE_MS = 2_000;
const ACK_MS = 3_000;
const SOCKET_AGAIN_MS = 15_000;
const UPGRADE_DEADLINE_MS = 8_000;
const POLL_WAIT_SECONDS = 25;
const MAX_DELAY_MS = 3_000;
/** After "you talk too much" or "too many of you": doubled each time, forgotten after a minute in peace. */
const SENT_AWAY_MS = 10_000;
const SENT_AWAY_LONGEST_MS = 300_000;
const PEACE_MS = 60_000;
const TYPING_MS = 3_000;
/** How often the box is told what this tablet's own clock shows: three that agree can put the box right. */
const CLOCK_MS = 600_000;

type Timer = ReturnType<typeof setTimeout>;
type Listener = (data: FrameData, type: string) => void;
type Frame = {
	type: string;
	seq?: number;
	prev?: number;
	epoch?: string;
	head?: number;
	you?: Person;
	serverTime?: string;
	data?: FrameData;
};

const listeners = new Set<Listener>();
const moments = new Set<(m: Moment) => void>();
const controls = new Set<(c: Control) => void>();

let users = 0;
let link: Link | null = null;
/** What this page has on the screen and where it writes: said again after each reconnect. */
let viewing: string | null = null;
let typing: string | null = null;
let typingSaidAt = -Infinity;

/** Opens the shared connection, or joins it. `from` is the position of a list already read. */
export function initializeSocket(from?: Position): void {
	users++;
	link ??= new Link(from);
}

/** Gives the connection back; the last one to do so closes it. */
export function disconnectSocket(): void {
	if (users === 0 || --users > 0) return;
	link?.stop();
	link = null;
	connection.set('connecting');
	sessionPerson.set(null);
	viewing = typing = null;
}

/** Hears every case event once, in order. Returns the way to stop hearing. */
export function subscribeToCaseUpdates(listener: Listener): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

/** Hears what is true for the moment: presence, viewing, typing, locks, who has looked. None of it is in the log. */
export function subscribeToMoments(listener: (m: Moment) => void): () => void {
	moments.add(listener);
	return () => moments.delete(listener);
}

/** The case on this page's screen, null for none. */
export function announceViewing(caseId: string | null) {
	if (typing !== caseId) announceTyping(null);
	if (viewing === caseId) return;
	viewing = caseId;
	link?.say({ type: 'viewing', caseId });
}

/** Called at each letter; said every 3 s at most. null: stopped, or sent. */
export function announceTyping(caseId: string | null) {
	const now = performance.now();
	if (caseId === typing && (caseId === null || now - typingSaidAt < TYPING_MS)) return;
	typing = caseId;
	typingSaidAt = now;
	link?.say({ type: 'typing', caseId });
}

/** resync: what this page holds may have holes, read the lists again. signedOut: the session is over. */
export function subscribeToControl(hear: (c: Control) => void): () => void {
	controls.add(hear);
	return () => controls.delete(hear);
}

export function getSocket(): WebSocket | null {
	return link?.socket ?? null;
}

/** The "connect again" button. */
export function reconnectNow(): void {
	link?.wake();
}

class Link {
	socket: WebSocket | null = null;
	#epoch: string | null;
	/** Everything up to here that this user may see has been heard: what to resume after. */
	#mine: number;
	/** The last event handed on; a pong may move #mine past it, and then it must not hide a late frame. */
	#folded: number;
	#acked = 0;
	#failedUpgrades = 0;
	#polling: AbortController | null = null;
	#pulling = false;
	#behind = 0;
	#stopped = false;
	#retry: Timer | undefined;
	#pong: Timer | undefined;
	#upgrade: Timer | undefined;
	#grace: Timer[] = [];
	#every: Timer[] = [];
	#sentAway = 0;
	/** No socket and no heartbeat of a poll before these, on performance.now()'s clock. */
	#socketNotBefore = 0;
	#beatNotBefore = 0;
	#peace: Timer | undefined;
	#clockNotBefore = 0;
	#onWake = () => document.visibilityState !== 'hidden' && this.wake();

	constructor(from?: Position) {
		this.#epoch = from?.epoch ?? null;
		this.#mine = this.#folded = this.#acked = from?.head ?? 0;
		this.#lostContact();
		this.#openSocket();
		this.#every = [
			setInterval(() => this.#heartbeat(), HEARTBEAT_MS),
			setInterval(() => this.#ack(), ACK_MS),
			setInterval(() => this.#polling && !this.socket && this.#openSocket(), SOCKET_AGAIN_MS)
		];
		document.addEventListener('visibilitychange', this.#onWake);
		addEventListener('focus', this.#onWake);
		addEventListener('online', this.#onWake);
	}

	stop() {
		this.#stopped = true;
		for (const t of [...this.#every, ...this.#grace]) clearInterval(t);
		for (const t of [this.#retry, this.#pong, this.#upgrade, this.#peace]) clearTimeout(t);
		document.removeEventListener('visibilitychange', this.#onWake);
		removeEventListener('focus', this.#onWake);
		removeEventListener('online', this.#onWake);
		this.#dropSocket();
		this.#polling?.abort();
	}

	/** A tablet that slept may hold a socket that is dead and does not know it. */
	wake() {
		if (this.socket?.readyState === WebSocket.OPEN) this.#ping(WAKE_DEADLINE_MS);
		else if (!this.socket) this.#openSocket();
		if (this.#polling) this.#restartPoll();
	}

	/** By socket if there is one, else as the heartbeat of the poll. */
	say(news: Announcement) {
		if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(news));
		else this.#beat(news);
	}

	// --- socket

	#openSocket() {
		if (this.#stopped || this.socket) return;
		clearTimeout(this.#retry);
		this.#retry = undefined;
		const early = this.#socketNotBefore - performance.now();
		if (early > 0) {
			this.#retry = setTimeout(() => this.#openSocket(), early + 1);
			return;
		}
		const at = this.#epoch === null ? '' : `?epoch=${encodeURIComponent(this.#epoch)}&after=${this.#mine}`;
		const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws${at}`);
		this.socket = socket;
		let greeted = false;
		this.#upgrade = setTimeout(() => this.#lostSocket(socket, greeted, 1006), UPGRADE_DEADLINE_MS);
		socket.onmessage = (message) => {
			if (this.socket !== socket) return;
			const frame = JSON.parse(message.data as string) as Frame;
			if (!greeted && (frame.type === 'hello' || frame.type === 'resync')) {
				greeted = true;
				this.#failedUpgrades = this.#clockNotBefore = 0;
				clearTimeout(this.#upgrade);
				this.#stopPoll();
				this.#inContact();
				this.#peace = setTimeout(() => (this.#sentAway = 0), PEACE_MS);
				if (viewing) socket.send(JSON.stringify({ type: 'viewing', caseId: viewing }));
			}
			clearTimeout(this.#pong);
			this.#pong = undefined;
			this.#take(frame);
		};
		socket.onclose = (event) => this.#lostSocket(socket, greeted, event.code);
	}

	#lostSocket(socket: WebSocket, greeted: boolean, code: number) {
		if (this.socket !== socket) return;
		this.#dropSocket();
		if (this.#stopped) return;
		if (code === 4401) return this.#tell({ type: 'signedOut' });
		if (!greeted) this.#failedUpgrades++;
		if (!this.#polling) this.#lostContact();
		let later = Math.random() * MAX_DELAY_MS;
		if (code === 1008 || code === 1009) {
			later += Math.min(SENT_AWAY_MS * 2 ** this.#sentAway++, SENT_AWAY_LONGEST_MS);
			this.#socketNotBefore = performance.now() + later;
		}
		// Sent away for longer than a moment, the page still hears an alarm, by the slow way.
		if (this.#failedUpgrades >= 2 || this.#sentAway >= 2) this.#startPoll();
		else this.#retry = setTimeout(() => this.#openSocket(), later);
	}

	#dropSocket() {
		const socket = this.socket;
		this.socket = null;
		clearTimeout(this.#pong);
		clearTimeout(this.#upgrade);
		clearTimeout(this.#peace);
		this.#pong = undefined;
		if (!socket) return;
		socket.onmessage = socket.onclose = null;
		socket.close();
	}

	#heartbeat() {
		this.#ping(PONG_DEADLINE_MS);
		const open = this.socket?.readyState === WebSocket.OPEN;
		if ((open || this.#polling) && performance.now() >= this.#clockNotBefore) {
			this.#clockNotBefore = performance.now() + CLOCK_MS;
			this.say({ type: 'clock', now: new Date().toISOString() });
		} else this.#beat();
	}

	#ping(deadlineMs: number) {
		const socket = this.socket;
		if (socket?.readyState !== WebSocket.OPEN || this.#pong) return;
		socket.send('{"type":"ping"}');
		this.#pong = setTimeout(() => this.#lostSocket(socket, true, 1006), deadlineMs);
	}

	#ack() {
		// A poll says where it stands by itself: its `after` is the ack.
		if (this.#mine <= this.#acked || this.socket?.readyState !== WebSocket.OPEN) return;
		this.socket.send(JSON.stringify({ type: 'ack', seq: this.#mine }));
		this.#acked = this.#mine;
	}

	// --- long-poll

	#startPoll() {
		if (this.#polling || this.#stopped) return;
		this.#polling = new AbortController();
		void this.#poll(this.#polling, 0);
	}

	#stopPoll() {
		this.#polling?.abort();
		this.#polling = null;
	}

	#restartPoll() {
		this.#stopPoll();
		this.#startPoll();
	}

	async #poll(run: AbortController, wait: number) {
		while (this.#polling === run) {
			try {
				const answer =
					this.#epoch === null ? await api.position(run.signal) : await api.events(this.#epoch, this.#mine, wait, run.signal);
				if (this.#polling !== run) return;
				const silent = wait === 0;
				wait = POLL_WAIT_SECONDS;
				this.#inContact();
				if (this.#epoch === null) this.#resync(answer.epoch, answer.head);
				for (const frame of answer.events) this.#fold(frame as Frame);
				if (answer.events.length === 0) this.#mine = Math.max(this.#mine, answer.head);
				// The box is back after a silence: perhaps the socket works again too, from here on.
				if (silent && !this.socket) this.#openSocket();
				if (silent) this.#beat();
			} catch (e) {
				if (this.#polling !== run) return;
				const { status, retryAfterSeconds } = asProblem(e);
				if (status === 401) return this.#tell({ type: 'signedOut' });
				wait = 0;
				this.#lostContact();
				await new Promise((done) => setTimeout(done, retryAfterSeconds * 1000 + Math.random() * MAX_DELAY_MS));
			}
		}
	}

	/** Keeps a page without a socket present, and brings what is true for the moment. */
	#beat(news?: Announcement) {
		if (!this.#polling || this.#stopped || performance.now() < this.#beatNotBefore) return;
		const frames: Announcement[] = [{ type: 'viewing', caseId: viewing }];
		if (news && news.type !== 'viewing') frames.push(news);
		api.tell(frames).then(
			(answer) => {
				if (this.#polling) for (const frame of answer) this.#hearMoment(frame);
			},
			(e) => (this.#beatNotBefore = performance.now() + asProblem(e).retryAfterSeconds * 1000)
		);
	}

	// --- frames

	#take(frame: Frame) {
		if (frame.type === 'hello') {
			hearTime(frame.serverTime ?? null);
			if (frame.you) sessionPerson.set(frame.you);
			// Without a position of our own the page has read nothing yet: read it now, from here on live.
			if (this.#epoch !== frame.epoch) this.#resync(frame.epoch!, frame.head!);
		} else if (frame.type === 'pong') {
			if (frame.head !== undefined && !this.#pulling) this.#mine = Math.max(this.#mine, frame.head);
		} else if (frame.seq !== undefined && frame.prev !== undefined && frame.prev > this.#mine) {
			// prev behind mine is no hole: what lies between was pulled already.
			this.#behind = Math.max(this.#behind, frame.seq);
			void this.#pull();
		} else this.#fold(frame);
	}

	/** Reads the hole from the log. Frames that arrive meanwhile are in what it reads. */
	async #pull() {
		if (this.#pulling) return;
		this.#pulling = true;
		try {
			while (!this.#stopped && this.#behind > this.#mine) {
				const answer = await api.events(this.#epoch!, this.#mine, 0);
				for (const frame of answer.events) this.#fold(frame as Frame);
				if (answer.events.length === 0) this.#mine = Math.max(this.#mine, answer.head);
			}
		} catch {
			// A new connection resumes from #mine and closes the hole itself.
			if (this.socket) this.#lostSocket(this.socket, true, 1006);
		} finally {
			this.#pulling = false;
		}
	}

	#fold(frame: Frame) {
		if (frame.type === 'resync') return this.#resync(frame.epoch!, frame.head!);
		if (frame.seq === undefined) return this.#hearMoment(frame as unknown as Moment);
		if (frame.seq <= this.#folded) return;
		this.#folded = frame.seq;
		this.#mine = Math.max(this.#mine, frame.seq);
		if (!frame.data) return;
		lastUpdate.set(frame.data);
		for (const hear of listeners) hear(frame.data, frame.type);
	}

	#hearMoment(moment: Moment) {
		if (moment.data) for (const hear of moments) hear(moment);
	}

	#resync(epoch: string, head: number) {
		this.#epoch = epoch;
		this.#mine = this.#folded = this.#acked = head;
		this.#behind = 0;
		this.#tell({ type: 'resync' });
	}

	#tell(c: Control) {
		if (c.type === 'signedOut') this.stop();
		for (const hear of controls) hear(c);
	}

	// --- what the pill says

	#inContact() {
		for (const t of this.#grace) clearTimeout(t);
		this.#grace = [];
		connection.set('connected');
	}

	#lostContact() {
		if (this.#grace.length > 0) return;
		this.#grace = [
			setTimeout(() => connection.set('reconnecting'), SAY_RECONNECTING_MS),
			setTimeout(() => connection.set('offline'), SAY_OFFLINE_MS)
		];
	}
}
