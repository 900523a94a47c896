import { beforeEach, describe, expect, test } from 'vitest';
import { ageWords, clock, count, fill, number, personLine, since, t, word } from './i18n';
import { settings } from './settings.svelte';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('in English', () => {
	beforeEach(() => settings.speak('en'));

	test('placeholders are filled, and one without a value stays to be seen', () => {
		expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}');
		expect(t('new.step', { n: 2, of: 6 })).toBe('Question 2 of 6');
	});
	test('one and many have their own forms', () => {
		expect(count('age.years', 1)).toBe('1 year');
		expect(count('age.years', 26)).toBe('26 years');
		expect(count('row.notes', 0)).toBe('0 comments');
	});
	test('a code this release does not know is shown, not hidden', () => {
		expect(word('sign', 'severe_headache')).toBe('Severe headache');
		expect(word('sign', 'dengue_rash_new')).toBe('dengue rash new');
	});
	test('waiting time in our own words', () => {
		const ago = (minutes: number) => since(new Date(NOW - minutes * 60_000).toISOString(), NOW);
		expect([ago(0), ago(59), ago(60), ago(60 * 24 * 3)]).toEqual(['now', '59 min', '1 h', '3 d']);
		expect(ago(-5)).toBe('now');
	});
	test('a person in one line', () => {
		expect(personLine({ name: 'Sunita Devi', sex: 'F', age: { value: 26, unit: 'years' } })).toBe('Sunita Devi · 26 · female');
		expect(personLine({ name: 'unknown', sex: 'U', age: null })).toBe('Unknown person · not known');
		expect(ageWords({ value: 10, unit: 'days' })).toBe('10 days');
	});
});

describe('in Hindi', () => {
	beforeEach(() => settings.speak('hi'));

	test('digits stay Latin', () => {
		expect(number(37.1, 1)).toBe('37.1');
		expect(number(160)).toBe('160');
		expect(clock('2026-03-05T10:42:00Z', NOW)).toMatch(/^5 मार्च/);
		expect(clock('2026-03-05T10:42:00Z', NOW)).not.toMatch(/[०-९]/);
	});
	test('zero and one share a form in Hindi', () => {
		expect(count('list.new', 1)).toBe('1 नया');
		expect(count('list.new', 2)).toBe('2 नए');
	});
	test('the page knows its language', () => {
		expect(document.documentElement.lang).toBe('hi');
	});
});
