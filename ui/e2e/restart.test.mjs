// The box is killed with three portals open and comes back. They catch up by themselves: within
// five seconds, in order, once, without a reload. Once over the socket, once where sockets are blocked.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appears, Box, browser, standing, tablet, withoutSockets } from './box.mjs';

const CAUGHT_UP_WITHIN_MS = 5000;

let chromium;
before(async () => {
	chromium = await browser();
});
after(() => chromium?.close());

async function killAndCatchUp(box, url) {
	const chw = await box.person('chw');
	const { case: fresh } = await chw.send('POST', '/api/cases', {
		patient: { name: 'मोहन', sex: 'M', age: { value: 61, unit: 'years' }, consent: true, allergies: ['none_known'] },
		complaint: 'सीने में दर्द'
	});
	const id = fresh.id;
	const tablets = await Promise.all(['chw', 'asha', 'doctor'].map((who) => tablet(chromium, url, who, { path: `/case/${id}` })));
	for (const { page } of tablets) {
		await page.locator(`[data-case-view="${id}"] [data-status="PENDING"]`).waitFor({ state: 'attached' });
		await page.evaluate(() => (window.neverReloaded = true));
	}

	await box.kill();
	for (const { page } of tablets) await page.locator('[data-connection="reconnecting"], [data-connection="offline"]').waitFor();
	for (const { seen } of tablets) seen.lists.length = seen.frames.length = 0;
	const moments = tablets.map(({ page }) => appears(page, standing(id, 'COMPLETED')));

	await box.start();
	const restarted = Date.now();
	await (await box.person('asha')).step(id, 'forward', { reason: 'दर्द बढ़ा' });
	const doctor = await box.person('doctor');
	await doctor.step(id, 'accept');
	await doctor.step(id, 'complete', { outcome: 'improved' });

	for (const [i, moment] of moments.entries()) {
		const late = (await moment).at - restarted;
		assert.ok(late <= CAUGHT_UP_WITHIN_MS, `${tablets[i].username} caught up after ${late} ms`);
	}
	for (const { username, page, seen } of tablets) {
		await page.locator('[data-connection="connected"]').waitFor();
		assert.equal(await page.evaluate(() => window.neverReloaded), true, `${username} was reloaded`);
		// While a poll hands over to the socket the network may carry a frame on both; the portal takes
		// it once. So: new ones come in order, nothing is missing, and the page shows each step once.
		const fresh = seen.frames.filter((f, i) => seen.frames.findIndex((g) => g.seq === f.seq) === i);
		assert.deepEqual(
			fresh.map((f) => f.seq),
			fresh.map((f) => f.seq).sort((a, b) => a - b),
			`${username}: out of order`
		);
		const steps = fresh.filter((f) => f.data.caseId === id && f.type === 'caseStatusUpdate');
		assert.deepEqual(
			steps.map((f) => f.data.status),
			['FORWARDED_TO_CLINICIAN', 'UNDER_REVIEW', 'COMPLETED'],
			username
		);
		await page.locator(`li[data-seq="${steps.at(-1).seq}"]`).waitFor();
		const shown = await page.locator('li[data-seq]').evaluateAll((items) => items.map((li) => Number(li.dataset.seq)));
		assert.deepEqual(shown.slice(0, 3), steps.map((f) => f.seq).reverse(), `${username}: newest first, each once`);
		assert.deepEqual(seen.lists, [], `${username} read a list again`);
		assert.deepEqual(seen.faults, [], username);
	}
	await Promise.all(tablets.map((t) => t.context.close()));
}

test('over the socket', async (t) => {
	const box = await new Box().start();
	t.after(() => box.remove());
	await killAndCatchUp(box, box.url);
});

test('over long-poll, with the WebSocket path blocked', async (t) => {
	const box = await new Box().start();
	t.after(() => box.remove());
	const door = await withoutSockets(box);
	t.after(() => door.close());
	await killAndCatchUp(box, door.url);
	assert.ok(door.upgrades.refused > 0, 'the socket was never tried: nothing was tested');
});
