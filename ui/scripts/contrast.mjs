// WCAG ratios of every pair of tokens that carries text or an outline; fails under its target.

import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../src/app.css', import.meta.url), 'utf8');
const themes = { light: ':root {', dark: "[data-theme='dark'] {", contrast: "[data-theme='contrast'] {" };
const tokens = (opening) =>
	Object.fromEntries(
		[
			...css
				.split(opening)[1]
				.split('}')[0]
				.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)
		].map((m) => [m[1], m[2]])
	);

const luminance = (hex) => {
	const [r, g, b] = [1, 3, 5]
		.map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
		.map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (a, b) => {
	const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
	return (x + 0.05) / (y + 0.05);
};

const TEXT = 4.5;
const BODY = 7;
const OUTLINE = 3;
const pairs = [
	['ink', 'surface', BODY],
	['ink', 'bg', BODY],
	['ink', 'brand-soft', BODY],
	['surface', 'ink', BODY],
	['muted', 'surface', TEXT],
	['muted', 'bg', TEXT],
	['muted', 'brand-soft', TEXT],
	['muted', 'off-soft', TEXT],
	['brand', 'surface', TEXT],
	['brand', 'bg', TEXT],
	['brand', 'brand-soft', TEXT],
	['brand-ink', 'brand', TEXT],
	...['red', 'amber', 'green'].flatMap((c) => [
		[`${c}-ink`, c, TEXT],
		[c, `${c}-soft`, TEXT],
		[c, 'surface', TEXT]
	]),
	['off-ink', 'off', TEXT],
	['lock', 'surface', TEXT],
	['lock', 'lock-soft', TEXT],
	['lock', 'brand-soft', TEXT],
	['ink', 'lock-soft', BODY],
	['muted', 'lock-soft', TEXT],
	['line-strong', 'surface', OUTLINE],
	['focus', 'surface', OUTLINE],
	['focus', 'bg', OUTLINE]
];

let bad = 0;
for (const [theme, opening] of Object.entries(themes)) {
	const value = tokens(opening);
	let lowest = [Infinity, ''];
	for (const [front, back, target] of pairs) {
		if (!value[front] || !value[back]) throw new Error(`${theme}: no token ${value[front] ? back : front}`);
		const r = ratio(value[front], value[back]);
		if (r < target) {
			bad++;
			console.error(`${theme}: ${front} on ${back} is ${r.toFixed(2)}, needs ${target}`);
		}
		if (r < lowest[0]) lowest = [r, `${front} on ${back}`];
	}
	console.log(`${theme}: ${pairs.length} pairs, lowest ${lowest[0].toFixed(2)} (${lowest[1]})`);
}
process.exit(bad > 0 ? 1 : 0);
