// The alarm's sound and shake. Two short tones made here, no file: an alarm must sound with the
// box gone. A browser lets a page sound only after it was touched once.

const remembered = () => {
	try {
		return localStorage.getItem('sound') !== 'off';
	} catch {
		return true;
	}
};

/** Seconds, hertz. RED rises and asks; SOS swings and does not let go. */
const tunes = {
	red: [
		[0, 659],
		[0.18, 880],
		[0.36, 1319],
		[0.9, 659],
		[1.08, 880],
		[1.26, 1319]
	],
	sos: [
		[0, 1175],
		[0.22, 784],
		[0.44, 1175],
		[0.66, 784],
		[0.88, 1175],
		[1.1, 784],
		[1.32, 1175]
	]
} as const;

/** A ring later than this says nothing any more: the screen does. */
const LATE_MS = 10_000;
/** Silent for this long, and the page says that it cannot be heard. */
const BLOCKED_MS = 500;
const REST_MS = 2_500;

export class Sound {
	on = $state(remembered());
	/** Nothing has touched this page yet, so nothing would be heard. */
	blocked = $state(false);
	#ctx: AudioContext | null = null;
	#heard = false;
	/** Rung, and not sounded yet: several rings that waited are one. */
	#next: { tune: keyof typeof tunes; until: number } | null = null;
	#resting: ReturnType<typeof setTimeout> | undefined;
	#touch = () => void this.#unlock();

	/** Once, by the shell. Any touch anywhere is enough. */
	start() {
		if (typeof AudioContext === 'undefined') return;
		this.#ctx = new AudioContext();
		// A context starts silent and is let go a moment later, where it is let go at all.
		void this.#unlock();
		setTimeout(() => (this.blocked = !this.#heard), BLOCKED_MS);
		for (const type of ['pointerdown', 'keydown']) addEventListener(type, this.#touch, { capture: true });
	}

	choose(on: boolean) {
		this.on = on;
		try {
			localStorage.setItem('sound', on ? 'on' : 'off');
		} catch {
			// storage switched off: the choice lasts as long as the page
		}
		if (on) void this.ring('red');
	}

	async ring(tune: keyof typeof tunes) {
		if (!this.on) return;
		navigator.vibrate?.(tune === 'sos' ? [500, 200, 500, 200, 500] : [400, 200, 400]);
		const ctx = this.#ctx;
		if (!ctx) return;
		const sos = tune === 'sos' || (this.#next?.tune === 'sos' && Date.now() < this.#next.until);
		this.#next = { tune: sos ? 'sos' : tune, until: Date.now() + LATE_MS };
		const late = setTimeout(() => (this.blocked = ctx.state !== 'running'), BLOCKED_MS);
		// An old tablet takes its time to let a sound out.
		await ctx.resume().catch(() => {});
		clearTimeout(late);
		this.blocked = ctx.state !== 'running';
		this.#restSoon();
		if (!this.blocked) this.#sound(ctx);
	}

	#sound(ctx: AudioContext) {
		const next = this.#next;
		this.#next = null;
		if (!next || !this.on || Date.now() > next.until) return;
		const out = new GainNode(ctx, { gain: 0.5 });
		out.connect(ctx.destination);
		for (const [after, frequency] of tunes[next.tune]) this.#note(ctx, out, ctx.currentTime + 0.05 + after, frequency);
	}

	/** A bell: quick up, slow down, with its octave for the small speaker of a tablet. */
	#note(ctx: AudioContext, out: GainNode, at: number, frequency: number) {
		for (const [times, loud] of [
			[1, 0.7],
			[2, 0.3]
		] as const) {
			const wave = new OscillatorNode(ctx, { type: 'triangle', frequency: frequency * times });
			const shape = new GainNode(ctx, { gain: 0 });
			shape.gain.setValueAtTime(0, at);
			shape.gain.linearRampToValueAtTime(loud, at + 0.015);
			shape.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
			wave.connect(shape).connect(out);
			wave.start(at);
			wave.stop(at + 0.42);
		}
	}

	async #unlock() {
		await this.#ctx?.resume().catch(() => {});
		if (this.#heard || this.#ctx?.state !== 'running') return;
		this.#heard = true;
		this.blocked = false;
		for (const type of ['pointerdown', 'keydown']) removeEventListener(type, this.#touch, { capture: true });
		this.#restSoon();
	}

	/** A running context keeps an old tablet's processor awake. Once touched it may be woken at any time. */
	#restSoon() {
		clearTimeout(this.#resting);
		this.#resting = setTimeout(() => void this.#ctx?.suspend().catch(() => {}), REST_MS);
	}
}

export const sound = new Sound();
