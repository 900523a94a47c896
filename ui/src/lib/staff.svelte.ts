// Who of the clinic is at a tablet now. The box tells; without contact nobody knows.

import type { Person } from './api';
import { connection, subscribeToMoments } from './socket-store';

class Staff {
	#people = $state.raw<ReadonlyMap<string, Person>>(new Map());
	#known = $state(false);

	constructor() {
		subscribeToMoments((m) => {
			if (m.type !== 'presence') return;
			const people = new Map(m.data.all ? [] : this.#people);
			for (const id of m.data.off ?? []) people.delete(id);
			for (const person of m.data.on ?? []) people.set(person.id, person);
			this.#people = people;
		});
		// A dot that stands for an hour ago would send somebody to an empty room.
		connection.subscribe((state) => (this.#known = state === 'connected'));
	}

	/** Everyone but oneself, clinicians first: they are who one looks for. */
	others(me: string): Person[] {
		if (!this.#known) return [];
		const order = ['clinician', 'asha', 'chw', 'admin'];
		return [...this.#people.values()]
			.filter((p) => p.id !== me)
			.sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role) || a.name.localeCompare(b.name));
	}
}

export const staff = new Staff();

/** Two letters of a name, its title left out: सु of सुनीता यादव. */
export function initials(name: string): string {
	const bare = name.replace(/^(डॉ॰|डॉ\.|Dr\.?)\s*/i, '');
	// A Devanagari syllable is a letter and its signs: cutting between them shows a dotted circle.
	const letters = [...new Intl.Segmenter('hi', { granularity: 'grapheme' }).segment(bare)].map((s) => s.segment);
	return /[ऀ-ॿ]/.test(letters[0] ?? '') ? (letters[0] ?? '') : letters.slice(0, 2).join('');
}
