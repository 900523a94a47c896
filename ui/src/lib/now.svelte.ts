// The present minute, so "12 min" on a row grows old by itself.

class Now {
	ms = $state(Date.now());
	constructor() {
		setInterval(() => (this.ms = Date.now()), 20_000);
	}
}

export const now = new Now();
