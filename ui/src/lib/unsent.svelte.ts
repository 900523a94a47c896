// What was typed on a case and not sent yet. It outlives the component (another case opened,
// signed out by the box and in again) but not the page: patient text is not left on a shared tablet.

class UnsentTexts {
	readonly #forms = new Map<string, object>();

	/** The texts of one form of one case, by field name. */
	of(caseId: string, form: string): Record<string, string> {
		return this.form(caseId, form, () => ({}));
	}

	/** The same for a form of another shape; `blank` is how it starts. */
	form<T extends object>(caseId: string, form: string, blank: () => T): T {
		const key = `${caseId}/${form}`;
		const found = this.#forms.get(key);
		if (found) return found as T;
		const fresh = $state(blank());
		this.#forms.set(key, fresh);
		return fresh;
	}

	/** The form was sent, with all that belongs to it. */
	sent(caseId: string, form: string) {
		this.#forms.delete(`${caseId}/${form}`);
		this.#forms.delete(`${caseId}/${form}+`);
	}

	/** Another person at this tablet must not find it. */
	forgetAll() {
		this.#forms.clear();
	}
}

export const unsent = new UnsentTexts();
