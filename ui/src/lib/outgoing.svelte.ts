// Comments on their way. What was sent stands under the case at once; until the clinic has it, it
// is kept on this tablet with its command id and sent again by itself, also after a reload.

import { api, asProblem, newCommandId, passes, type Case, type Note, type Person, type Seen } from './api';
import { connection } from './socket-store';

/** `refused`: the box will not have it; the person decides what becomes of the text. */
export type Waiting = { key: string; caseId: string; text: string; at: string; refused?: string };

const AGAIN_MS = 10_000;

export class Outgoing {
	all = $state.raw<Waiting[]>([]);
	/** False when this tablet keeps nothing: then a reload loses what was not sent. */
	kept = $state(true);
	#slot = '';
	#busy = false;
	/** Done with, though a storage that refuses may still have it. */
	#over = new Set<string>();
	#timer: ReturnType<typeof setTimeout> | undefined;
	#sent: (fresh: Case) => void = () => {};
	#stop = () => {};

	/** From sign-in to sign-out of one person; another one's texts stay where they are. */
	start(userId: string, sent: (fresh: Case) => void): () => void {
		this.#slot = `comments:${userId}`;
		this.#sent = sent;
		this.all = this.#read();
		// What another tab of hers sent or added.
		const elsewhere = (e: StorageEvent) => e.key === this.#slot && this.kept && (this.all = this.#read());
		addEventListener('storage', elsewhere);
		this.#stop = connection.subscribe((state) => state === 'connected' && void this.#push());
		return () => {
			this.#stop();
			removeEventListener('storage', elsewhere);
			clearTimeout(this.#timer);
			this.#slot = '';
			this.all = [];
		};
	}

	of(caseId: string): Waiting[] {
		return this.all.filter((w) => w.caseId === caseId);
	}

	add(caseId: string, text: string) {
		const added = { key: newCommandId(), caseId, text, at: new Date().toISOString() };
		this.#keep((all) => [...all, added]);
		void this.#push();
	}

	drop(key: string) {
		this.#over.add(key);
		this.#keep((all) => all);
	}

	/** Its own answer was lost, but the case came with it: a comment has the id of its command. */
	heard(fresh: Pick<Case, 'comments'>) {
		if (this.all.length === 0) return;
		const there = new Set(fresh.comments?.map((note) => note.id));
		for (const { key } of this.all) if (there.has(key)) this.drop(key);
	}

	async #push() {
		if (this.#busy) return;
		this.#busy = true;
		clearTimeout(this.#timer);
		const slot = this.#slot;
		for (let next; slot && (next = this.all.find((w) => !w.refused)); ) {
			const { key, caseId, text } = next;
			let fresh: Case | undefined;
			let refused = '';
			try {
				fresh = await api.comment(caseId, text, key);
			} catch (e) {
				const problem = asProblem(e);
				// Everything else is about the text or the person.
				if (passes(problem) || problem.status === 401) {
					this.#timer = setTimeout(() => void this.#push(), Math.max(AGAIN_MS, problem.retryAfterSeconds * 1000));
					break;
				}
				refused = problem.code;
			}
			if (slot !== this.#slot) break; // signed out meanwhile: her list tells it again, under the same key
			if (fresh) this.drop(key);
			else this.#keep((all) => all.map((w) => (w.key === key ? { ...w, refused } : w)));
			if (fresh) this.#sent(fresh);
		}
		this.#busy = false;
		if (slot !== this.#slot) void this.#push();
	}

	#read(): Waiting[] {
		try {
			return JSON.parse(localStorage.getItem(this.#slot) ?? '[]') as Waiting[];
		} catch {
			return [];
		}
	}

	/** Another tab of hers keeps its comments in the same place: a change is made to what is there now. */
	#keep(change: (all: Waiting[]) => Waiting[]) {
		const there = this.#read();
		const keys = new Set(there.map((w) => w.key));
		const known = this.kept ? there : [...there, ...this.all.filter((w) => !keys.has(w.key))];
		const all = change(known.filter((w) => !this.#over.has(w.key)));
		this.all = all;
		try {
			if (all.length > 0) localStorage.setItem(this.#slot, JSON.stringify(all));
			else localStorage.removeItem(this.#slot);
			this.kept = true;
		} catch {
			this.kept = false;
		}
	}
}

export const outgoing = new Outgoing();

/** How far one's own comment has come: in the clinic, or in front of whom it was written for. */
export function lookedAt(note: Note, me: Pick<Person, 'id' | 'role'>, seenBy: Seen[]): Person | null {
	const readers = seenBy.filter((s) => s.by.id !== me.id && s.seq >= note.seq).map((s) => s.by);
	return readers.find((p) => p.role === 'clinician') ?? (me.role === 'clinician' ? (readers[0] ?? null) : null);
}
