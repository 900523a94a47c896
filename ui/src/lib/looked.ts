// Tells the box how far a person has looked at the case on her screen: the ticks of those who
// wrote, and what ends a RED alarm when a clinician looks.

import { asProblem, passes } from './api';
import { present } from './present.svelte';

/** Several events in a moment are one look. */
const SETTLED_MS = 1_000;
const AGAIN_MS = 5_000;

export class Looked {
	#shown = 0;
	#told = 0;
	#saidAt = -Infinity;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#onVisible = () => this.#soon(0);
	#back = present.subscribe((here) => here && this.#soon(0));

	/** @param atOnce a look waits for nothing but the one a moment before: an alarm rings until it arrives. */
	constructor(
		readonly atOnce: boolean,
		readonly tell: (seq: number) => Promise<void>
	) {
		document.addEventListener('visibilitychange', this.#onVisible);
	}

	/** The case stands on the screen as of this event. */
	at(seq: number) {
		if (seq <= this.#shown) return;
		this.#shown = seq;
		if (!this.#timer) this.#soon(this.atOnce ? Math.max(0, this.#saidAt + SETTLED_MS - Date.now()) : SETTLED_MS);
	}

	stop() {
		clearTimeout(this.#timer);
		this.#back();
		document.removeEventListener('visibilitychange', this.#onVisible);
	}

	#soon(ms: number) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#say(), ms);
	}

	async #say() {
		this.#timer = undefined;
		// A screen nobody can see, or nobody sits at, is not looked at; her next touch says it.
		if (this.#shown <= this.#told || !present.here) return;
		const seq = this.#shown;
		this.#saidAt = Date.now();
		try {
			await this.tell(seq);
			this.#told = Math.max(this.#told, seq);
		} catch (e) {
			if (passes(asProblem(e))) this.#soon(AGAIN_MS);
		}
	}
}
