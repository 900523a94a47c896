// A network of two machines: the box and a tablet, each a network namespace, with a cable between
// them. Nothing leaves it. Needs root, iproute2, openssl and certutil.

import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BIN, browser, CHROMIUM } from './box.mjs';

const run = promisify(execFile);
const READY_MS = 30_000;

/** Why there can be no such network here, or false. */
export function missing() {
	if (process.getuid?.() !== 0) return 'needs root, to make network namespaces';
	for (const [tool, from] of [
		['ip', 'iproute2'],
		['openssl', 'openssl'],
		['certutil', 'libnss3-tools']
	])
		if (spawnSync(tool, { stdio: 'ignore' }).error) return `needs ${tool} (Debian: apt-get install ${from})`;
	const name = `aarogya-e2e-${process.pid}-try`;
	try {
		execFileSync('ip', ['netns', 'add', name], { stdio: 'pipe' });
		execFileSync('ip', ['netns', 'del', name], { stdio: 'pipe' });
	} catch (e) {
		return `network namespaces cannot be made here: ${e.stderr}`;
	}
	return false;
}

export class Network {
	#dir = mkdtempSync(join(tmpdir(), 'aarogya-e2e-'));
	#started = [];
	#made = 0;

	/**
	 * @param addresses of each machine, {box: [...], tablet: [...]}
	 * @param hosts names that are no business of mDNS, {name: address}
	 */
	constructor(addresses, hosts = {}) {
		// When the tests are stopped half-way.
		process.on('exit', this.remove);
		for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
		for (const machine of ['box', 'tablet']) {
			execFileSync('ip', ['netns', 'add', this.#ns(machine)]);
			// An IPv6 address that is there only after seconds of duplicate address detection is
			// a change of network, for which Chromium drops what it was loading.
			this.run(machine, 'sh', '-c', 'for k in all default; do echo 0 >/proc/sys/net/ipv6/conf/$k/accept_dad; done');
			this.ip(machine, 'link', 'set', 'lo', 'up');
		}
		this.ip('box', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#ns('tablet'));
		for (const [machine, list] of Object.entries(addresses)) {
			this.ip(machine, 'link', 'set', 'eth0', 'up');
			for (const a of list) this.ip(machine, 'addr', 'add', a, 'dev', 'eth0');
		}
		this.#routes();
		const lines = Object.entries(hosts).map(([name, address]) => `${address} ${name}\n`);
		for (const [file, text] of Object.entries({
			hosts: `127.0.0.1 localhost\n${lines.join('')}`,
			'resolv.conf': 'nameserver 127.0.0.1\n',
			'nsswitch.conf': 'hosts: files dns\n' // this machine's may ask a daemon outside
		}))
			writeFileSync(join(this.#dir, file), text);
	}

	#ns = (machine) => `aarogya-e2e-${process.pid}-${machine}`;
	#routes = () => this.ip('tablet', 'route', 'replace', 'default', 'dev', 'eth0'); // multicast needs one too

	path = (name) => join(this.#dir, name);
	ip = (machine, ...args) => execFileSync('ip', ['-n', this.#ns(machine), ...args], { stdio: 'pipe' });
	run = (machine, ...command) => execFileSync('ip', ['netns', 'exec', this.#ns(machine), ...command], { stdio: 'pipe', encoding: 'utf8' });

	/** The Wi-Fi between the machines goes away and comes back. */
	async withoutLink(meanwhile) {
		this.ip('tablet', 'link', 'set', 'eth0', 'down');
		await meanwhile();
		this.ip('tablet', 'link', 'set', 'eth0', 'up');
		this.#routes(); // went with the link
	}

	/** Starts a program on a machine; what it said when it said something like `ready`. */
	start(machine, command, args, ready) {
		const program = spawn('ip', ['netns', 'exec', this.#ns(machine), command, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
		this.#started.push(program);
		let said = '';
		return new Promise((found, failed) => {
			const late = setTimeout(() => failed(new Error(`${command} is not ready:\n${said}`)), READY_MS).unref();
			const listen = (chunk) => {
				said += chunk;
				const match = ready.exec(said);
				if (!match) return;
				clearTimeout(late);
				found(match);
			};
			program.stdout.on('data', listen);
			program.stderr.on('data', listen);
			program.on('error', failed);
			program.on('exit', (code) => failed(new Error(`${command} ended with ${code}:\n${said}`)));
		});
	}

	/** An empty clinic on the box, and the tablet's way to its name. Fills setupCode and ca. */
	async open() {
		const data = this.path('data');
		const [[, code]] = await Promise.all([
			this.start('box', BIN, ['serve', '--data', data, '--http', ':80', '--https', ':443'], /Setup code +(\d{4}-\d{4})/),
			this.start('tablet', process.execPath, [new URL('resolver.mjs', import.meta.url).pathname], /ready/)
		]);
		this.setupCode = code;
		this.authority = join(data, 'ca.pem'); // with its key
		this.ca = this.path('ca.crt');
		writeFileSync(this.ca, execFileSync(BIN, ['ca', '--data', data], { stdio: 'pipe' }));
	}

	/** A browser on the tablet, with a home of its own. Chromium on Linux trusts what ~/.pki/nssdb does. */
	async browser({ trusts } = {}) {
		const home = this.path(`home-${this.#made++}`);
		const store = join(home, '.pki/nssdb');
		mkdirSync(store, { recursive: true });
		await run('certutil', ['-d', `sql:${store}`, '-N', '--empty-password']);
		if (trusts) await run('certutil', ['-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', 'clinic', '-i', trusts]);
		const wrapper = this.path('chromium');
		writeFileSync(
			wrapper,
			`#!/bin/sh
[ -n "$AAROGYA_INSIDE" ] || AAROGYA_INSIDE=1 exec ip netns exec ${this.#ns('tablet')} "$0" "$@"
for f in hosts resolv.conf nsswitch.conf; do mount --bind '${this.#dir}'/$f /etc/$f; done # ip netns exec has made them ours alone
exec '${CHROMIUM}' "$@"
`,
			{ mode: 0o755 }
		);
		const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_DATA_HOME: join(home, '.local/share') };
		return browser({ executablePath: wrapper, env });
	}

	remove = () => {
		process.off('exit', this.remove);
		for (const program of this.#started) program.kill('SIGKILL');
		for (const machine of ['box', 'tablet'])
			try {
				execFileSync('ip', ['netns', 'del', this.#ns(machine)], { stdio: 'pipe' });
			} catch {} // it may never have been made
		rmSync(this.#dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	};
}
