// Language and theme: chosen on this tablet, remembered on it, changed without a reload.

import type { Language } from './api';
import type { Catalog } from './i18n';

export type Theme = 'light' | 'dark' | 'contrast';
export type ThemeChoice = Theme | 'auto';

const catalogs: Record<Language, () => Promise<{ default: Catalog }>> = {
	hi: () => import('./locales/hi.json'),
	en: () => import('./locales/en.json')
};

const remembered = (key: string): string | null => {
	try {
		return localStorage.getItem(key);
	} catch {
		return null; // storage switched off: the choice lasts as long as the page
	}
};
const remember = (key: string, value: string) => {
	try {
		localStorage.setItem(key, value);
	} catch {
		// as above
	}
};

class Settings {
	language = $state<Language>('hi');
	catalog = $state.raw<Catalog | null>(null);
	themeChoice = $state<ThemeChoice>('auto');

	async start() {
		const contrast = matchMedia('(prefers-contrast: more)');
		const dark = matchMedia('(prefers-color-scheme: dark)');
		const apply = () => {
			const own: Theme = contrast.matches ? 'contrast' : dark.matches ? 'dark' : 'light';
			document.documentElement.dataset.theme = this.themeChoice === 'auto' ? own : this.themeChoice;
		};
		this.themeChoice = (remembered('theme') as ThemeChoice | null) ?? 'auto';
		this.#applyTheme = apply;
		apply();
		contrast.addEventListener('change', apply);
		dark.addEventListener('change', apply);
		await this.speak(remembered('language') === 'en' ? 'en' : 'hi');
		// The other language too, while there is contact: switching must work without it.
		setTimeout(() => void Promise.allSettled(Object.values(catalogs).map((fetch) => fetch())), 500);
	}

	/** Loads the words first, so the screen never shows a half-changed language. */
	async speak(language: Language) {
		const words = await catalogs[language]();
		this.catalog = words.default;
		this.language = language;
		document.documentElement.lang = language;
	}

	/** A person's own choice: it outlives the page. Without contact the language may have to stay. */
	async choose(language: Language) {
		try {
			await this.speak(language);
			remember('language', language);
		} catch {
			// the words of the other language could not be fetched; the present ones stay
		}
	}

	/** The language of the account, unless this tablet was told another. */
	async suggest(language: Language) {
		if (remembered('language') === null) await this.speak(language);
	}

	dress(choice: ThemeChoice) {
		this.themeChoice = choice;
		remember('theme', choice);
		this.#applyTheme();
	}

	#applyTheme = () => {};
}

export const settings = new Settings();
