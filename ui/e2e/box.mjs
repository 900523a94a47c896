// A real box on a data directory of its own, real browsers on it, and what the tests ask of both.
// AAROGYA_BIN names the binary (default ../bin/aarogya); it must have the portals in it.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export const BIN = process.env.AAROGYA_BIN ?? new URL('../../bin/aarogya', import.meta.url).pathname;
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
// Making the demo's 300 cases takes seconds on a PC and may take half a minute on a busy runner.
const READY_MS = 60_000;

export class Box {
	#process = null;
	/** @param demo false starts an empty clinic, which prints a setup code. */
	constructor({ demo = true } = {}) {
		this.demo = demo;
		this.data = mkdtempSync(join(tmpdir(), 'aarogya-e2e-'));
		this.port = 0;
	}

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Starts the box and waits for the line that says where it is. The second start keeps the port. */
	async start() {
		const box = spawn(BIN, ['serve', ...(this.demo ? ['--demo'] : ['--https', '']), '--data', this.data, '--http', `127.0.0.1:${this.port}`], {
			stdio: ['ignore', 'pipe', 'pipe']
		});
		this.#process = box;
		let said = '';
		await new Promise((ready, failed) => {
			const late = setTimeout(() => failed(new Error(`the box did not start:\n${said}`)), READY_MS);
			const listen = (chunk) => {
				said += chunk;
				const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
				const code = /\b\d{4}-\d{4}\b/.exec(said);
				if (!found || (!this.demo && !code)) return;
				this.setupCode = code?.[0];
				clearTimeout(late);
				this.port = Number(found[1]);
				ready();
			};
			box.stdout.on('data', listen);
			box.stderr.on('data', (chunk) => (said += chunk));
			box.on('error', failed);
			box.on('exit', (code) => failed(new Error(`the box ended with ${code}:\n${said}`)));
		});
		return this;
	}

	/** kill -9: no goodbye to anybody. */
	async kill() {
		const box = this.#process;
		if (!box || box.exitCode !== null || box.signalCode !== null) return;
		const gone = new Promise((done) => box.once('exit', done));
		box.kill('SIGKILL');
		await gone;
	}

	async remove() {
		await this.kill();
		rmSync(this.data, { recursive: true, force: true });
	}

	/** Someone at the API, without a browser: what a portal would send. */
	async person(username) {
		const headers = { 'Content-Type': 'application/json', Origin: this.url };
		const signIn = await fetch(`${this.url}/api/auth/login`, {
			method: 'POST',
			headers,
			body: JSON.stringify({ username, password: 'demo' })
		});
		if (!signIn.ok) throw new Error(`${username} may not sign in: ${signIn.status}`);
		const cookie = signIn.headers.get('set-cookie').split(';')[0];
		const { user } = await signIn.json();
		const send = async (method, path, body) => {
			const answer = await fetch(this.url + path, {
				method,
				headers: { ...headers, Cookie: cookie, 'Idempotency-Key': uuidv7() },
				body: body && JSON.stringify(body)
			});
			const text = await answer.text();
			if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
			return text ? JSON.parse(text) : null;
		};
		return {
			...user,
			send,
			step: (caseId, action, more) => send('PATCH', '/api/cases/update-status', { caseId, action, ...more })
		};
	}
}

