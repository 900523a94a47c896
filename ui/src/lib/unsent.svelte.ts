// What was typed on a case and not sent yet. It outlives the component (another case opened,
// signed out by the box and in again) but not the page: patient text is not left on a shared tablet.

class UnsentTexts {
	readonly #forms = new Map<string, Record<string, string>>();

	/** The texts of one form of one case, by field name. */
	of(caseId: string, form: string): Record<string, string> {
		const key = `${caseId}/${form}`;
		let found = this.#forms.get(key);
		if (!found) {
			const fresh = $state<Record<string, string>>({});
			found = fresh;
			this.#forms.set(key, found);
		}
		return found;
	}

	sent(caseId: string, form: string) {
		this.#forms.delete(`${caseId}/${form}`);
	}

	/** Another person at this tablet must not find it. */
	forgetAll() {
		this.#forms.clear();
	}
}

export const unsent = new UnsentTexts();
