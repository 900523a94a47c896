import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Sound } from './sound.svelte';

let letOut: (() => void)[] = [];
let refuse: (() => void)[] = [];
let tones: number[] = [];
let rests = 0;
class Silent {
	state = 'suspended';
	currentTime = 0;
	destination = {};
	resume() {
		if (this.state === 'running') return Promise.resolve();
		return new Promise<void>((done, fail) => {
			letOut.push(() => ((this.state = 'running'), done()));
			refuse.push(() => fail(new DOMException('', 'NotAllowedError')));
		});
	}
	suspend() {
		this.state = 'suspended';
		rests++;
		return Promise.resolve();
	}
}
const param = { setValueAtTime: () => {}, linearRampToValueAtTime: () => {}, exponentialRampToValueAtTime: () => {} };
class Node {
	gain = param;
	connect = (to: unknown) => to;
	start = () => {};
	stop = () => {};
}
let sound: Sound;
beforeEach(() => {
	vi.useFakeTimers();
	letOut = [];
	refuse = [];
	tones = [];
	rests = 0;
	vi.stubGlobal('AudioContext', Silent);
	vi.stubGlobal('GainNode', Node);
	vi.stubGlobal(
		'OscillatorNode',
		class extends Node {
			constructor(_: unknown, { frequency }: { frequency: number }) {
				super();
				tones.push(frequency);
			}
		}
	);
	sound = new Sound();
	sound.start();
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('a ring waits for a slow tablet, then sounds once, and the tablet rests again', async () => {
	void sound.ring('sos');
	await later(3_000);
	expect([sound.blocked, tones]).toEqual([true, []]);
	void sound.ring('red');
	for (const out of letOut) out();
	await later(0);
	expect(sound.blocked).toBe(false);
	expect(tones).toHaveLength(14); // the call for help, each tone with its octave
	expect(rests).toBe(0);
	await later(2_500);
	expect(rests).toBe(1);
});

test('after ten seconds it is too late to ring, but not to rest', async () => {
	void sound.ring('red');
	await later(10_001);
	for (const out of letOut) out();
	await later(2_500);
	expect([tones, rests]).toEqual([[], 1]);
});

test('refused, it says so and is heard the next time', async () => {
	void sound.ring('red');
	for (const no of refuse) no();
	await later(0);
	expect([sound.blocked, tones]).toEqual([true, []]);
	void sound.ring('red');
	letOut.at(-1)!();
	await later(0);
	expect(sound.blocked).toBe(false);
	expect(tones).toHaveLength(12);
});
