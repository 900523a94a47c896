// Several people on one case: who holds it and how it passes on, ticks, typing, alarms, a call for help.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { appears, Box, browser, tablet, withoutSockets } from './box.mjs';

// The promise: what one person does shows on the other's screen within a second.
const SHOWN_WITHIN_MS = 1000;

const box = new Box();
let chromium;
let open = [];
before(async () => {
	await box.start();
	chromium = await browser();
});
afterEach(async () => {
	for (const { username, seen } of open) assert.deepEqual(seen.faults, [], username);
	await Promise.all(open.map((t) => t.context.close()));
	open = [];
});
after(async () => {
	await chromium?.close();
	await box.remove();
});

async function at(username, more) {
	const t = await tablet(chromium, more?.url ?? box.url, username, more);
	open.push(t);
	return t;
}
async function newCase(more = {}) {
	const chw = await box.person('chw');
	const { patient, ...rest } = more;
	const { case: made } = await chw.send('POST', '/api/cases', {
		patient: {
			name: 'गीता',
			sex: 'F',
			age: { value: 30, unit: 'years' },
			consent: true,
			allergies: ['none_known'],
			...patient
		},
		complaint: 'खाँसी',
		...rest
	});
	return made.id;
}
const red = () => newCase({ patient: { name: `रमेश ${Date.now() % 100000}`, sex: 'M' }, signs: ['chest_pain'] });
const opened = (id) => ({ path: `/case/${id}` });
const sheet = (page, step) => page.locator(`.act [data-step="${step}"]`).click();
const held = (page, who) => page.locator(`.head [data-lock="${who}"]`).waitFor();

/** Does something and measures until it shows on each page: [page, selector, text]. */
async function within(ms, act, ...sightings) {
	const moments = sightings.map(([page, selector, text]) => appears(page, selector, text));
	await act();
	const at = Date.now();
	for (const [i, moment] of moments.entries()) {
		const late = (await moment).at - at;
		assert.ok(late <= ms, `${sightings[i][1]} after ${late} ms`);
	}
}

test('a step sheet takes the case: banner, dashed steps and the row say so within a second; leaving frees it', async () => {
	const name = `ताला ${Date.now() % 100000}`;
	const id = await newCase({ patient: { name } });
	const [asha, doctor] = [await at('asha', opened(id)), await at('doctor', opened(id))];
	await doctor.page.locator('[type="search"]').fill(name);
	await doctor.page.locator(`[data-case="${id}"]`).waitFor();
	await doctor.page.locator('[data-viewing]', { hasText: 'मीना शर्मा' }).waitFor({ state: 'attached' });
	assert.equal(await doctor.page.locator('.act [data-step]:disabled').count(), 0);
	await within(
		SHOWN_WITHIN_MS,
		() => sheet(asha.page, 'forward'),
		[doctor.page, '.head [data-lock="other"]', 'मीना शर्मा'],
		[doctor.page, `[data-case="${id}"] [data-held]`, 'मीना शर्मा']
	);
	for (const button of await doctor.page.locator('.act [data-step]').all())
		assert.equal(await button.isEnabled(), (await button.getAttribute('data-step')) === 'emergency_referral');
	assert.match(await doctor.page.locator('.act .why').innerText(), /मुझे सौंपें/);
	// Reading, writing and measuring stay open.
	await doctor.page.locator('form.say input').fill('देख रहे हैं');
	await doctor.page.locator('form.say button').click();
	await asha.page.locator('.note', { hasText: 'देख रहे हैं' }).waitFor();

	await asha.page.locator('dialog textarea').waitFor();
	await asha.page.keyboard.press('Escape');
	await within(SHOWN_WITHIN_MS, () => asha.page.goto(box.url), [doctor.page, '.act [data-step]:enabled', '']);
	await doctor.page.locator('.head [data-lock]').waitFor({ state: 'detached' });
});

