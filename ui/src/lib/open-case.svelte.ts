// The one case on the screen. Its own event makes it read itself again; steps are sent from here.

import { api, asProblem, newCommandId, unanswered, type Case, type Moment, type Person, type Problem, type Seen, type TimelineEvent } from './api';
import type { CaseBook } from './cases.svelte';
import { CaseLock } from './lock.svelte';
import { Looked } from './looked';
import { outgoing } from './outgoing.svelte';

export class OpenCase {
	detail = $state.raw<Case | null>(null);
	problem = $state.raw<Problem | null>(null);
	events = $state.raw<TimelineEvent[]>([]);
	/** Who else has it on the screen, and who writes a comment. */
	viewing = $state.raw<Person[]>([]);
	typing = $state.raw<Person[]>([]);
	seenBy = $state.raw<Seen[]>([]);
	readonly lock: CaseLock;
	readonly #looked: Looked;
	#cursor: string | null = null;
	#reading = false;
	#again = false;
	#closed = false;

	constructor(
		readonly id: string,
		readonly book: CaseBook
	) {
		this.lock = new CaseLock(id, book.me, (lock) => book.locked(id, lock));
		this.#looked = new Looked(book.me.role === 'clinician', (seq) => api.seen(id, seq));
	}

	hear(m: Moment) {
		if (m.type === 'presence' || m.data.caseId !== this.id) return;
		if (m.type === 'lock') this.lock.hear(m.data.lock, m.data.by);
		else if (m.type === 'seen') this.#seen([m.data]);
		else this[m.type] = m.data.people.filter((p) => p.id !== this.book.me.id);
	}

	/** Reads the case, and once more if news came meanwhile: never two reads at a time. */
	async read() {
		if (this.#reading) {
			this.#again = true;
			return;
		}
		this.#reading = true;
		do {
			this.#again = false;
			try {
				const heard = this.lock.heard;
				const fresh = await api.case(this.id);
				this.take(fresh);
				this.#seen(fresh.seenBy ?? []);
				if (fresh.lock !== undefined && heard === this.lock.heard) this.lock.hear(fresh.lock);
				this.problem = null;
				await this.#readEvents();
			} catch (e) {
				// With the case on the screen, an old timeline is no reason to hide it.
				if (!this.detail) this.problem = asProblem(e);
			}
		} while (this.#again && !this.#closed);
		this.#reading = false;
	}

	/** A newer state, from a read or from the answer to our own step. */
	take(detail: Case) {
		if (this.#closed || (this.detail && detail.seq < this.detail.seq)) return;
		this.detail = detail;
		outgoing.heard(detail);
		this.#looked.at(detail.seq);
	}

	close() {
		this.#closed = true;
		this.lock.close();
		this.#looked.stop();
	}

	/** A look only ever reaches further. */
	#seen(looks: Seen[]) {
		const all = new Map(this.seenBy.map((s) => [s.by.id, s]));
		for (const s of looks) if (s.seq >= (all.get(s.by.id)?.seq ?? 0)) all.set(s.by.id, { by: s.by, seq: s.seq });
		this.seenBy = [...all.values()];
	}

	async #readEvents() {
		// Pages are oldest first; only the tail can have grown.
		let cursor = this.#cursor ?? undefined;
		const known = new Map(this.events.map((e) => [e.seq, e]));
		for (;;) {
			const page = await api.timeline(this.id, cursor);
			for (const e of page.events) known.set(e.seq, e);
			if (!page.nextCursor) break;
			cursor = page.nextCursor;
			this.#cursor = cursor;
		}
		if (!this.#closed) this.events = [...known.values()].sort((a, b) => a.seq - b.seq);
	}
}

/**
 * One command on its way: the same key for every try, so a tap that did arrive is not done twice.
 * While no answer came, the next try is the same command to the letter: what the page has read
 * meanwhile (perhaps what this very command did) makes no second one of it.
 */
export class Sending {
	busy = $state(false);
	problem = $state.raw<Problem | null>(null);
	#key = newCommandId();
	#last = '';
	#lost: object | null = null;

	async send<B extends object, T>(given: B, run: (key: string, body: B) => Promise<T>): Promise<T | null> {
		if (this.busy) return null;
		const lost = this.#lost as B | null;
		const body = !lost ? given : own(lost) === own(given) ? lost : { ...given, ...('baseSeq' in lost && { baseSeq: lost.baseSeq }) };
		// Another body under the same key would be refused: it is another command. Over a lost one it
		// stands on what the case was then: if that one did arrive, the box says so.
		const text = JSON.stringify(body);
		if (this.#last && text !== this.#last) this.#key = newCommandId();
		this.#last = text;
		this.busy = true;
		this.problem = null;
		try {
			const done = await run(this.#key, body);
			this.#key = newCommandId();
			this.#last = '';
			this.#lost = null;
			return done;
		} catch (e) {
			this.problem = asProblem(e);
			if (unanswered(this.problem)) this.#lost = body;
			else if (this.problem.status !== 429) this.#lost = null;
			return null;
		} finally {
			this.busy = false;
		}
	}
}

/** What the person said, without what the page adds. */
const own = (body: object) => JSON.stringify({ ...body, baseSeq: undefined, fence: undefined });
