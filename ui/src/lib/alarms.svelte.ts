// Every alarm nobody has answered: RED cases and calls for help. What is shown of them, how big,
// and when it sounds. Who hears which, and from when on, is the box's business.

import { api, type Alert, type FrameData, type Person, type Sos } from './api';
import { present } from './present.svelte';
import { connection, subscribeToCaseUpdates, subscribeToControl } from './socket-store';
import { sound } from './sound.svelte';

/** The whole screen says it again this often, while it is up. */
export const REPEAT_MS = 60_000;
/** Made small by a tap, it comes back: whoever tapped may have been called away. */
export const SMALL_MS = 5 * 60_000;
const WHOLE_SCREEN = 3;

/** A call for help that was answered. */
export type Answered = { sos: Sos; by: Person };

export class Alarms {
	all = $state.raw<Alert[]>([]);
	answered = $state.raw<Answered[]>([]);
	/** The case on the screen: its alarm needs no words there, while somebody is at it. */
	openId = $state<string | null>(null);
	/** Whether what fills the screen is here yet; until then all of it stays in the corner. */
	canFill = $state(false);
	/** Somebody asked for the list of them. */
	listed = $state(false);
	me = $state.raw<Person | null>(null);
	/** Put aside at this level; the next one brings it back. */
	#aside = $state.raw<ReadonlyMap<string, number>>(new Map());
	/** Acknowledged while the list of alarms was on its way. */
	#over = new Set<string>();
	/** Heard of while it was. */
	#raised = new Set<string>();
	/** Not sounded, for the case was being looked at. */
	#quiet = new Set<string>();
	#repeat: ReturnType<typeof setInterval> | undefined;
	#back: ReturnType<typeof setTimeout> | undefined;

	readonly #others = $derived.by(() => this.all.filter((a) => !this.#own(a)));
	/** What fills the screen: calls for help first, then RED cases nobody opened for ten minutes. */
	readonly screen = $derived.by(() =>
		this.#others
			.filter((a) => this.canFill && (a.kind === 'sos' || a.level >= WHOLE_SCREEN) && !this.#isAside(a) && !this.#isOpen(a))
			.sort((a, b) => Number(b.kind === 'sos') - Number(a.kind === 'sos'))
	);
	/** What stands in a corner: the rest, unless it was put aside. */
	readonly toasts = $derived.by(() =>
		this.#others.filter(
			(a) => !this.screen.includes(a) && !this.#isOpen(a) && (a.level >= WHOLE_SCREEN || a.kind === 'sos' || !this.#isAside(a))
		)
	);
	/** One's own call for help, not answered yet. */
	readonly mine = $derived.by(() => this.all.filter((a) => a.sos?.senderId === this.me?.id));

