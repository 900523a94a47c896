// A tablet's life: an admin adds it, its CHW signs in by PIN, forgets the PIN, gets another from her
// ASHA, and the tablet is lost.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Box, browser, tablet } from './box.mjs';

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

const faults = [];
async function fresh() {
	const context = await chromium.newContext({ viewport: { width: 600, height: 960 }, reducedMotion: 'reduce' });
	const page = await context.newPage();
	page.on('pageerror', (e) => faults.push(e.message));
	page.on('console', (m) => /Content Security Policy|Trusted/.test(m.text()) && faults.push(m.text()));
	return page;
}
const type = async (page, pin) => {
	for (const key of pin) await page.locator('.keys').getByRole('button', { name: key, exact: true }).click();
};
/** The letters of the code on somebody's screen. */
const codeOn = async (page) => (await page.locator('[data-code]').getAttribute('data-code')).replace('-', '');

test('added, signed in on, locked, given a new PIN, sent away', async () => {
	const admin = await tablet(chromium, box.url, 'admin');
	await admin.page.locator('[data-tab="tablets"]').click();
	await admin.page.locator('[data-add-tablet]').click();
	await admin.page.locator('dialog .tile', { hasText: 'सुनीता यादव' }).click();
	const code = await codeOn(admin.page);

	const page = await fresh();
	await page.goto(`${box.url}/join#${code}`);
	await page.locator('[data-newcomer="chw"]').waitFor();
	assert.equal(new URL(page.url()).hash, '', 'the code stays in the address bar');
	await type(page, '123456');
	await type(page, '123456');
	await page.locator('[data-wrong="weak_pin"]').waitFor();
	await type(page, '802614');
	await type(page, '802615');
	await page.getByText('दोनों अलग थे').waitFor();
	await type(page, '802614');
	await type(page, '802614');
	await page.locator('[data-new-case]').waitFor();
	// The admin's page sees it come, and the list has it.
	await admin.page.locator('[data-come]', { hasText: 'सुनीता यादव का टैबलेट' }).waitFor();
	await admin.page.keyboard.press('Escape');
	await admin.page.locator('[data-device]', { hasText: 'सुनीता यादव का टैबलेट' }).click();
	await admin.page.locator('dialog [name="name"]').fill('वार्ड का टैबलेट');
	await admin.page.locator('dialog button.main').click();
	await admin.page.locator('[data-device]', { hasText: 'वार्ड का टैबलेट' }).waitFor();

	const leave = async () => {
		await page.locator('.me').click();
		await page.getByRole('button', { name: 'बाहर निकलें' }).click();
		await page.locator('[data-person="chw"]').waitFor();
	};
	await leave();
	await page.locator('[data-person="chw"]').click();
	await type(page, '802614');
	await page.locator('[data-new-case]').waitFor();
	await leave();

	// Five wrong ones, by somebody who is patient enough to wait between them.
	await page.locator('[data-person="chw"]').click();
	for (let tries = 0; tries < 60 && !(await page.locator('[data-locked]').isVisible()); tries++) {
		const answered = page.waitForResponse((r) => r.url().endsWith('/api/auth/login'));
		await type(page, '802615');
		const answer = await answered;
		if (answer.status() === 429) await page.waitForTimeout(Number(answer.headers()['retry-after']) * 1000);
		else if (answer.status() === 403) await page.locator('[data-locked]').waitFor();
	}
	await page.locator('[data-locked]').waitFor();

	// Her ASHA stands beside her.
	const asha = await tablet(chromium, box.url, 'asha');
	await asha.page.locator('.me').click();
	await asha.page.locator('[data-new-pin]').click();
	await asha.page.locator('dialog .tile', { hasText: 'सुनीता यादव' }).click();
	const second = await codeOn(asha.page);
	await page.locator('[data-join]').click();
	await page.locator('[name="code"]').fill(`${second.slice(0, 4)}-${second.slice(4)}`.toLowerCase());
	await page.locator('form button.main').click();
	await type(page, '736193');
	await type(page, '736193');
	await page.locator('[data-new-case]').waitFor();
	await page.locator('[data-connection="connected"]').waitFor();
	// A code is good once.
	const other = await fresh();
	await other.goto(`${box.url}/join#${second}`);
	await other.locator('[data-wrong="code_used"]').waitFor();

	// The browser's storage is cleared and its cookie stays: no PIN can be right, and the page says so.
	await leave();
	await page.evaluate(() => new Promise((done) => (indexedDB.deleteDatabase('aarogya-device').onsuccess = done)));
	await page.locator('[data-person="chw"]').click();
	await type(page, '736193');
	await page.locator('[data-keyless]').waitFor();
	await asha.page.reload();
	await asha.page.locator('.me').click();
	await asha.page.locator('[data-new-pin]').click();
	await asha.page.locator('dialog .tile', { hasText: 'सुनीता यादव' }).click();
	const third = await codeOn(asha.page);
	await page.locator('[data-join]').click();
	await page.locator('[name="code"]').fill(third);
	await page.locator('form button.main').click();
	await type(page, '736193');
	await type(page, '736193');
	await page.locator('[data-new-case]').waitFor();
	await leave();
	await page.locator('[data-person="chw"]').click();
	await type(page, '736193');
	await page.locator('[data-new-case]').waitFor();
	await page.locator('[data-connection="connected"]').waitFor();

	// The tablet is lost.
	await admin.page.locator('[data-device]', { hasText: 'वार्ड का टैबलेट' }).click();
	await admin.page.locator('[data-revoke]').click();
	const signedOut = page.locator('[name="username"]').waitFor({ timeout: 2_000 });
	await admin.page.locator('[data-revoke-sure]').click();
	await signedOut;
	assert.equal(await page.locator('[data-person]').count(), 1, 'what the page knew before it was sent away');
	await page.reload();
	await page.locator('[name="username"]').waitFor();
	assert.equal(await page.locator('[data-person]').count(), 0);
	await admin.page.locator('[data-device].gone', { hasText: 'वार्ड का टैबलेट' }).waitFor();
	assert.deepEqual([...faults, ...admin.seen.faults, ...asha.seen.faults], []);
});
