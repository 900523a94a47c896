// After the build: .br and .gz beside every file worth it, so the box compresses nothing while it serves.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const worth = /\.(js|css|html|svg|json|webmanifest)$/;

function* files(dir) {
	for (const name of readdirSync(dir)) {
		const path = join(dir, name);
		if (statSync(path).isDirectory()) yield* files(path);
		else yield path;
	}
}

for (const path of files(dist)) {
	if (!worth.test(path)) continue;
	const raw = readFileSync(path);
	const br = brotliCompressSync(raw, {
		params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length }
	});
	// Smaller than one packet either way: a second file would cost more than it saves.
	if (br.length + 64 > raw.length) continue;
	writeFileSync(path + '.br', br);
	writeFileSync(path + '.gz', gzipSync(raw, { level: 9 }));
}
