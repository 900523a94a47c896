// The present by the box's clock, so "12 min" on a row grows old by itself on a tablet of any date.

import { createSubscriber } from 'svelte/reactivity';
import { boxNow, onCorrected } from './box-time';

class Now {
	/** Good to 20 s: for "how long ago". */
	ms = $state(boxNow());
	#halfSecond = createSubscriber((update) => {
		const timer = setInterval(update, 500);
		return () => clearInterval(timer);
	});

	constructor() {
		const tick = () => (this.ms = boxNow());
		setInterval(tick, 20_000);
		onCorrected(tick);
	}

	/** Whole seconds until then; whoever shows it is redrawn twice a second. */
	secondsTo(at: string): number {
		this.#halfSecond();
		// What the box said of its time was a moment old: 15.02 s are 15.
		return Math.max(0, Math.ceil((Date.parse(at) - boxNow() - 300) / 1000));
	}
}

export const now = new Now();
