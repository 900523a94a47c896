// The whole main path in real browsers: a CHW opens a case, her ASHA forwards it, a doctor accepts
// and completes it, and every portal that may see it changes in place.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appears, Box, browser, standing, tablet } from './box.mjs';

// The promise: every open portal shows a change within a second of the answer to whoever made it.
const SHOWN_WITHIN_MS = 1000;

const box = new Box();
let chromium;
before(async () => {
	await box.start();
	chromium = await browser();
});
after(async () => {
	await chromium?.close();
	await box.remove();
});

/** Does something in one portal and measures, in all of them, how long the change takes to show. */
async function shownEverywhere(tablets, selector, request, act) {
	const moments = tablets.map((t) => appears(t.page, selector));
	const answered = request.then(() => Date.now());
	await act();
	const at = await answered;
	for (const [i, moment] of moments.entries()) {
		const late = (await moment).at - at;
		assert.ok(late <= SHOWN_WITHIN_MS, `${tablets[i].username} saw it after ${late} ms`);
	}
}

/** As a person would: from the notice if it is there, else from the list. */
async function open(page, id) {
	const notice = page.locator(`[data-toast="${id}"]:visible .btn.main`);
	const row = page.locator(`[data-case="${id}"]`);
	await notice.or(row).first().click();
	await page.locator(`[data-case-view="${id}"] .act`).waitFor();
}

async function fillNewCase(page, name) {
	await page.locator('[data-new-case]').click();
	await page.getByRole('button', { name: '16 वर्ष और ऊपर' }).click();
	await page.getByRole('button', { name: 'गर्भवती', exact: true }).click();
	await page.locator('[data-sign="severe_headache"]').click();
	await page.locator('[data-next]').click();
	await page.locator('[name="name"]').fill(name);
	await page.locator('[name="age"]').fill('26');
	await page.locator('[name="village"]').fill('खेड़ा');
	await page.locator('[data-next]').click();
	await page.locator('[name="complaint"]').fill('सुबह से सिरदर्द');
	await page.locator('[data-next]').click();
	await page.locator('[data-vital="systolic"]').click();
	for (const value of ['164', '112']) {
		await page.keyboard.type(value);
		await page.locator('[data-pad-next]').click();
	}
	await page.locator('dialog').getByRole('button', { name: 'बंद करें' }).click();
	await page.locator('[data-next]').click();
	await page.locator('[name="weeks"]').fill('34');
	await page.getByRole('button', { name: 'कोई एलर्जी नहीं' }).click();
	// A reload in the middle: what was typed is still there.
	await page.reload();
	assert.equal(await page.locator('[name="weeks"]').inputValue(), '34');
	await page.locator('[data-next]').click();
	await page.getByRole('button', { name: 'हाँ, सहमत हैं' }).click();
}

