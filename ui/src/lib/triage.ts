// How urgency looks and sorts. What is urgent is decided on the box: no threshold lives here.

import type { CaseRow, Fired, Role, Urgency, VitalValue, View, Vitals } from './api';

export const URGENCIES: Urgency[] = ['RED', 'YELLOW_URGENT', 'YELLOW', 'INCOMPLETE', 'GREEN'];

export const shapeOf: Record<Urgency, string> = {
	RED: 'octagon',
	YELLOW_URGENT: 'triangle',
	YELLOW: 'triangle-plain',
	INCOMPLETE: 'question',
	GREEN: 'circle'
};

export const toneOf: Record<Urgency, 'red' | 'amber' | 'grey' | 'green'> = {
	RED: 'red',
	YELLOW_URGENT: 'amber',
	YELLOW: 'amber',
	INCOMPLETE: 'grey',
	GREEN: 'green'
};

const rank = (row: CaseRow) => URGENCIES.indexOf(row.urgency);

/** The box's own list order: most urgent, then longest waiting, then id. */
export function inOrder(a: CaseRow, b: CaseRow): number {
	return rank(a) - rank(b) || compare(a.statusSince, b.statusSince) || compare(a.id, b.id);
}
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Does a row belong to a view, as the box would answer? */
export function belongs(row: CaseRow, view: View, me: { id: string; role: Role }): boolean {
	if (view === 'open') return row.open;
	if (view === 'waiting') return row.waiting.includes(me.role);
	if (view === 'mine') return row.carriers.includes(me.id);
	return true;
}

/** The strongest rule that fired on a vital, and which way it was out. */
export function markOf(fired: Fired[], field: string): { urgency: Urgency; direction: 'up' | 'down' | null } | null {
	const strongestFirst = [...fired].sort((a, b) => URGENCIES.indexOf(a.urgency) - URGENCIES.indexOf(b.urgency));
	for (const { urgency, inputs } of strongestFirst) {
		const hit = inputs.find((i) => i.field === field);
		if (hit) return { urgency, direction: hit.cmp?.startsWith('g') ? 'up' : hit.cmp?.startsWith('l') ? 'down' : null };
	}
	return null;
}

export const isNumber = (v: VitalValue | undefined): v is number => typeof v === 'number';

/** Vitals as people read them: blood pressure is one reading, the flags are words. */
export const SHOWN: { fields: string[]; label: string }[] = [
	{ fields: ['systolic', 'diastolic'], label: 'bp' },
	...['pulse', 'respRate', 'spo2', 'tempC', 'avpu', 'onOxygen', 'glucoseMgDl', 'hbGdl', 'weightKg', 'heightCm', 'muacMm'].map(
		(f) => ({
			fields: [f],
			label: f
		})
	)
];

export const measured = (vitals: Vitals) => SHOWN.filter((s) => s.fields.some((f) => vitals[f] !== undefined));