test('handed over: by a yes, kept by a no, and by silence only upwards', async () => {
	const id = await newCase();
	const [asha, doctor] = [await at('asha', opened(id)), await at('doctor', opened(id))];
	await sheet(asha.page, 'forward');
	await held(doctor.page, 'other');
	const ask = () => doctor.page.locator('.head [data-lock-ask]').click();
	// The holder has a sheet open: the question stands in it, and a no keeps the form.
	await asha.page.locator('dialog textarea').fill('आधा लिखा');
	await within(SHOWN_WITHIN_MS, ask, [asha.page, 'dialog [data-lock-keep]', '']);
	await asha.page.locator('dialog [data-lock-keep]').click();
	await doctor.page.getByText('अभी मीना शर्मा के पास ही रहेगा').waitFor();
	await ask();
	await asha.page.locator('dialog [data-lock-give]').click();
	await held(doctor.page, 'mine');
	// Lost with half a form: it stands there, cannot be sent, and can when the case is back.
	await asha.page.locator('dialog [data-lock="other"]').waitFor();
	assert.equal(await asha.page.locator('dialog textarea').inputValue(), 'आधा लिखा');
	assert.equal(await asha.page.locator('[data-confirm-step]').isDisabled(), true);
	await asha.page.locator('dialog').getByRole('button', { name: 'रहने दें' }).click();

	// The doctor does not answer: her silence hands nothing down.
	await asha.page.locator('.head [data-lock-ask]').click();
	await doctor.page.locator('.head [data-lock-give]').waitFor();
	assert.match(await asha.page.locator('.head [data-lock]').innerText(), /1[345] सेकंड/);
	await asha.page.getByText('डॉ॰ अनन्या राव की ओर से जवाब नहीं आया').waitFor({ timeout: 20_000 });
	await doctor.page.locator('.head [data-lock-let-go]').click();

	// The other way round it is hers after 15 seconds.
	await sheet(asha.page, 'forward');
	assert.equal(await asha.page.locator('dialog textarea').inputValue(), 'आधा लिखा');
	await held(doctor.page, 'other');
	await ask();
	await asha.page.locator('dialog [data-lock-give]').waitFor();
	await doctor.page.locator('.head [data-lock="mine"]').waitFor({ timeout: 20_000 });
	await asha.page.locator('dialog [data-lock="other"]', { hasText: 'डॉ॰ अनन्या राव ने यह केस अपने हाथ में लिया' }).waitFor();
});

test('a clinician takes over at once; the loser is told by whom', async () => {
	const id = await newCase();
	const [asha, doctor] = [await at('asha', opened(id)), await at('doctor', opened(id))];
	await sheet(asha.page, 'forward');
	await asha.page.locator('dialog textarea').waitFor();
	await asha.page.keyboard.press('Escape');
	await held(asha.page, 'mine');
	await doctor.page.locator('.head [data-lock-take-over]').click();
	await within(SHOWN_WITHIN_MS, () => doctor.page.locator('[data-lock-sure]').click(), [
		asha.page,
		'.head [data-lock="other"]',
		'ने यह केस अपने हाथ में लिया'
	]);
	await held(doctor.page, 'mine');
	assert.equal(await asha.page.locator('.head [data-lock-take-over]').count(), 0);
	// Her step is over and waits for nobody: the next one finds the case free.
	await doctor.page.locator('[data-more]').click();
	await doctor.page.locator('dialog [data-step="close"]').click();
	await doctor.page.locator('dialog').getByRole('button', { name: 'ठीक' }).click();
	await doctor.page.locator('[data-confirm-step]').click();
	await doctor.page.locator(`[data-case-view="${id}"] [data-status="CLOSED"]`).waitFor({ state: 'attached' });
	await asha.page.locator('.head [data-lock]').waitFor({ state: 'detached' });
});

test('ticks: on this tablet, in the clinic, seen by the doctor', async () => {
	const name = `संदेश ${Date.now() % 100000}`;
	const id = await newCase({ patient: { name } });
	const chw = await at('chw', opened(id));
	const say = async (text) => {
		await chw.page.locator('form.say input').fill(text);
		await chw.page.locator('form.say button').click();
	};
	const tick = (text, state) => chw.page.locator('.note', { hasText: text }).locator(`[data-tick="${state}"]`).waitFor();
	await say('पहला');
	await tick('पहला', 'clinic');

	// Without contact it waits on the tablet, over a reload too, and goes by itself.
	await chw.page.route('**/comments', (route) => route.abort());
	await say('दूसरा');
	await tick('दूसरा', 'tablet');
	await chw.page.reload();
	await tick('दूसरा', 'tablet');
	await chw.page.unroute('**/comments');
	await tick('दूसरा', 'clinic');
	const now = await (await box.person('chw')).send('GET', `/api/cases/${id}`);
	assert.deepEqual(
		now.comments.map((c) => c.text),
		['पहला', 'दूसरा']
	);

	const doctor = await at('doctor', opened(id));
	await tick('दूसरा', 'seen');
	await tick('पहला', 'seen');
	assert.match(await chw.page.locator('.note').last().innerText(), /डॉक्टर ने देखा/);

	// The list counts what was written while the case was closed, and forgets it when opened.
	await doctor.page.goto(box.url);
	await doctor.page.locator('[type="search"]').fill(name);
	await doctor.page.locator(`[data-case="${id}"]`).waitFor();
	await say('तीसरा');
	await say('चौथा');
	await doctor.page.locator(`[data-case="${id}"] [data-unread="2"]`).waitFor();
	await doctor.page.locator(`[data-case="${id}"]`).click();
	await doctor.page.locator(`[data-case="${id}"] [data-unread]`).waitFor({ state: 'detached' });
});

