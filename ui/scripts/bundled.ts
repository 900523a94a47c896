// Notes for the release's SBOM which npm packages have code or a file in the build, by their
// key in package-lock.json.

import { mkdirSync, writeFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const here = new URL('..', import.meta.url).pathname;

/** What a bundler adds of its own has a name that is no file: \0vite/…, \0rolldown/… */
function packageOf(id: string): string | undefined {
	const own = /^\0(vite|rolldown)\//.exec(id);
	if (own) return `node_modules/${own[1]}`;
	return /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];
}

export const bundled: Plugin = {
	name: 'bundled',
	apply: 'build',
	generateBundle(_, files) {
		const found = new Set<string>();
		for (const file of Object.values(files)) {
			const from =
				file.type === 'asset'
					? file.originalFileNames
					: Object.entries(file.modules)
							.filter(([, m]) => m.renderedLength > 0)
							.map(([id]) => id);
			for (const id of from) {
				const name = packageOf(id);
				if (name) found.add(name);
			}
		}
		mkdirSync(`${here}artefacts`, { recursive: true });
		writeFileSync(`${here}artefacts/bundled.json`, JSON.stringify([...found].sort()));
	}
};
