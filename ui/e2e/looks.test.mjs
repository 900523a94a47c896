// Every screen in two languages, three themes and two tablet sizes: a picture in artefacts/, axe,
// the size of each target, and nothing cut off or hanging over the side.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chmodSync } from 'node:fs';
import { Box, browser, tablet } from './box.mjs';
import { everyWay as everyWayOn, inPlace, LANGUAGES, look, OUT, SIZES, THEMES } from './look.mjs';

const box = new Box();
let chromium;
const ids = {};
before(async () => {
	await box.start();
	chromium = await browser();
	const chw = await box.person('chw');
	const readings = (systolic, diastolic, pulse) => ({
		systolic,
		diastolic,
		pulse,
		spo2: 97,
		tempC: 37.1,
		respRate: 20,
		avpu: 'A',
		onOxygen: false,
		weightKg: 52
	});
	const { case: made } = await chw.send('POST', '/api/cases', {
		patient: {
			name: 'सुनीता देवी',
			sex: 'F',
			age: { value: 26, unit: 'years' },
			guardianName: 'रमेश देवी',
			village: 'खेड़ा',
			phone: '9876543210',
			consent: true,
			pregnancy: { weeks: 34 },
			allergies: ['none_known']
		},
		complaint: 'सुबह से सिरदर्द, पैर बहुत सूजे',
		signs: ['severe_headache', 'swollen_face_hands'],
		vitals: readings(148, 96, 96)
	});
	ids.sunita = made.id;
	await chw.send('POST', `/api/cases/${made.id}/vitals`, { vitals: readings(164, 112, 108) });
	await chw.send('POST', `/api/cases/${made.id}/comments`, { text: 'सुबह से सिरदर्द है। पैर बहुत सूजे हैं।' });
	const asha = await box.person('asha');
	await asha.send('POST', `/api/cases/${made.id}/comments`, { text: 'पिछली बार BP 148 था। घर पर गाड़ी है।' });
	await asha.step(made.id, 'forward', { reason: 'BP बढ़ता जा रहा है' });
	// A doctor has looked: no alarm grows over these pictures while they are taken.
	const doctor = await box.person('doctor');
	const { seq } = await doctor.send('GET', `/api/cases/${made.id}`);
	await doctor.send('POST', `/api/cases/${made.id}/seen`, { seq });
});
after(async () => {
	await chromium?.close();
	await box.remove();
});

const everyWay = (page, screens) => everyWayOn(page, box.url, screens);
const caseShown = async (page) => {
	await page.locator('.act button').first().waitFor();
	await page.locator('[data-connection="connected"]').waitFor();
};
const listShown = async (page) => {
	await page.locator('[data-case]').first().waitFor();
	await page.locator('[data-connection="connected"]').waitFor();
};
const sheet = (selector) => async (page) => {
	await caseShown(page);
	await page.locator(selector).first().click();
	await page.locator('dialog[open]').waitFor();
};