test('typing shows and vanishes; a phrase fills the box and sends nothing', async () => {
	const id = await newCase();
	const [asha, doctor] = [await at('asha', opened(id)), await at('doctor', opened(id))];
	await doctor.page.locator('.act button').first().waitFor();
	const typing = doctor.page.locator('[data-typing="1"]');
	await within(SHOWN_WITHIN_MS, () => asha.page.locator('form.say input').pressSequentially('BP'), [
		doctor.page,
		'[data-typing="1"]',
		'मीना शर्मा · लिखना जारी'
	]);
	await typing.waitFor({ state: 'detached', timeout: 8_000 });
	await asha.page.locator('[data-phrases]').click();
	await asha.page.locator('[data-phrase]').first().click();
	await typing.waitFor();
	assert.equal(await asha.page.locator('form.say input').inputValue(), 'BP देखना शुरू किया');
	await asha.page.locator('form.say button').click();
	await typing.waitFor({ state: 'detached', timeout: SHOWN_WITHIN_MS });
	await doctor.page.locator('.note', { hasText: 'BP देखना शुरू किया' }).waitFor();
});

test('who is here stands in the bar, and leaves it', async () => {
	const doctor = await at('doctor2');
	const asha2 = await tablet(chromium, box.url, 'asha2');
	await doctor.page.locator('[data-present]').waitFor();
	const before = Number(await doctor.page.locator('[data-present]').getAttribute('data-present'));
	await asha2.context.close();
	await doctor.page
		.locator(before > 1 ? `[data-present="${before - 1}"]` : 'header:not(:has([data-present]))')
		.waitFor({ timeout: 35_000 });
});

test('a RED alarm stands on both doctors; the first to open the case silences the other within a second', async () => {
	const [one, two, asha] = [await at('doctor'), await at('doctor2'), await at('asha')];
	for (const { page } of [one, two, asha]) await page.locator('[data-case]').first().waitFor();
	// The second doctor has switched the sound off.
	await two.page.locator('.me').click();
	await two.page.locator('[data-sound]').click();
	await two.page.keyboard.press('Escape');
	for (const { page } of [one, two])
		await page.evaluate(() => {
			window.rung = 0;
			window.OscillatorNode = class extends OscillatorNode {
				constructor(...given) {
					super(...given);
					window.rung++;
				}
			};
		});
	const toasts = [one, two, asha].map(({ page }) => page.locator('[data-toast]:visible').first().waitFor());
	const id = await red();
	await Promise.all(toasts);
	await one.page.waitForFunction(() => window.rung > 0);
	assert.equal(await two.page.evaluate(() => window.rung), 0);
	const toast = (page) => page.locator(`[data-toast="${id}"]:visible`);
	await toast(asha.page).getByRole('button', { name: 'देखें' }).click();
	// An ASHA's look does not end it, and she is told so.
	await asha.page.getByText('डॉक्टर के खोलने तक अलार्म चलेगा').waitFor();
	await asha.page.waitForTimeout(1500);
	assert.equal(await toast(two.page).count(), 1);
	await toast(one.page).getByRole('button', { name: 'देखें' }).click();
	await toast(two.page).waitFor({ state: 'detached', timeout: SHOWN_WITHIN_MS });
	await asha.page.getByText('डॉक्टर के खोलने तक अलार्म चलेगा').waitFor({ state: 'detached', timeout: SHOWN_WITHIN_MS });
});

test('three RED cases are one notice with a list', async () => {
	const doctor = await at('doctor');
	await doctor.page.locator('[data-case]').first().waitFor();
	const made = [await red(), await red(), await red()];
	await doctor.page.locator('[data-toast="many"]:visible').getByRole('button', { name: 'सूची देखें' }).click();
	for (const id of made) await doctor.page.locator(`[data-alarm-screen] [data-alarm-open="${id}"]`).waitFor();
	for (const id of made) {
		await doctor.page.goto(`${box.url}/case/${id}`);
		await doctor.page.locator('.act button').first().waitFor();
	}
	await doctor.page.locator('[data-toast]:visible').waitFor({ state: 'detached' });
});

