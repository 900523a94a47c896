// Fails on a word missing in one language, unequal placeholders, a key the source names and no
// catalog has, or an empty word. A page must never show a key.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const src = new URL('../src/', import.meta.url).pathname;
const part = (name) => JSON.parse(readFileSync(join(src, `lib/locales/${name}.json`), 'utf8'));
const catalog = (language) => ({ ...part(language), ...part(`${language}.box`), ...part(`${language}.guide`) });
const hi = catalog('hi');
const en = catalog('en');
const faults = [];
const placeholders = (message) =>
	[...message.matchAll(/\{(\w+)\}/g)]
		.map((m) => m[1])
		.sort()
		.join();

const seen = new Set();
for (const key of ['en', 'en.box', 'en.guide'].flatMap((name) => Object.keys(part(name))))
	if (seen.has(key)) faults.push(`${key}: in two parts`);
	else seen.add(key);

// Alertness and oxygen have no unit; an empty word is right there and nowhere else.
const mayBeEmpty = new Set(['unit.avpu', 'unit.onOxygen']);
for (const key of new Set([...Object.keys(hi), ...Object.keys(en)])) {
	if (!(key in hi) || !(key in en)) faults.push(`${key}: missing in ${key in hi ? 'en' : 'hi'}`);
	else if (placeholders(hi[key]) !== placeholders(en[key]))
		faults.push(`${key}: placeholders {${placeholders(hi[key])}} and {${placeholders(en[key])}}`);
	else if (!mayBeEmpty.has(key) && (!hi[key].trim() || !en[key].trim())) faults.push(`${key}: empty`);
	if (/[०-९]/.test(hi[key] ?? '')) faults.push(`${key}: digits must be Latin`);
}

function* sources(dir) {
	for (const name of readdirSync(dir)) {
		const path = join(dir, name);
		if (statSync(path).isDirectory()) yield* sources(path);
		else if (/\.(svelte|ts)$/.test(name) && !name.endsWith('.test.ts')) yield path;
	}
}
const whole = Object.keys(en);
for (const path of sources(src)) {
	const code = readFileSync(path, 'utf8');
	for (const [, key] of code.matchAll(/\bt\('([\w.]+)'/g)) if (!(key in en)) faults.push(`${path}: no word ${key}`);
	for (const [, key] of code.matchAll(/\bcount\('([\w.]+)'/g))
		if (!(`${key}.other` in en)) faults.push(`${path}: no plural ${key}`);
	for (const [, prefix] of code.matchAll(/\bword\('([\w.]+)'/g))
		if (!whole.some((k) => k.startsWith(`${prefix}.`))) faults.push(`${path}: no words ${prefix}.…`);
	if (/\{@html/.test(code)) faults.push(`${path}: {@html} is not allowed`);
	if (/\sstyle="/.test(code)) faults.push(`${path}: the box's CSP refuses an inline style`);
}

for (const fault of faults) console.error(fault);
console.log(`${whole.length} words in two languages, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
