// Fails when the portals outgrow an old tablet. Sizes are what travels (gzip) and what a cache keeps (raw).

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const KB = 1000;
const LIMITS = { js: 60 * KB, css: 10 * KB, precached: 600 * KB };
const dist = new URL('../dist/', import.meta.url).pathname;
const assets = join(dist, 'assets');

const names = readdirSync(assets).map((n) => n.replace(/\.gz$/, ''));
const text = (name) => gunzipSync(readFileSync(join(assets, `${name}.gz`))).toString();
const gz = (name) => statSync(join(assets, `${name}.gz`)).size;
const one = (stem) => {
	const found = names.find((n) => n.startsWith(`${stem}-`) && n.endsWith('.js'));
	if (!found) throw new Error(`no chunk ${stem} in ${assets}: run npm run build`);
	return found;
};

/** A chunk and all it imports statically. Lazy imports are other pages' bytes. */
function closure(name, seen = new Set()) {
	if (seen.has(name)) return seen;
	seen.add(name);
	for (const [, path] of text(name).matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g)) closure(basename(path), seen);
	return seen;
}

const entry = /src="\/assets\/([^"]+)"/.exec(readFileSync(join(dist, 'index.html'), 'utf8'))[1];
const rows = [];
for (const language of ['hi', 'en'])
	for (const portal of ['Chw', 'Asha', 'Clinician', 'Admin']) {
		const words = portal === 'Admin' ? [one(language), one(`${language}.box`)] : [one(language)];
		const chunks = new Set([...closure(entry), ...closure(one(portal)), ...words]);
		rows.push([`js: shell + ${portal} + ${language}`, [...chunks].reduce((n, c) => n + gz(c), 0), LIMITS.js]);
	}
rows.push(['css: all of it', names.filter((n) => n.endsWith('.css')).reduce((n, c) => n + gz(c), 0), LIMITS.css]);

function total(dir) {
	return readdirSync(dir).reduce((n, name) => {
		const path = join(dir, name);
		if (statSync(path).isDirectory()) return n + total(path);
		return n + (name.endsWith('.gz') ? gunzipSync(readFileSync(path)).length : statSync(path).size);
	}, 0);
}
rows.push(['everything precached', total(dirname(assets)), LIMITS.precached]);

let over = false;
for (const [what, bytes, limit] of rows) {
	if (bytes > limit) over = true;
	console.log(`${bytes > limit ? 'OVER' : 'ok  '} ${(bytes / KB).toFixed(1).padStart(6)} of ${limit / KB} KB  ${what}`);
}
process.exit(over ? 1 : 0);