	start(me: Person): () => void {
		this.me = me;
		void this.load();
		const stops = [
			subscribeToCaseUpdates((data, type) => this.hear(type, data)),
			subscribeToControl((c) => c.type === 'resync' && void this.load()),
			present.subscribe((here) => !here && this.#left()),
			// Between the list of alarms and the first frame lies a moment in which one may have come.
			connection.subscribe((state) => state === 'connected' && void this.load())
		];
		this.#repeat = setInterval(() => this.screen[0] && void sound.ring(this.screen[0].kind), REPEAT_MS);
		return () => {
			for (const stop of stops) stop();
			present.left();
			clearInterval(this.#repeat);
			clearTimeout(this.#back);
			this.all = [];
			this.answered = [];
			this.listed = false;
			this.#aside = new Map();
			this.#over.clear();
			this.#quiet.clear();
			this.me = null;
		};
	}

	async load() {
		const raised = (this.#raised = new Set<string>());
		const standing = await api.alerts().catch(() => null); // asked again with the next contact
		if (!standing || !this.me || raised !== this.#raised) return;
		const before = new Map(this.all.map((a) => [a.id, a]));
		// What was heard meanwhile is newer than the list.
		const newer = this.all.filter((a) => raised.has(a.id));
		this.all = [...newer, ...standing.filter((a) => !this.#over.has(a.id) && !raised.has(a.id))];
		const risen = this.all.filter((a) => a.level > (before.get(a.id)?.level ?? -1));
		const loudest = risen.filter((a) => this.#sounds(a))[0];
		if (loudest) void sound.ring(loudest.kind);
	}

	hear(type: string, data: FrameData) {
		if (type === 'alertAck') return this.#ended(data.id!, data.by ?? null);
		if (type === 'sos') return this.#raise({ id: data.id!, kind: 'sos', level: 0, ...here(data), sos: data as unknown as Sos });
		if (type === 'alert') this.#raise(data as unknown as Alert);
	}

	/** "I am coming", or a RED case said to be in hand. */
	async answer(a: Alert) {
		await api.ackAlert(a.id);
		this.#ended(a.id, this.me);
	}

	show() {
		this.listed = true;
		this.#aside = new Map();
	}

	putAside(alerts: Alert[]) {
		this.listed = false;
		this.#aside = new Map([...this.#aside, ...alerts.map((a) => [a.id, a.level] as const)]);
		if (!alerts.some((a) => a.kind === 'sos' || a.level >= WHOLE_SCREEN)) return;
		clearTimeout(this.#back);
		this.#back = setTimeout(() => {
			this.#aside = new Map([...this.#aside].filter(([id]) => !this.all.some((a) => a.id === id && a.level >= WHOLE_SCREEN)));
			if (this.screen[0]) void sound.ring(this.screen[0].kind);
		}, SMALL_MS);
	}

	/** One's own call goes out by request; its frame may come later. */
	called(sos: Sos) {
		if (!this.#over.has(sos.id)) this.#raise({ id: sos.id, kind: 'sos', level: 0, ...here(sos), sos });
	}

	read(answered: Answered) {
		this.answered = this.answered.filter((a) => a !== answered);
	}

	#raise(a: Alert) {
		const known = this.all.find((k) => k.id === a.id);
		// Both forms may come; what the named one knows is kept, and a late lower level is old news.
		const merged: Alert = { ...a, ...(known && named(known)), ...named(a), level: Math.max(a.level, known?.level ?? 0) };
		this.#over.delete(a.id);
		this.#raised.add(a.id);
		this.all = known ? this.all.map((k) => (k === known ? merged : k)) : [merged, ...this.all];
		if ((!known || merged.level > known.level) && this.#sounds(merged)) void sound.ring(merged.kind);
	}

	#ended(id: string, by: Person | null) {
		this.#over.add(id);
		this.#quiet.delete(id);
		const sos = this.all.find((a) => a.id === id)?.sos;
		this.all = this.all.filter((a) => a.id !== id);
		if (this.all.length === 0) this.listed = false;
		if (sos && by && !this.answered.some((a) => a.sos.id === id)) this.answered = [...this.answered, { sos, by }];
	}

	/** One's own RED case goes without a word at first: she made it and is with the patient. Two minutes without a doctor concern her. */
	#own(a: Alert) {
		return a.kind === 'sos' ? a.sos?.senderId === this.me?.id : a.level === 0 && a.row?.createdBy.id === this.me?.id;
	}
	#isAside(a: Alert) {
		return (this.#aside.get(a.id) ?? -1) >= a.level;
	}
	/** On the screen, and somebody is at it: left open in an empty room it is an alarm like any other. */
	#isOpen(a: Alert) {
		return a.caseId !== undefined && a.caseId === this.openId && present.here;
	}
	#sounds(a: Alert) {
		if (this.#own(a)) return false;
		if (this.#isOpen(a)) this.#quiet.add(a.id);
		return !this.#isOpen(a);
	}
	/** Nobody is at the screen any more: what the open case kept quiet is said now. */
	#left() {
		const unheard = this.all.find((a) => this.#quiet.has(a.id) && a.caseId === this.openId);
		this.#quiet.clear();
		if (unheard) void sound.ring(unheard.kind);
	}
}

const here = (s: { message?: string; timestamp?: string }) => ({ message: s.message ?? '', timestamp: s.timestamp ?? '' });
/** What only the named form has. */
const named = (a: Alert): Partial<Alert> => ({
	...(a.caseId && { caseId: a.caseId, message: a.message }),
	...(a.row && { row: a.row }),
	...(a.sos && { sos: a.sos })
});

export const alarms = new Alarms();
