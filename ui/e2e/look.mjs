// How a screen is looked at: a picture in artefacts/, axe, the size of each target, and nothing cut
// off or hanging over the side, in every language, theme and tablet size.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const OUT = new URL('../artefacts/', import.meta.url).pathname;
export const SIZES = [
	[1280, 800],
	[600, 960]
];
export const LANGUAGES = ['hi', 'en'];
export const THEMES = ['light', 'dark', 'contrast'];
mkdirSync(OUT, { recursive: true });

/** What is wrong with the page as it stands, in words. Runs in the page. */
function faults() {
	const MIN_PX = 48;
	const found = [];
	const visible = (e) => {
		const r = e.getBoundingClientRect();
		const s = getComputedStyle(e);
		return r.width > 0 && r.height > 0 && s.visibility !== 'hidden' && s.display !== 'none' && !e.closest('.sr');
	};
	const name = (e) =>
		`<${e.tagName.toLowerCase()} ${e.className}> "${(e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40)}"`;
	// Under an open sheet nothing can be touched.
	const scope = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;

	const scrollable = (e) => {
		for (let box = e.parentElement; box; box = box.parentElement) {
			const s = getComputedStyle(box);
			if (/auto|scroll/.test(s.overflowY) && box.scrollHeight > box.clientHeight) return true;
		}
		return false;
	};

	for (const e of scope.querySelectorAll('button, a[href], input, select, textarea, [role="button"], [tabindex="0"]')) {
		if (!visible(e)) continue;
		const r = e.getBoundingClientRect();
		// Half a pixel: a grid may hand out 47.99.
		if (r.width < MIN_PX - 0.5 || r.height < MIN_PX - 0.5)
			found.push(`target ${Math.round(r.width)}×${Math.round(r.height)}: ${name(e)}`);
		if (e.tagName === 'BUTTON' && !e.classList.contains('row') && e.scrollWidth > e.clientWidth + 1)
			found.push(`words hang out of ${name(e)}`);
		if (r.left < -0.5 || r.right > innerWidth + 0.5) found.push(`over the side of the screen: ${name(e)}`);
		// A control that something lies over looks fine to every measure but this one.
		let shown = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
		for (let box = e.parentElement; box; box = box.parentElement) {
			const s = getComputedStyle(box);
			if (s.overflowX === 'visible' && s.overflowY === 'visible') continue;
			const b = box.getBoundingClientRect();
			shown = {
				left: Math.max(shown.left, b.left),
				top: Math.max(shown.top, b.top),
				right: Math.min(shown.right, b.right),
				bottom: Math.min(shown.bottom, b.bottom)
			};
		}
		const x = (r.left + r.right) / 2;
		const y = (r.top + r.bottom) / 2;
		const inSight = x > shown.left && x < shown.right && y > shown.top && y < shown.bottom;
		const top = inSight ? document.elementFromPoint(x, y) : null;
		const own = !top || e.contains(top) || top.contains(e);
		if (!own && !top.closest('.new')) found.push(`${name(e)} lies under ${name(top)}`);
		if (!scrollable(e) && (r.bottom > innerHeight + 0.5 || r.top < -0.5)) found.push(`over the edge of the screen: ${name(e)}`);
		if (!inSight && !scrollable(e)) found.push(`cannot be reached: ${name(e)}`);
		for (let box = e.parentElement; box; box = box.parentElement) {
			const s = getComputedStyle(box);
			const b = box.getBoundingClientRect();
			const clips = (overflow) => overflow !== 'visible';
			const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
			if (clips(s.overflowX) && (r.left < b.left - 0.5 || r.right > b.right + 0.5))
				found.push(`cut off sideways by <${box.className}>: ${name(e)}`);
			if (
				clips(s.overflowY) &&
				!scrolls(s.overflowY) &&
				(r.top < b.top - 0.5 || r.bottom > b.bottom + 0.5) &&
				box.scrollHeight <= box.clientHeight + 1
			)
				found.push(`cut off by <${box.className}>: ${name(e)}`);
			if (scrolls(s.overflowY)) break; // below the fold of a page that scrolls is not cut off
		}
	}
	for (const e of scope.querySelectorAll('*')) {
		const s = getComputedStyle(e);
		if (![s.overflowX, s.overflowY].some((o) => o === 'auto' || o === 'scroll') || !visible(e)) continue;
		if (e.tagName === 'INPUT' || e.tagName === 'TEXTAREA' || e.tagName === 'SELECT') continue;
		if (e.scrollWidth > e.clientWidth + 1)
			found.push(`scrolls sideways by ${e.scrollWidth - e.clientWidth} px: <${e.tagName.toLowerCase()} ${e.className}>`);
	}
	if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
	for (const e of scope.querySelectorAll('*')) {
		const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
		if (own && visible(e) && parseFloat(getComputedStyle(e).fontSize) < 14) found.push(`text under 14 px: ${name(e)}`);
	}
	return found;
}

/** Takes the picture and returns what is wrong on it. */
export async function look(page, shot) {
	await page.evaluate(() => document.fonts.ready);
	await page.screenshot({ path: `${OUT}${shot}.png` });
	await page.evaluate(AXE);
	const { violations } = await page.evaluate(() => window.axe.run());
	const wrong = [
		...(await page.evaluate(faults)),
		...violations.flatMap((v) => v.nodes.map((n) => `axe ${v.id}: ${n.html.slice(0, 160)}`))
	];
	return wrong.map((w) => `${shot}: ${w}`);
}

/** Each screen in every language, theme and size, freshly opened: [name, path, how to wait for it]. */
export async function everyWay(page, url, screens) {
	const wrong = [];
	for (const [width, height] of SIZES)
		for (const language of LANGUAGES)
			for (const theme of THEMES) {
				await page.setViewportSize({ width, height });
				await page.evaluate(
					([l, t]) => (localStorage.setItem('language', l), localStorage.setItem('theme', t)),
					[language, theme]
				);
				for (const [name, path, arrive] of screens) {
					await page.goto(url + path);
					await arrive(page);
					wrong.push(...(await look(page, `${name}-${width}x${height}-${language}-${theme}`)));
				}
			}
	assert.deepEqual(wrong, []);
}

/** The same for a state that a reload would lose: the page stays, and is dressed and resized. */
export async function inPlace(page, name, { speak, arrive = async () => {}, leave = async () => {}, themes = THEMES } = {}) {
	const tap = (language) => page.locator(`header [lang="${language}"]`).click();
	const wrong = [];
	for (const language of LANGUAGES) {
		await (speak ?? tap)(language);
		await arrive(page);
		for (const theme of themes) {
			await page.evaluate((t) => (document.documentElement.dataset.theme = t), theme);
			for (const [width, height] of SIZES) {
				await page.setViewportSize({ width, height });
				wrong.push(...(await look(page, `${name}-${width}x${height}-${language}-${theme}`)));
			}
		}
		await leave(page);
	}
	assert.deepEqual(wrong, []);
}
