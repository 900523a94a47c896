// Every word a person reads. Catalogs are flat JSON; {name} is a placeholder; plural forms are
// the keys `….one` and `….other`. Digits are Latin in both languages. Words of pages about the box
// and the guide are in the `.box` and `.guide` files, which those pages bring with them.

import type en from './locales/en.json';
import type box from './locales/en.box.json';
import type guide from './locales/en.guide.json';
import type { Age, Language, Sex } from './api';
import { settings } from './settings.svelte';

export type Catalog = Record<keyof typeof en | keyof typeof box | keyof typeof guide, string>;
export type Key = keyof Catalog;
/** A key made of a fixed first part and a code from the box. */
type Prefix = Key extends `${infer P}.${string}` ? P : never;
type Before<K, End extends string> = K extends `${infer P}${End}` ? P : never;
type PluralKey = Before<Key, '.other'>;
type Values = Record<string, string | number>;

const locale: Record<Language, string> = { hi: 'hi-IN-u-nu-latn', en: 'en-IN-u-nu-latn' };
const plurals = { hi: new Intl.PluralRules('hi'), en: new Intl.PluralRules('en') };

export function fill(message: string, values: Values = {}): string {
	return message.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function t(key: Key, values?: Values): string {
	const message = settings.catalog?.[key];
	return message === undefined ? key : fill(message, values);
}

/** The form of a message that fits a count; {n} is the count. */
export function count(key: PluralKey, n: number, values: Values = {}): string {
	const form = plurals[settings.language].select(n) === 'one' ? 'one' : 'other';
	return t(`${key}.${form}` as Key, { n, ...values });
}

/** The word for a code of the box; a code this release does not know is shown as it is, never hidden. */
export function word(prefix: Prefix, code: string): string {
	const message = (settings.catalog as Record<string, string> | null)?.[`${prefix}.${code}`];
	return message ?? code.replaceAll('_', ' ');
}

export const number = (n: number, decimals = 0) =>
	n.toLocaleString(locale[settings.language], {
		maximumFractionDigits: Math.max(decimals, 1),
		minimumFractionDigits: decimals,
		useGrouping: false
	});

/** 10:42 today, 3 Nov 10:42 on another day of this year. */
export function clock(at: string, now = Date.now()): string {
	const time = new Date(at);
	const sameDay = time.toDateString() === new Date(now).toDateString();
	return time.toLocaleString(locale[settings.language], {
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
		...(sameDay ? {} : { day: 'numeric', month: 'short' })
	});
}

/** 3 Nov 2026, 10:42: for a clock that may be years off. */
export const wholeTime = (at: string) =>
	new Date(at).toLocaleString(locale[settings.language], {
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23'
	});

export const day = (at: string) => new Date(at).toLocaleDateString(locale[settings.language], { day: 'numeric', month: 'short' });

/** 26 November 2026. */
export const date = (at: string | number) => new Date(at).toLocaleDateString(locale[settings.language], { dateStyle: 'long' });

/** How long ago, in words short enough for a row. */
export function since(at: string, now: number): string {
	const minutes = Math.max(0, Math.floor((now - Date.parse(at)) / 60_000));
	if (minutes < 1) return t('since.now');
	if (minutes < 60) return t('since.minutes', { n: minutes });
	if (minutes < 24 * 60) return t('since.hours', { n: Math.floor(minutes / 60) });
	return t('since.days', { n: Math.floor(minutes / 1440) });
}

export function ageWords(age: Age | null): string {
	return age ? count(`age.${age.unit}`, age.value) : '';
}

/** Sunita Devi · 26 · female. Years go without their unit, as on the clinic's own slips. */
export function personLine(p: { name: string; sex: Sex; age: Age | null }): string {
	const age = p.age?.unit === 'years' ? String(p.age.value) : ageWords(p.age);
	return [p.name === 'unknown' ? t('patient.unknown') : p.name, age, word('sex', p.sex)].filter(Boolean).join(' · ');
}
