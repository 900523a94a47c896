// What a release is made of, as CycloneDX: sbom.mjs BINARY VERSION. Go's modules and library
// as the binary itself says (go version -m; what is replaced is our own), the npm packages as the build of the portals
// noted whose code or font it took (ui/artefacts/bundled.json). No time, no random number:
// the same binary has the same SBOM.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [binary, version] = process.argv.slice(2);
const ui = new URL('../ui/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, ui), 'utf8'));
const built = JSON.parse(execFileSync('go', ['version', '-m', '-json', binary], { encoding: 'utf8' }));
const lock = read('package-lock.json').packages;

const library = (purl, name, version, more = {}) => ({ type: 'library', 'bom-ref': purl, name, version, purl, ...more });
const goModule = ({ Path: path, Version: version }) => library(`pkg:golang/${path}@${version}`, path, version);
const npmPackage = (key) => {
	const { version, license, integrity } = lock[key];
	const name = key.replace(/^.*node_modules\//, '');
	const [algorithm, sum] = integrity.split('-', 2);
	return library(`pkg:npm/${name.replace('@', '%40')}@${version}`, name, version, {
		licenses: [{ license: { id: license } }],
		hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(sum, 'base64').toString('hex') }]
	});
};

const go = built.GoVersion.replace('go', '');
const components = [library(`pkg:golang/std@${go}`, 'std', go), ...built.Deps.filter((m) => !m.Replace).map(goModule), ...read('artefacts/bundled.json').map(npmPackage)];
const self = `pkg:golang/aarogya@${version}`;
const bom = {
	bomFormat: 'CycloneDX',
	specVersion: '1.5',
	version: 1,
	metadata: {
		component: {
			type: 'application',
			'bom-ref': self,
			name: 'aarogya',
			version,
			licenses: [{ license: { id: 'Apache-2.0' } }],
			hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(readFileSync(binary)).digest('hex') }]
		}
	},
	components,
	dependencies: [{ ref: self, dependsOn: components.map((c) => c['bom-ref']) }]
};
console.log(JSON.stringify(bom, null, '\t'));
