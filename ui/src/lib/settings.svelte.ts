// Language and theme: chosen on this tablet, remembered on it, changed without a reload.

import type { Language } from './api';
import type { Catalog } from './i18n';

export type Theme = 'light' | 'dark' | 'contrast';
export type ThemeChoice = Theme | 'auto';

type Words = Record<Language, () => Promise<{ default: Partial<Catalog> }>>;
const daily: Words = {
	hi: () => import('./locales/hi.json'),
	en: () => import('./locales/en.json')
};
/** Words of some pages only: a portal that shows none of them need not carry them. */
const more: Record<'box' | 'guide', Words> = {
	box: { hi: () => import('./locales/hi.box.json'), en: () => import('./locales/en.box.json') },
	guide: { hi: () => import('./locales/hi.guide.json'), en: () => import('./locales/en.guide.json') }
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
	#parts = [daily];
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
		setTimeout(() => void Promise.allSettled(this.#parts.flatMap(Object.values<() => Promise<unknown>>).map((fetch) => fetch())), 500);
	}

	/** Loads the words first, so the screen never shows a half-changed language. */
	async speak(language: Language) {
		const words = await Promise.all(this.#parts.map((part) => part[language]()));
		this.catalog = Object.assign({}, ...words.map((w) => w.default)) as Catalog;
		this.language = language;
		document.documentElement.lang = language;
	}

	/** Awaited before a page with words of its own is shown. */
	async learn(part: keyof typeof more) {
		if (this.#parts.includes(more[part])) return;
		this.#parts = [...this.#parts, more[part]];
		await this.speak(this.language);
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