test('one tap, every screen that may see it', async () => {
	const [chw, asha, asha2, doctor] = await Promise.all(
		['chw', 'asha', 'asha2', 'doctor'].map((who) => tablet(chromium, box.url, who))
	);
	const care = [chw, asha, doctor];
	for (const t of [asha, asha2, doctor]) await t.page.locator('[data-case]').first().waitFor();
	const name = `जाँच मरीज़ ${Date.now() % 100000}`;
	await fillNewCase(chw.page, name);
	// The reload in the form read the list again; from here on only events may happen.
	await chw.page.locator('[data-connection="connected"]').waitFor();
	for (const t of [...care, asha2]) t.seen.lists.length = 0;

	const made = chw.page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/api/cases'));
	// In the list, or above it if older emergencies fill the screen.
	const sightings = [asha, doctor].map((t) => appears(t.page, '[data-case], [data-toast]', name));
	await chw.page.locator('[data-send]').click();
	const answer = await made;
	const answered = Date.now();
	assert.equal(answer.status(), 201);
	const { case: fresh } = await answer.json();
	const id = fresh.id;
	assert.equal(fresh.urgency, 'RED');
	for (const sighting of sightings) {
		const { at, id: shown } = await sighting;
		assert.equal(shown, id);
		assert.ok(at - answered <= SHOWN_WITHIN_MS, `new case seen after ${at - answered} ms`);
	}
	await chw.page.locator(`[data-case-view="${id}"]`).waitFor();

	const step = (page) => page.waitForResponse((r) => /update-status|clinician-review/.test(r.url()) && r.ok());
	await open(asha.page, id);
	await open(doctor.page, id);
	await asha.page.locator('[data-step="forward"]').click();
	await asha.page.locator('dialog textarea').fill('BP बहुत ज़्यादा है');
	await shownEverywhere(care, standing(id, 'FORWARDED_TO_CLINICIAN'), step(asha.page), () =>
		asha.page.locator('[data-confirm-step]').click()
	);

	await shownEverywhere(care, standing(id, 'UNDER_REVIEW'), step(doctor.page), () =>
		doctor.page.locator('.act [data-step="accept"]').click()
	);

	await doctor.page.locator('.act [data-step="complete"]').click();
	await doctor.page.locator('dialog').getByRole('button', { name: 'सुधार' }).click();
	await shownEverywhere(care, standing(id, 'COMPLETED'), step(doctor.page), () =>
		doctor.page.locator('[data-confirm-step]').click()
	);

	const forwardedBy = (await box.person('asha')).id;
	const doneBy = (await box.person('doctor')).id;
	for (const t of care) {
		assert.deepEqual(t.seen.lists, [], `${t.username} read a list because of an event`);
		const said = t.seen.frames.filter((f) => f.type === 'caseStatusUpdate' && f.data.caseId === id).map((f) => f.data);
		assert.deepEqual(
			said.map((d) => [d.status, d.updatedBy]),
			[
				['FORWARDED_TO_CLINICIAN', forwardedBy],
				['UNDER_REVIEW', doneBy],
				['COMPLETED', doneBy]
			],
			t.username
		);
		for (const d of said) assert.match(d.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		assert.deepEqual(t.seen.faults, [], t.username);
	}

	assert.deepEqual(asha2.seen.lists, []);
	assert.equal(await asha2.page.locator(`[data-case="${id}"]`).count(), 0);
	assert.equal(
		asha2.seen.frames.some((f) => JSON.stringify(f).includes(id)),
		false,
		'a foreign ASHA heard of the case'
	);
	await Promise.all([...care, asha2].map((t) => t.context.close()));
});

test('a comment shows at the other end, and a step someone else took first is told, not lost in silence', async () => {
	const chw = await box.person('chw');
	const { case: fresh } = await chw.send('POST', '/api/cases', {
		patient: { name: 'गीता', sex: 'F', age: { value: 30, unit: 'years' }, consent: true, allergies: ['none_known'] },
		complaint: 'खाँसी'
	});
	const asha = await tablet(chromium, box.url, 'asha', { path: `/case/${fresh.id}` });
	const other = await tablet(chromium, box.url, 'chw', { path: `/case/${fresh.id}` });
	await asha.page.locator('form.say input').fill('दो दिन बाद फिर दिखाएँ');
	await asha.page.locator('form.say button').click();
	await other.page.getByText('दो दिन बाद फिर दिखाएँ').waitFor({ timeout: SHOWN_WITHIN_MS });

	await asha.page.locator('[data-step="forward"]').click();
	await asha.page.locator('dialog textarea').fill('देख लें');
	const doctor = await box.person('doctor');
	await doctor.send('PUT', `/api/cases/${fresh.id}/lock`, { do: 'take_over' });
	await doctor.step(fresh.id, 'close', { reason: 'resolved' });
	await doctor.send('DELETE', `/api/cases/${fresh.id}/lock`);
	// The case is free again and the sheet still open: the form may be sent.
	await asha.page.locator('[data-confirm-step]:enabled').waitFor();
	await asha.page.locator('[data-confirm-step]').click();
	await asha.page.locator('[data-conflict]').waitFor();
	assert.match(await asha.page.locator('[data-conflict]').innerText(), /डॉ॰ अनन्या राव[\s\S]*बंद/);
	await Promise.all([asha, other].map((t) => t.context.close()));
});

test('a session that ends keeps the half-filled form for the same person', async () => {
	const { page, context } = await tablet(chromium, box.url, 'chw2');
	await page.locator('[data-new-case]').click();
	await page.getByRole('button', { name: '16 वर्ष और ऊपर' }).click();
	await page.locator('[data-sign="chest_pain"]').click();
	await page.locator('[data-next]').click();
	await page.locator('[name="name"]').fill('अधूरा नाम');
	// Another tab signs out; this one is told by its socket.
	await page.evaluate(() => fetch('/api/auth/logout', { method: 'POST' }));
	await page.getByText('समय पूरा हुआ').waitFor({ timeout: 5000 });
	await page.locator('[data-demo="chw2"]').click();
	await page.locator('[name="name"]').waitFor();
	assert.equal(await page.locator('[name="name"]').inputValue(), 'अधूरा नाम');
	await page.locator('[lang="en"]').click();
	await page.getByText('Who is the patient?').waitFor();
	assert.equal(await page.locator('[name="name"]').inputValue(), 'अधूरा नाम');
	await context.close();
});

test('what the box doubts is asked again, and one tap confirms it', async () => {
	const chw = await box.person('chw');
	const { case: fresh } = await chw.send('POST', '/api/cases', {
		patient: { name: 'कमला', sex: 'F', age: { value: 30, unit: 'years' }, consent: true, allergies: ['none_known'] },
		complaint: 'चक्कर'
	});
	const { page, context } = await tablet(chromium, box.url, 'asha', { path: `/case/${fresh.id}` });
	await page.locator('[data-vitals], [data-more]').first().click();
	const inMore = page.locator('dialog [data-vitals]');
	if (await inMore.count()) await inMore.click();
	await page.locator('[data-vital="spo2"]').click();
	await page.keyboard.type('62');
	await page.locator('[data-pad-next]').click();
	await page.locator('[data-pad-confirm]').click();
	await page.locator('dialog').last().getByRole('button', { name: 'बंद करें' }).click();
	const sent = page.waitForRequest((r) => r.url().endsWith('/vitals'));
	await page.locator('[data-send-vitals]').click();
	assert.deepEqual((await sent).postDataJSON(), { vitals: { spo2: 62 }, confirmed: ['spo2'] });
	await page.locator('.vital', { hasText: '62' }).waitFor();
	await context.close();
});