describe('looks', () => {
	test('sign-in', async () => {
		const context = await chromium.newContext({ reducedMotion: 'reduce' });
		const page = await context.newPage();
		await page.goto(box.url);
		await everyWay(page, [
			['sign-in', '/', (p) => p.locator('[data-demo]').first().waitFor()],
			['join', '/join', (p) => p.locator('[name="code"]').waitFor()]
		]);
		await context.close();
	});

	test('before there is trust, and before there is a clinic', async () => {
		const context = await chromium.newContext({ reducedMotion: 'reduce' });
		const page = await context.newPage();
		const status = {
			name: 'aarogya.local',
			version: 'v1',
			fingerprint: 'AB12 CD34 EF56 7890',
			clock: '2026-11-26T10:00:00Z',
			portals: ['https://aarogya.local', 'https://192.168.1.5'],
			caOpen: true,
			needsSetup: false
		};
		const tells = async (more) => {
			await page.unroute('**/status');
			await page.route('**/status', (r) => r.fulfill({ json: { ...status, clock: new Date().toISOString(), ...more } }));
		};
		const shows = (verdict) => async (p) => {
			await p.locator('.meta', { hasText: 'aarogya.local' }).waitFor();
			await p.locator(`[data-verdict="${verdict}"]`).waitFor();
		};
		const light = { themes: ['light'] };
		/** Opens the guide anew: its address may differ in what is behind # only. */
		const open = async (verdict, path = '/guide.html') => {
			await page.goto(`${box.url}/icon.svg`);
			await page.goto(box.url + path);
			await shows(verdict)(page);
		};
		await tells({});
		await open('notYet');
		await inPlace(page, 'guide');
		for (const n of [1, 2, 3, 4]) {
			await page.locator('.tile').nth(n).click();
			await inPlace(page, `guide-kind-${n}`, light);
		}
		await open('impostor', '/guide.html#0000000000000000');
		await inPlace(page, 'guide-impostor', light);
		await tells({ caOpen: false });
		await open('notYet');
		await page.locator('[data-closed]').waitFor();
		await inPlace(page, 'guide-closed', light);
		await tells({ clock: '1970-01-01T00:00:00Z' });
		await open('clock');
		await inPlace(page, 'guide-clock', light);
		await tells({ portals: [box.url] });
		await open('ready');
		await inPlace(page, 'guide-ready');
		await page.unroute('**/status');
		await page.route('**/status', (r) => r.abort());
		await page.locator('[data-verdict="lost"]').waitFor();
		await inPlace(page, 'guide-no-contact', light);

		const empty = await new Box({ demo: false }).start();
		try {
			const next = (p) => p.locator('form .btn.main').click();
			const second = async (p) => (await p.locator('[name="code"]').fill('1234-5678'), await next(p));
			const third = async (p) => (await second(p), await p.locator('[name="clinicName"]').fill('PHC Rampur'), await next(p));
			await page.goto(empty.url);
			await everyWayOn(page, empty.url, [
				['setup-1', '/', (p) => p.locator('[name="code"]').waitFor()],
				['setup-2', '/', async (p) => (await second(p), await p.locator('[name="time"]').waitFor())],
				['setup-3', '/', async (p) => (await third(p), await p.locator('[name="username"]').waitFor())]
			]);
		} finally {
			await empty.remove();
		}
		await context.close();
	});

	test('CHW: list and the six questions', async () => {
		const { page, context } = await tablet(chromium, box.url, 'chw');
		const me = await page.evaluate(() => fetch('/api/auth/me').then((r) => r.json()));
		// A form somebody was called away from on the last page.
		await page.evaluate((id) => {
			const draft = {
				band: '16y+',
				pregnantNow: 'pregnant',
				signs: ['severe_headache'],
				name: 'सुनीता देवी',
				sex: 'F',
				ageValue: '26',
				ageUnit: 'years',
				guardianName: '',
				village: 'खेड़ा',
				phone: '',
				complaint: 'सुबह से सिरदर्द',
				vitals: { systolic: 164, diastolic: 112, pulse: 108, tempC: 37.1 },
				confirmed: [],
				weeks: '34',
				postpartumDays: '',
				allergies: 'none_known',
				allergyText: '',
				consent: 'yes',
				key: ''
			};
			localStorage.setItem(`new-case:${id}`, JSON.stringify(draft));
		}, me.user.id);
		const question = (p) => p.locator('main.new h2').waitFor();
		await everyWay(page, [
			['chw-list', '/', listShown],
			...[1, 2, 3, 4, 5, 6].map((n) => [
				`new-case-${n}`,
				`/new?step=${n}`,
				async (p) => (
					await question(p),
					await p.locator('[data-next], [data-send]').waitFor(),
					await p.locator('.question .tile, .question textarea, .question li').first().waitFor()
				)
			]),
			[
				'number-pad',
				'/new?step=4',
				async (p) => (await p.locator('[data-vital="spo2"]').click(), p.locator('dialog[open]').waitFor())
			]
		]);
		await context.close();
	});

	test('ASHA: list and case', async () => {
		const { page, context } = await tablet(chromium, box.url, 'asha');
		await everyWay(page, [
			['asha-list', '/', listShown],
			['asha-case', `/case/${ids.sunita}`, caseShown]
		]);
		await context.close();
	});

	test('clinician: list, case and its sheets', async () => {
		const { page, context } = await tablet(chromium, box.url, 'doctor');
		await everyWay(page, [
			['clinician-list', '/', listShown],
			['clinician-case', `/case/${ids.sunita}`, caseShown],
			['prescribe', `/case/${ids.sunita}`, sheet('[data-step="prescribe"]')],
			['refer', `/case/${ids.sunita}`, sheet('[data-step="refer"]')],
			['more-steps', `/case/${ids.sunita}`, sheet('[data-more]')],
			[
				'add-vitals',
				`/case/${ids.sunita}`,
				async (p) => (
					await sheet('[data-more]')(p),
					await p.locator('dialog [data-vitals]').click(),
					await p.locator('dialog .tile').first().waitFor()
				)
			]
		]);
		await page.setViewportSize({ width: 1280, height: 800 });
		await page.evaluate(() => (localStorage.setItem('language', 'hi'), localStorage.setItem('theme', 'light')));
		await page.goto(`${box.url}/case/${ids.sunita}`);
		await caseShown(page);
		await page.screenshot({ path: `${OUT}readme.png` });
		await context.close();
	});

	test('admin: the box, people and cases', async () => {
		const { page, context } = await tablet(chromium, box.url, 'admin');
		const checked = (p) => p.locator('[data-box="checked"]').waitFor();
		const state = (check) => page.locator(`[data-check="${check}"]`).getAttribute('data-state');
		await everyWay(page, [['admin-box', '/', checked]]);
		assert.equal(await state('data_dir'), 'ok');
		chmodSync(box.data, 0o755);
		await everyWay(page, [['admin-box-fault', '/', checked]]);
		assert.equal(await page.locator('[data-check]').first().getAttribute('data-check'), 'data_dir'); // worst first
		assert.equal(await state('data_dir'), 'fail');
		assert.match(await page.locator('[data-check="data_dir"] code').innerText(), /^chmod 700 /);
		chmodSync(box.data, 0o700);
		// Without contact the last findings stay, with their time, until somebody asks again.
		await page.route('**/api/admin/doctor', (route) => route.abort());
		await page.locator('[data-check-box]').click();
		await page.locator('[data-box="old"]').waitFor();
		assert.equal(await state('data_dir'), 'fail');
		await inPlace(page, 'admin-box-no-contact', { themes: ['light'] });
		await page.unroute('**/api/admin/doctor');
		await page.locator('.problem button').click();
		await page.locator('[data-check="data_dir"][data-state="ok"]').waitFor();
		await page.route('**/api/admin/doctor', () => {}); // an answer that takes its time
		await page.locator('[data-check-box]').click();
		await page.locator('[data-box="checking"]').waitFor();
		await inPlace(page, 'admin-box-checking', { themes: ['light'] });
		await page.unroute('**/api/admin/doctor');
		const people = (p) => p.locator('[data-user]').first().waitFor();
		await everyWay(page, [
			['admin-users', '/users', people],
			[
				'admin-user',
				'/users',
				async (p) => (await people(p), await p.locator('[data-user="chw"]').click(), p.locator('dialog[open]').waitFor())
			],
			[
				'admin-new-user',
				'/users',
				async (p) => (await people(p), await p.locator('[data-add-user]').click(), p.locator('[data-and-tablet]').waitFor())
			],
			['admin-tablets', '/tablets', (p) => p.locator('[data-wifi]').waitFor()],
			[
				'admin-add-tablet',
				'/tablets',
				async (p) => {
					await p.locator('[data-wifi]').waitFor();
					await p.locator('[data-add-tablet]').click();
					await p.locator('dialog .tile').first().click();
					await p.locator('[data-code]').waitFor();
				}
			],
			['admin-cases', '/cases', listShown],
			['menu', '/users', async (p) => (await people(p), await p.locator('.me').click(), p.locator('dialog[open]').waitFor())]
		]);
		const computer = '1970-01-01T00:03:00.000Z';
		const suggested = { now: '2027-02-03T14:31:00.000Z', tablets: 3 };
		const clock = { now: '2026-11-26T04:12:00.000Z', state: 'unset', computer, believed: false, suggested };
		await page.route('**/api/admin/clock', (r) => r.fulfill({ json: clock }));
		await everyWay(page, [
			['clock-wrong', '/', (p) => p.locator('[data-set-clock]').waitFor()],
			['clock-typed', '/', (p) => p.locator('[data-type-clock]').click()]
		]);
		await context.close();
	});

	test('two people on one case: the lock from both sides, typing, ticks, a form that lost its lock', async () => {
		const path = `/case/${ids.sunita}`;
		const asha = await tablet(chromium, box.url, 'asha', { path });
		const { page, context } = await tablet(chromium, box.url, 'doctor2', { path });
		const [boss, meena, chw] = [await box.person('doctor'), await box.person('asha'), await box.person('chw')];
		const lock = (who, what) => who.send('PUT', `/api/cases/${ids.sunita}/lock`, { do: what });
		const free = (who) => who.send('DELETE', `/api/cases/${ids.sunita}/lock`);
		await caseShown(page);
		await asha.page.locator('form.say input').fill('अभी');
		await asha.page.evaluate(() => {
			const field = document.querySelector('form.say input');
			setInterval(() => field.dispatchEvent(new Event('input', { bubbles: true })), 1000);
		});
		await page.locator('[data-typing="1"]').waitFor();
		// One's own comments: one seen, one that cannot leave the tablet.
		await page.locator('form.say input').fill('बाईं करवट लिटाएँ।');
		await page.locator('form.say button').click();
		await page.locator('[data-tick="seen"]').waitFor();
		await page.route('**/comments', (route) => route.abort());
		await page.locator('form.say input').fill('रेफ़र की तैयारी है।');
		await page.locator('form.say button').click();
		await page.locator('[data-tick="tablet"]').waitFor();

		await inPlace(page, 'lock-other', {
			arrive: async () => (await lock(boss, 'take'), page.locator('.head [data-lock="other"]').waitFor())
		});
		await page.locator('[data-lock-take-over]').click();
		await inPlace(page, 'lock-sure', { themes: ['light'] });
		await page.locator('[data-lock-sure]').click();
		await page.locator('.head [data-lock="mine"]').waitFor();
		await inPlace(page, 'lock-mine');
		await inPlace(page, 'lock-asked', {
			themes: ['light'],
			arrive: async () => (await lock(meena, 'ask'), page.locator('[data-lock-keep]').waitFor()),
			leave: () => page.locator('[data-lock-keep]').click()
		});
		await inPlace(page, 'lock-lost', {
			arrive: async () => {
				await free(boss);
				await page.locator('.act [data-step="prescribe"]:enabled').click();
				await page.locator('[name="generic"]').fill('Paracetamol');
				await page.locator('.head [data-lock="mine"]').waitFor();
				await lock(boss, 'take_over');
				await page.locator('dialog [data-lock="other"]').waitFor();
			},
			leave: () => page.keyboard.press('Escape')
		});
		await free(boss);
		await page.locator('.head [data-lock]').waitFor({ state: 'detached' });
		await page.setViewportSize({ width: 1280, height: 800 });
		await inPlace(page, 'phrases', {
			arrive: async () => (await page.setViewportSize({ width: 1280, height: 800 }), page.locator('[data-phrases]').click()),
			leave: async () => (await page.setViewportSize({ width: 1280, height: 800 }), page.locator('[data-phrases]').click())
		});

		// The same case as a row of the list, held and with news; the list is narrowed so that it is on the screen.
		await page.goto(box.url);
		await listShown(page);
		await page.locator('[type="search"]').fill('सुनीता देवी');
		await page.locator(`li[aria-posinset="1"] [data-case="${ids.sunita}"]`).waitFor();
		await lock(boss, 'take');
		await page.locator('[data-held]').waitFor();
		await chw.send('POST', `/api/cases/${ids.sunita}/comments`, { text: 'BP फिर 160' });
		await page.locator(`[data-case="${ids.sunita}"] [data-unread]`).waitFor();
		await inPlace(page, 'row-held');
		await inPlace(page, 'menu-present', {
			arrive: async () => (await page.locator('.me').click(), page.locator('dialog [data-here] li').first().waitFor()),
			leave: () => page.keyboard.press('Escape')
		});
		await free(boss);
		await Promise.all([context.close(), asha.context.close()]);
	});

	test('alarms: in the corner, bigger, many, over everything, without a name', async () => {
		const { page, context } = await tablet(chromium, box.url, 'doctor2');
		const { cases } = await (await box.person('doctor')).send('GET', '/api/cases?view=waiting&limit=5');
		const timestamp = new Date(Date.now() - 10 * 60_000).toISOString();
		const red = (row, level) => ({ id: `red-${row.id}`, kind: 'red', caseId: row.id, level, message: '', ackNeeded: true, timestamp, row });
		const nameless = { id: 'red-x', kind: 'red', level: 3, message: 'a RED case waits', ackNeeded: true, timestamp };
		const sos = {
			id: 'sos-1',
			senderId: 'somebody',
			senderName: 'सुनीता यादव',
			senderRole: 'chw',
			location: 'रास्ते में, पुल के पास',
			phone: '9876543210',
			message: 'गाड़ी चाहिए, ख़ून बह रहा है',
			timestamp
		};
		const call = { id: 'sos-1', kind: 'sos', level: 0, message: '', ackNeeded: true, timestamp, sos };
		let standing = [];
		await page.route('**/api/alerts', (route) => route.fulfill({ json: { alerts: standing } }));
		const show = async (name, alerts, selector, { path = '/', ...more } = {}) => {
			standing = alerts;
			await inPlace(page, name, {
				// What fills the screen leaves no switch to tap: the language is chosen before the page comes.
				speak: (language) => page.evaluate((l) => localStorage.setItem('language', l), language),
				arrive: async () => (await page.goto(box.url + path), page.locator(`${selector}:visible`).first().waitFor()),
				...more
			});
		};
		await show('alarm-toast', [red(cases[0], 0)], '[data-toast]');
		await show('alarm-toast-case', [red(cases[0], 1), red(cases[1], 0)], '[data-toast]', { path: `/case/${ids.sunita}` });
		await show('alarm-big', [red(cases[0], 2)], '[data-toast]', { themes: ['light'] });
		await show('alarm-many', cases.slice(0, 4).map((row) => red(row, 1)), '[data-toast]', { themes: ['light'] });
		await show('alarm-screen', [red(cases[0], 3)], '[data-alarm-screen]');
		await show('alarm-screen-many', cases.slice(0, 4).map((row) => red(row, 3)), '[data-alarm-screen]', { themes: ['light'] });
		await show('alarm-nameless', [nameless], '[data-alarm-screen]', { themes: ['light'] });
		await show('sos-screen', [call, red(cases[1], 3)], '[data-alarm-screen]');
		await page.locator('[data-alarm-small]').click();
		await context.close();
	});

	test('SOS: the sheet, sent, and what stands while nobody answers', async () => {
		const { page, context } = await tablet(chromium, box.url, 'chw');
		await listShown(page);
		await inPlace(page, 'sos-sheet', {
			arrive: async () => {
				await page.locator('[data-sos]').click();
				await page.locator('dialog .tile').nth(1).click();
			},
			leave: () => page.keyboard.press('Escape')
		});
		await page.locator('[data-sos]').click();
		await page.locator('dialog .tile').nth(1).click();
		await page.locator('[data-send-sos]').click();
		await page.locator('[data-sos-sent]').waitFor();
		assert.deepEqual(await look(page, 'sos-sent'), []);
		await page.keyboard.press('Escape');
		await page.locator('[data-toast="my-sos"]:visible').waitFor();
		await inPlace(page, 'sos-mine', { themes: ['light'] });
		await page.locator('[data-new-case]').click();
		await page.locator('.question .tile').first().waitFor();
		await inPlace(page, 'sos-mine-new-case', { themes: ['light'] });
		const doctor = await box.person('doctor');
		const { alerts } = await doctor.send('GET', '/api/alerts');
		await doctor.send('POST', `/api/alerts/${alerts.find((a) => a.kind === 'sos').id}/ack`);
		await page.locator('[data-toast="sos-answered"]:visible').waitFor();
		await inPlace(page, 'sos-answered', { themes: ['light'] });
		await context.close();
	});

	test('an urgent case behind the list, a step that was not sent, no contact', async () => {
		const { page, context } = await tablet(chromium, box.url, 'doctor2', { path: `/case/${ids.sunita}` });
		await caseShown(page);
		await page.locator('.scroll').evaluate((list) => list.scrollTo(0, 600));
		const chw = await box.person('chw');
		await chw.send('POST', '/api/cases', {
			patient: {
				name: 'रमेश कुमार',
				sex: 'M',
				age: { value: 58, unit: 'years' },
				village: 'बेलूर',
				consent: true,
				allergies: ['none_known']
			},
			complaint: 'सीने में दर्द, पसीना',
			signs: ['chest_pain']
		});
		await page.locator('[data-toast]:visible').waitFor();
		await box.kill();
		await page.locator('form.say input').fill('क्या हाल है?');
		await page.locator('form.say button').click();
		await page.locator('[data-step="accept"]').click();
		await page.locator('.net').waitFor();
		const wrong = [];
		for (const [width, height] of [...SIZES, [360, 740]])
			for (const language of LANGUAGES)
				for (const theme of THEMES) {
					await page.setViewportSize({ width, height });
					await page.locator(`header [lang="${language}"]`).click();
					await page.evaluate((t) => (document.documentElement.dataset.theme = t), theme);
					wrong.push(...(await look(page, `no-contact-${width}x${height}-${language}-${theme}`)));
				}
		await box.start();
		assert.deepEqual(wrong, []);
		await page.locator('[data-connection="connected"]').waitFor({ state: 'attached' });
		await context.close();
	});

	test('a telephone of 360×740 cuts nothing off', async () => {
		const { page, context } = await tablet(chromium, box.url, 'asha', { viewport: { width: 360, height: 740 } });
		const wrong = [];
		for (const language of LANGUAGES) {
			await page.evaluate((l) => localStorage.setItem('language', l), language);
			for (const [name, path, arrive] of [
				['asha-list', '/', listShown],
				['asha-case', `/case/${ids.sunita}`, caseShown],
				['new-case-1', '/new?step=1', (p) => p.locator('.question .tile').first().waitFor()]
			]) {
				await page.goto(box.url + path);
				await arrive(page);
				wrong.push(...(await look(page, `${name}-360x740-${language}`)));
			}
		}
		assert.deepEqual(wrong, []);
		await context.close();
	});
});
