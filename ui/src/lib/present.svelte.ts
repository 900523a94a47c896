// Whether somebody is at this screen. A page that merely stands there, lit, is not being looked at:
// a doctor called away must not silence an alarm by the case she left open.

/** Whoever touched the page this long ago may still be reading it. */
export const AWAY_MS = 60_000;
/** The tap that ends an absence lands first on what it aimed at; only then may an alarm go from under it. */
export const LANDED_MS = 300;

class Present {
	#recent = $state(false);
	#at = -Infinity;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#hearers = new Set<(here: boolean) => void>();

	constructor() {
		// Not `scroll`: the page scrolls by itself too, when a comment comes.
		for (const type of ['pointerup', 'pointercancel', 'keydown', 'wheel'])
			addEventListener(type, () => (this.#isRecent() ? this.touched() : setTimeout(() => this.touched(), LANDED_MS)), {
				capture: true,
				passive: true
			});
	}

	get here(): boolean {
		return this.#recent && this.#isRecent() && document.visibilityState !== 'hidden';
	}

	/** Opening a case counts as well. */
	touched() {
		const back = !this.#isRecent();
		this.#at = Date.now();
		if (!back) return;
		this.#recent = true;
		this.#wait();
		for (const hear of this.#hearers) hear(true);
	}

	/** Signed out: whoever comes next has touched nothing yet. */
	left() {
		clearTimeout(this.#timer);
		this.#at = -Infinity;
		this.#recent = false;
	}

	/** Called when somebody comes back, and when she has been away. */
	subscribe(hear: (here: boolean) => void): () => void {
		this.#hearers.add(hear);
		return () => void this.#hearers.delete(hear);
	}

	#isRecent() {
		return Date.now() - this.#at < AWAY_MS;
	}
	#wait() {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(
			() => {
				if (this.#isRecent()) return this.#wait();
				this.#recent = false;
				for (const hear of this.#hearers) hear(false);
			},
			this.#at + AWAY_MS - Date.now()
		);
	}
}

export const present = new Present();