function uuidv7() {
	const random = randomUUID();
	const time = Date.now().toString(16).padStart(12, '0');
	return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

/**
 * A door that lets HTTP through and answers 403 to every WebSocket, as some clinic routers do;
 * with `upgrades.allowed` it is mended and lets them through.
 */
export async function withoutSockets(box) {
	const proxy = http.createServer((request, response) => {
		const headers = { ...request.headers, host: `127.0.0.1:${box.port}` };
		if (headers.origin) headers.origin = box.url;
		const onward = http.request(
			{ host: '127.0.0.1', port: box.port, method: request.method, path: request.url, headers },
			(answer) => {
				response.writeHead(answer.statusCode, answer.headers);
				answer.pipe(response);
				answer.on('error', () => response.destroy());
			}
		);
		onward.on('error', () => response.destroy());
		response.on('close', () => onward.destroy());
		request.pipe(onward);
	});
	const upgrades = { refused: 0, allowed: false };
	const tunnels = new Set();
	proxy.on('upgrade', (request, socket, head) => {
		socket.on('error', () => socket.destroy());
		if (!upgrades.allowed) {
			upgrades.refused++;
			socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
			return;
		}
		const onward = net.connect(box.port, '127.0.0.1', () => {
			const headers = { ...request.headers, host: `127.0.0.1:${box.port}`, origin: box.url };
			const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
			onward.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
			onward.write(head);
			socket.pipe(onward).pipe(socket);
		});
		for (const [one, other] of [
			[socket, onward],
			[onward, socket]
		]) {
			tunnels.add(one);
			one.on('error', () => other.destroy());
			one.on('close', () => other.destroy());
		}
	});
	await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
	return {
		url: `http://127.0.0.1:${proxy.address().port}`,
		upgrades,
		close: () => {
			proxy.closeAllConnections();
			for (const end of tunnels) end.destroy();
			return new Promise((done) => proxy.close(done));
		}
	};
}

export const browser = (options = {}) =>
	chromium.launch({
		executablePath: CHROMIUM,
		...options,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync'
		]
	});

/** One person's tablet: its own context, everything it asked for, and every logged frame it was given. */
export async function tablet(browser, url, username, { path = '/', viewport = { width: 1280, height: 800 } } = {}) {
	const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
	const page = await context.newPage();
	const seen = { lists: [], frames: [], faults: [] };
	page.on('request', (r) => r.method() === 'GET' && new URL(r.url()).pathname === '/api/cases' && seen.lists.push(r.url()));
	page.on('websocket', (socket) =>
		socket.on('framereceived', ({ payload }) => {
			const frame = JSON.parse(String(payload));
			if (frame.seq !== undefined) seen.frames.push(frame);
		})
	);
	page.on('response', async (response) => {
		if (new URL(response.url()).pathname !== '/api/events' || !response.ok()) return;
		const answer = await response.json().catch(() => null);
		for (const frame of answer?.events ?? []) if (frame.seq !== undefined) seen.frames.push(frame);
	});
	page.on('pageerror', (e) => seen.faults.push(e.message));
	page.on('console', (m) => /Content Security Policy|Trusted/.test(m.text()) && seen.faults.push(m.text()));

	await page.goto(url + path);
	await page.locator(`[data-demo="${username}"]`).click();
	await page.locator('[data-connection="connected"]').waitFor();
	return { username, context, page, seen };
}

/** The pages of an empty box, up to the first admin's own. */
export async function setUp(page, code, { clinic, name, username, password }) {
	const next = () => page.locator('form .btn.main').click();
	await page.locator('[name="code"]').fill(code);
	await next();
	await page.locator('[name="clinicName"]').fill(clinic);
	await next();
	for (const [field, text] of Object.entries({ name, username, password, repeat: password }))
		await page.locator(`[name="${field}"]`).fill(text);
	await next();
}

// Long enough for a loaded machine to miss a promise of one second and be told so, not to hang.
const GIVE_UP_MS = 15_000;

/** When something matching (and saying `text`) first stood in the page, and which case it is about. */
export const appears = (page, selector, text = '') =>
	page.evaluate(
		([wanted, text, patience]) =>
			new Promise((found, never) => {
				const late = setTimeout(() => never(new Error(`${wanted} "${text}" did not appear`)), patience);
				const look = () => {
					const match = [...document.querySelectorAll(wanted)].find((e) => e.textContent.includes(text));
					if (!match) return;
					watch.disconnect();
					clearTimeout(late);
					found({ at: Date.now(), id: match.dataset.case ?? match.dataset.toast });
				};
				const watch = new MutationObserver(look);
				watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
				look();
			}),
		[selector, text, GIVE_UP_MS]
	);

/** The case with this status, in a list or opened. */
export const standing = (id, status) =>
	`[data-case="${id}"][data-status="${status}"], [data-case-view="${id}"] [data-status="${status}"]`;
