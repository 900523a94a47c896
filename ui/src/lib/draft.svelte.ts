// The half-filled new case. Every tap is written to this tablet, so a reload, a dead battery or
// a sign-out loses nothing. It is on the tablet only: the clinic has it after "send", not before.

import type { NewCase, Sex, Vitals } from './api';

export type Draft = {
	band: string;
	pregnantNow: '' | 'pregnant' | 'postpartum' | 'no';
	signs: string[] | null;
	name: string;
	sex: Sex | '';
	ageValue: string;
	ageUnit: 'days' | 'months' | 'years';
	guardianName: string;
	village: string;
	phone: string;
	complaint: string;
	vitals: Vitals;
	confirmed: string[];
	weeks: string;
	postpartumDays: string;
	allergies: '' | 'none_known' | 'not_asked' | 'some';
	allergyText: string;
	consent: '' | 'yes' | 'emergency';
	/** The command id: kept with the draft, so sending again after a reload still makes one case. */
	key: string;
};

const empty = (): Draft => ({
	band: '',
	pregnantNow: '',
	signs: null,
	name: '',
	sex: '',
	ageValue: '',
	ageUnit: 'years',
	guardianName: '',
	village: '',
	phone: '',
	complaint: '',
	vitals: {},
	confirmed: [],
	weeks: '',
	postpartumDays: '',
	allergies: '',
	allergyText: '',
	consent: '',
	key: ''
});

export class DraftBox {
	now = $state<Draft>(empty());
	/** Whether the last tap is on this tablet; null while nothing was typed. */
	kept = $state<boolean | null>(null);
	readonly #slot: string;

	constructor(userId: string) {
		this.#slot = `new-case:${userId}`;
		try {
			const text = localStorage.getItem(this.#slot);
			if (text) {
				this.now = { ...empty(), ...(JSON.parse(text) as Draft) };
				this.kept = true;
			}
		} catch {
			this.kept = false;
		}
	}

	get started(): boolean {
		return JSON.stringify({ ...this.now, key: '' }) !== JSON.stringify(empty());
	}

	/** Called after each change. A full or locked storage is said, never hidden. */
	keep() {
		try {
			if (this.started) localStorage.setItem(this.#slot, JSON.stringify(this.now));
			else localStorage.removeItem(this.#slot);
			this.kept = this.started ? true : null;
		} catch {
			this.kept = false;
		}
	}

	clear() {
		this.now = empty();
		this.kept = null;
		try {
			localStorage.removeItem(this.#slot);
		} catch {
			// nothing was kept there then
		}
	}
}

/** The draft as the box wants it. Absent means not asked; [] means asked, none found. */
export function asNewCase(d: Draft): NewCase {
	const trimmed = (s: string) => s.trim() || undefined;
	const body: NewCase = {
		patient: {
			name: d.name.trim(),
			sex: d.sex || 'U',
			age: { value: Number(d.ageValue), unit: d.ageUnit },
			guardianName: trimmed(d.guardianName),
			village: trimmed(d.village),
			phone: trimmed(d.phone),
			consent: d.consent === 'emergency' ? 'emergency' : true,
			allergies:
				d.allergies === 'some'
					? d.allergyText
							.split(/[,،;\n]/)
							.map((s) => s.trim())
							.filter(Boolean)
					: [d.allergies || 'not_asked']
		},
		complaint: trimmed(d.complaint),
		signs: d.signs ?? undefined,
		vitals: Object.keys(d.vitals).length > 0 ? d.vitals : undefined,
		confirmed: d.confirmed.length > 0 ? d.confirmed : undefined
	};
	if (d.pregnantNow === 'pregnant' && d.weeks) body.patient.pregnancy = { weeks: Number(d.weeks) };
	if (d.pregnantNow === 'postpartum' && d.postpartumDays) body.patient.postpartumDays = Number(d.postpartumDays);
	return body;
}

/** Which question a refused field belongs to. */
export function stepOfField(field: string): number {
	if (field.startsWith('vitals')) return 4;
	if (/pregnancy|postpartum|allergies/.test(field)) return 5;
	if (/consent/.test(field)) return 6;
	if (field === 'complaint') return 3;
	return field.startsWith('signs') ? 1 : 2;
}
