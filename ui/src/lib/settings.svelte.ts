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
	}

	/** Loads the words first, so the screen never shows a half-changed language. */
	async speak(language: Language) {
		const words = await catalogs[language]();
		this.catalog = words.default;
		this.language = language;
		document.documentElement.lang = language;
		remember('language', language);
	}

	/** The language of the account, unless this tablet was told another. */
	async suggest(language: Language) {
		if (remembered('language') === null || !this.catalog) await this.speak(language);
	}

	dress(choice: ThemeChoice) {
		this.themeChoice = choice;
		remember('theme', choice);
		this.#applyTheme();
	}

	#applyTheme = () => {};
}

export const settings = new Settings();
