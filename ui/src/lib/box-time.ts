// The box's time. A tablet's clock may be years off, so whatever runs out is measured by this one.

let offsetMs = 0;
let corrected = () => {};

/** Milliseconds, as the box counts them. */
export const boxNow = () => Date.now() + offsetMs;

/** Called when the tablet's clock turns out to be wrong. */
export function onCorrected(hear: () => void) {
	corrected = hear;
}

function set(offset: number) {
	const far = Math.abs(offset - offsetMs) > 1_000;
	offsetMs = offset;
	if (far) corrected();
}

/** The box said what time it is. What it says is a moment old at most: good to a second. */
export function hearTime(at: string | null) {
	const ms = Date.parse(at ?? '');
	if (!Number.isNaN(ms)) set(ms - Date.now());
}

/** The Date of an answer has whole seconds: believed only where it tells us something. */
export function hearDate(at: string | null) {
	const ms = Date.parse(at ?? '');
	if (Math.abs(ms - boxNow()) > 2_500) set(ms + 500 - Date.now());
}
