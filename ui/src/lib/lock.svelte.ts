// Whose hands one case is in, seen from this page: taken for a step, renewed while its holder is
// at work, given back when she leaves. The box keeps it; a lock is advice and never holds a form back.

import { api, asProblem, type Case, type Lock, type LockVerb, type Person, type Problem } from './api';
import { boxNow } from './box-time';

export const RENEW_MS = 45_000;
/** Without a touch for this long the person is elsewhere, and the lock runs out by itself. */
export const AT_WORK_MS = 120_000;
/** The box gives a question 15 s; the asker comes back for the case a moment later. */
const AFTER_SILENCE_MS = 250;
/** Over long-poll the box's time is known to a second or two only. */
const TRIES = 3;
const TRY_MS = 1_000;

type Timer = ReturnType<typeof setTimeout>;

export class CaseLock {
	now = $state.raw<Lock | null>(null);
	/** Who took the case out of this person's hands; told until she has read it. */
	takenBy = $state.raw<Person | null>(null);
	/** How this page's question ended, if not with the case. */
	answer = $state<'' | 'kept' | 'silent'>('');
	busy = $state(false);
	problem = $state.raw<Problem | null>(null);
	readonly mine = $derived.by(() => this.now?.holder.id === this.me.id);
	/** Somebody else's: what to call her; null when this person may go on. */
	readonly other = $derived.by(() => (this.now && !this.mine ? this.now.holder : null));
	readonly asking = $derived.by(() => this.now?.asked?.by.id === this.me.id);

	/** Counts what was heard: an answer asked for before it is older than it. */
	heard = 0;
	/** Taken on this page. The same person at another tablet looks after hers there. */
	#here = false;
	/** A sheet is open: the case is wanted for as long. */
	#wanted = false;
	#closed = false;
	#touchedAt = -Infinity;
	#renew: Timer | undefined;
	#end: Timer | undefined;
	#question: Timer | undefined;
	#onHide = () => this.release(true);

	constructor(
		readonly caseId: string,
		readonly me: Pick<Person, 'id' | 'role'>,
		readonly told: (lock: Lock | null) => void = () => {}
	) {
		addEventListener('pagehide', this.#onHide);
	}

	get fence(): number | undefined {
		return this.mine ? this.now!.fence : undefined;
	}

	/** News from the box: `by` is who changed it, unknown where the case was only read. */
	hear(lock: Lock | null, by?: Person) {
		const before = this.now;
		// The answer to an older question, overtaken by a frame.
		if (lock && before && lock.fence < before.fence) return;
		this.heard++;
		const wasMine = this.mine;
		const asked = this.asking;
		if (lock && Date.parse(lock.expiresAt) <= boxNow()) lock = null;
		this.now = lock;
		this.told(lock);
		if (this.mine) this.takenBy = null;
		else if (wasMine) {
			this.#here = false;
			clearInterval(this.#renew);
			if (lock && by?.id !== this.me.id) this.takenBy = lock.holder;
		}
		clearTimeout(this.#end);
		clearTimeout(this.#question);
		if (this.#closed) return;
		if (lock) this.#end = setTimeout(() => this.hear(null), Date.parse(lock.expiresAt) - boxNow() + 500);
		if (lock?.holder.id !== before?.holder.id) this.answer = '';
		if (asked && this.mine) this.#hold();
		else if (asked && lock && !lock.asked && lock.holder.id === before!.holder.id) this.answer = 'kept';
		// Let go while this page wanted it: it is hers to take.
		else if (!lock && (asked || (this.#wanted && this.#atWork()))) void this.take();
		// A question whose time is over stays on the lock; it is gone after once.
		const left = this.asking ? Date.parse(lock!.asked!.until) - boxNow() : 0;
		if (left > 0) this.#question = setTimeout(() => void this.#afterSilence(), left + AFTER_SILENCE_MS);
	}

	/** For a step: true if the case is in this person's hands. Without contact a step is tried all the same. */
	async take(): Promise<boolean> {
		return this.me.role !== 'admin' && this.#put('take');
	}

	ask() {
		this.answer = '';
		return this.#put('ask');
	}
	give = () => this.#put('give');
	keep = () => this.#put('keep');
	takeOver = () => this.#put('take_over');

	/** A sheet over the case opened or closed. */
	want(wanted: boolean) {
		this.#wanted = wanted;
		if (wanted && !this.other) void this.take();
	}

	/** After a step: whoever the case now waits for finds it free. */
	stepped(fresh: Case) {
		this.#wanted = false;
		if (fresh.open && fresh.waiting.includes(this.me.role)) void this.take();
		else this.release();
	}

	/** A finger or a key on the page. */
	touched() {
		this.#touchedAt = performance.now();
	}

	/** Gives the case back. `leaving`: the page closes and will not hear the answer. */
	release(leaving = false): Promise<void> | void {
		clearInterval(this.#renew);
		if (!this.#here) return;
		this.#here = false;
		const fence = this.now?.fence;
		return api.unlock(this.caseId, leaving).then(
			(lock) => this.#answered(lock, fence),
			// It runs out by itself in two minutes.
			() => {}
		);
	}

	/** "Let go", also of a case taken at another tablet. */
	letGo() {
		this.#here = true;
		return this.release();
	}

	/** A step was refused because of the lock; the refusal says how it stands. */
	refused(lock: Lock | null) {
		this.now = null;
		this.hear(lock);
		// It ran out meanwhile and is free: hers again for the next try.
		if (!lock) void this.take();
	}

	close() {
		this.#closed = true;
		removeEventListener('pagehide', this.#onHide);
		clearTimeout(this.#end);
		clearTimeout(this.#question);
		this.release();
	}

	#atWork() {
		return performance.now() - this.#touchedAt < AT_WORK_MS && document.visibilityState !== 'hidden';
	}

	#hold() {
		this.#here = true;
		clearInterval(this.#renew);
		this.#renew = setInterval(() => this.#atWork() && void this.#put('take'), RENEW_MS);
	}

	async #afterSilence(tries = TRIES) {
		if (await this.#put('take')) return;
		if (!this.asking || this.#closed) return;
		if (tries > 1) this.#question = setTimeout(() => void this.#afterSilence(tries - 1), TRY_MS);
		else this.answer = 'silent';
	}

	/** What the box answers this page. News of a later holder may have overtaken it: a free case has no fence to tell. */
	#answered(lock: Lock | null, askedAt = 0) {
		if (!lock && this.now && this.now.fence > askedAt) return;
		this.hear(lock, { ...this.me, name: '' });
	}

	async #put(what: LockVerb): Promise<boolean> {
		if (what !== 'take') this.busy = true;
		this.problem = null;
		const fence = this.now?.fence;
		try {
			this.#answered(await api.lock(this.caseId, what), fence);
			if (this.mine) this.#hold();
			// She left while the answer was on its way.
			if (this.#closed) this.release();
			return this.mine;
		} catch (e) {
			const problem = asProblem(e);
			if (problem.code === 'locked') this.hear(problem.conflict.lock ?? null);
			// A take that nobody tapped for fails in silence: the step itself will say what is wrong.
			else if (what !== 'take') this.problem = problem;
			return false;
		} finally {
			this.busy = false;
		}
	}
}