test('SOS: full screen for doctors and ASHAs, not for a CHW; the sender hears who is coming', async () => {
	const [chw, asha, doctor, chw2] = [await at('chw'), await at('asha2'), await at('doctor'), await at('chw2')];
	await chw.page.locator('[data-sos]').click();
	assert.equal(await chw.page.locator('[data-send-sos]').isDisabled(), true);
	await chw.page.locator('dialog').getByRole('button', { name: 'रास्ते में' }).click();
	await chw.page.locator('[name="sos-place"]').fill('पुल के पास');
	await chw.page.locator('[name="sos-message"]').fill('गाड़ी चाहिए');
	await within(
		SHOWN_WITHIN_MS,
		() => chw.page.locator('[data-send-sos]').click(),
		[asha.page, '[data-alarm-screen]', 'रास्ते में, पुल के पास'],
		[doctor.page, '[data-alarm-screen]', 'गाड़ी चाहिए']
	);
	await chw.page.locator('[data-sos-sent]').waitFor();
	assert.equal(await chw2.page.locator('[data-alarm-screen]').count(), 0);
	assert.match(await doctor.page.locator('[data-alarm-screen]').innerText(), /सुनीता/);
	await within(SHOWN_WITHIN_MS, () => asha.page.locator('[data-coming]').click(), [
		chw.page,
		'[data-sos-sent], [data-toast="sos-answered"]',
		'मदद रास्ते में'
	]);
	await doctor.page.locator('[data-alarm-screen]').waitFor({ state: 'detached', timeout: SHOWN_WITHIN_MS });
	// Whoever goes still needs to know where.
	assert.match(await asha.page.locator('[data-toast="sos-answered"]:visible').innerText(), /पुल के पास/);
});

test('where sockets are blocked all of it works over long-poll, and the socket returns by itself', async (t) => {
	const door = await withoutSockets(box);
	t.after(() => door.close());
	const id = await newCase();
	await (await box.person('asha')).step(id, 'forward', { reason: 'देख लें' });
	const [asha, doctor] = [await at('asha', { ...opened(id), url: door.url }), await at('doctor', opened(id))];
	await asha.page.locator('.act button').first().waitFor();
	assert.ok(door.upgrades.refused > 0);
	await asha.page.locator('[data-viewing]', { hasText: 'डॉ॰ अनन्या राव' }).waitFor({ state: 'attached' });
	await asha.page.locator('[data-present]').waitFor();
	await doctor.page.locator('[data-viewing]', { hasText: 'मीना शर्मा' }).waitFor({ state: 'attached' });
	await within(SHOWN_WITHIN_MS, () => asha.page.locator('form.say input').pressSequentially('BP'), [
		doctor.page,
		'[data-typing="1"]',
		'मीना शर्मा'
	]);
	await sheet(doctor.page, 'accept');
	await within(2 * SHOWN_WITHIN_MS, () => Promise.resolve(), [asha.page, '.head [data-lock="other"]', 'डॉ॰ अनन्या राव']);

	const back = asha.page.waitForEvent('websocket', {
		predicate: (socket) => socket.waitForEvent('framereceived').then(() => true),
		timeout: 40_000
	});
	door.upgrades.allowed = true;
	await back;
	await asha.page.locator('form.say button').click();
	await doctor.page.locator('.note', { hasText: 'BP' }).last().waitFor();
	const polls = [];
	asha.page.on('request', (r) => new URL(r.url()).pathname === '/api/events' && polls.push(r.url()));
	await asha.page.waitForTimeout(12_000);
	assert.deepEqual(polls, [], 'it polls although it has a socket');
	await asha.page.locator('[data-viewing]', { hasText: 'डॉ॰ अनन्या राव' }).waitFor({ state: 'attached' });
});

test('SOS with the box gone: the sheet is there, keeps trying, and it arrives once', async () => {
	const [chw, doctor] = [await at('chw2'), await at('doctor2')];
	for (const { page } of [chw, doctor]) await page.locator('[data-case]').first().waitFor();
	// What an emergency opens is fetched ahead, while there is contact.
	await chw.page.waitForLoadState('networkidle');
	await box.kill();
	await chw.page.locator('[data-sos]').click();
	await chw.page.locator('dialog').getByRole('button', { name: 'रास्ते में' }).click();
	await chw.page.locator('[data-send-sos]').click();
	await chw.page.getByText('कोशिश जारी है — 108 या 112').waitFor();
	await box.start();
	await chw.page.locator('[data-sos-sent]').waitFor();
	await doctor.page.locator('[data-alarm-screen] [data-coming]').waitFor();
	const { alerts } = await (await box.person('doctor2')).send('GET', '/api/alerts');
	assert.equal(alerts.filter((a) => a.sos?.location === 'रास्ते में').length, 1);
	await doctor.page.locator('[data-coming]').click();
	await chw.page.locator('[data-sos-sent]', { hasText: 'मदद रास्ते में' }).waitFor();
});
