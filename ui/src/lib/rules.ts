// The box's rule pack, read once: which signs to ask, what may be typed. Numbers come from it alone.

import { api, type Age, type Rules, type VitalValue } from './api';

let pack: Promise<Rules> | null = null;

export function rules(): Promise<Rules> {
	pack ??= api.rules().catch((e: unknown) => {
		pack = null;
		throw e;
	});
	return pack;
}

/** A band's code carries its bounds: 0-6d, 2-11mo, 16y+. */
export type Bounds = { from: number; to: number | null; unit: Age['unit'] };
const UNITS: Record<string, Age['unit']> = { d: 'days', mo: 'months', y: 'years' };

export function boundsOf(band: string): Bounds {
	const [, from, to, unit] = /^(\d+)(?:-(\d+))?(d|mo|y)\+?$/.exec(band) ?? [];
	return { from: Number(from ?? 0), to: to === undefined ? null : Number(to), unit: UNITS[unit ?? 'd']! };
}

// Mean lengths put an age into its band for the form; the box does the calendar arithmetic.
const DAYS: Record<Age['unit'], number> = { days: 1, months: 30.4375, years: 365.25 };
// One day of slack: an age typed as exactly 2 months must not fall below the 2-month band.
const SLACK_DAYS = 1;

export function bandOf(pack: Rules, age: Age): string {
	const days = age.value * DAYS[age.unit] + (age.unit === 'days' ? 0 : SLACK_DAYS);
	const start = (band: string) => boundsOf(band).from * DAYS[boundsOf(band).unit];
	const fits = pack.bands.filter((b) => start(b) <= days);
	return fits.sort((a, b) => start(b) - start(a))[0] ?? pack.bands[0] ?? '';
}

const within = (bands: string[] | null | undefined, band: string) => !bands || bands.length === 0 || bands.includes(band);

export function signsFor(pack: Rules, band: string, maternal: boolean): Rules['signs'] {
	return pack.signs.filter((s) => within(s.bands, band) && (!s.pregnant || maternal));
}

/** Whether the pack has rules for pregnancy at this age: only then it is asked. */
export const mayBePregnant = (pack: Rules, band: string) =>
	pack.engines.some((e) => e.pregnant === true && within(e.bands, band));

/** The vitals without which the box cannot say GREEN at this age. */
export function requiredFor(pack: Rules, band: string, maternal: boolean): string[] {
	const engines = pack.engines.filter(
		(e) => within(e.bands, band) && (e.pregnant === undefined || e.pregnant === null || e.pregnant === maternal)
	);
	return [...new Set(engines.flatMap((e) => e.required))].filter((f) => f !== 'signs');
}

export type Verdict = 'ok' | 'hard' | 'soft';

/** What the pack says to a typed value: refused, look again, or fine. */
export function judge(pack: Rules, field: string, value: VitalValue, band: string): Verdict {
	const limits = pack.vitals.find((v) => v.field === field);
	if (!limits || typeof value !== 'number') return 'ok';
	if (value < limits.hard[0] || value > limits.hard[1]) return 'hard';
	const soft = limits.soft?.find((s) => within(s.bands, band));
	return soft && (value < soft.min || value > soft.max) ? 'soft' : 'ok';
}
