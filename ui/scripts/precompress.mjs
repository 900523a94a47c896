// After the build: every file worth it is kept compressed only. The box sends it as it is.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const worth = /\.(js|css|svg|json|webmanifest)$/;

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
	const packed = gzipSync(raw, { level: 9 });
	if (packed.length >= raw.length) continue;
	writeFileSync(path + '.gz', packed);
	rmSync(path);
}
