// An empty box becomes a clinic: setup code, first admin, people, and one of them signs in.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Box, browser, setUp } from './box.mjs';

const box = new Box({ demo: false });
let chromium;
before(async () => {
	await box.start();
	chromium = await browser();
});
after(async () => {
	await chromium?.close();
	await box.remove();
});

async function addPerson(page, { role, name, username, password = '', asha, save = 'Save' }) {
	await page.locator('[data-add-user]').click();
	const sheet = page.locator('dialog');
	await sheet.getByRole('button', { name: role, exact: true }).click();
	if (asha) await sheet.getByRole('button', { name: asha }).click();
	await sheet.locator('[name="name"]').fill(name);
	await sheet.locator('[name="username"]').fill(username);
	await sheet.locator('[name="password"]').fill(password);
	await sheet.getByRole('button', { name: save, exact: true }).click();
	await page.locator(`[data-user="${username}"]`).waitFor();
}

async function signIn(page, username, password) {
	await page.locator('[name="username"]').fill(username);
	await page.locator('[name="password"]').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
}

test('from the setup code to the first case list', async () => {
	const context = await chromium.newContext({ viewport: { width: 600, height: 960 }, reducedMotion: 'reduce' });
	const page = await context.newPage();
	await page.addInitScript(() => localStorage.setItem('language', 'en'));
	await page.goto(box.url);

	const next = () => page.locator('button.main').click();
	const vijay = { clinic: 'PHC Belur', name: 'Vijay Mishra', username: 'vijay', password: 'a long passphrase' };
	await setUp(page, '0000-0000', vijay);
	// A wrong code leads back to its page; what was filled in after it stays.
	await page.getByRole('alert').waitFor();
	await page.locator('[name="code"]').fill(box.setupCode);
	await next();
	assert.equal(await page.locator('[name="clinicName"]').inputValue(), 'PHC Belur');
	await next();
	await page.getByRole('button', { name: 'Start the clinic' }).click();
	await page.locator('[data-add-tablet]').waitFor();
	await page.getByRole('button', { name: 'People' }).click();
	await page.locator('[data-user="vijay"]').waitFor();
	assert.match(await page.locator('header').innerText(), /PHC Belur/);
	await page.locator('[data-tab="users"]').click();
	await page.locator('[data-user="vijay"]').waitFor();

	await addPerson(page, { role: 'ASHA', name: 'Meena Sharma', username: 'meena', password: 'meena-2026' });
	await addPerson(page, { role: 'CHW', name: 'Sunita Yadav', username: 'sunita', password: 'first-pass', asha: 'Meena Sharma' });
	await page.locator('[data-user="sunita"]').click();
	await page.locator('dialog [name="password"]').fill('second-pass');
	await page.locator('dialog').getByRole('button', { name: 'Save' }).click();
	await page.locator('dialog').waitFor({ state: 'detached' });
	await addPerson(page, { role: 'CHW', name: 'Radha Patel', username: 'radha', password: 'radha-2026', asha: 'Meena Sharma' });
	await page.locator('[data-user="radha"]').click();
	await page.locator('[data-active]').click();
	await page.locator('[data-user="radha"].inactive').waitFor();
	// One who has only the clinic's tablets needs no password; her tablet is added in the same breath.
	await addPerson(page, { role: 'CHW', name: 'Kavita Rao', username: 'kavita', asha: 'Meena Sharma', save: 'Save and add tablet' });
	const code = (await page.locator('[data-code]').getAttribute('data-code')).replace('-', '');
	const hers = await (await chromium.newContext({ viewport: { width: 600, height: 960 } })).newPage();
	await hers.addInitScript(() => localStorage.setItem('language', 'en'));
	await hers.goto(`${box.url}/join#${code}`);
	await hers.locator('[data-newcomer="kavita"] .keys').waitFor();
	for (const pin of ['802614', '802614']) await hers.keyboard.type(pin, { delay: 20 });
	await hers.locator('[data-new-case]').waitFor();
	await page.locator('[data-come]', { hasText: 'Tablet of Kavita Rao' }).waitFor();
	await page.keyboard.press('Escape');
	// Her name need not be among the tiles: the field for the password takes the PIN as well.
	await hers.locator('.me').click();
	await hers.getByRole('button', { name: 'Sign out' }).click();
	await hers.locator('[name="username"]').fill('kavita');
	await hers.locator('[name="password"]').fill('802614');
	await hers.getByRole('button', { name: 'Sign in' }).click();
	await hers.locator('[data-new-case]').waitFor();
	await hers.context().close();
	// An ASHA with CHWs stays: their cases would have nobody to review them.
	await page.locator('[data-user="meena"]').click();
	await page.getByText('Her CHWs:').waitFor();
	assert.equal(await page.locator('[data-active]').count(), 0);
	await page.keyboard.press('Escape');

	const leave = async () => {
		await page.locator('.me').click();
		await page.getByRole('button', { name: 'Sign out' }).click();
	};
	await leave();
	await signIn(page, 'sunita', 'first-pass');
	await page.getByText('The name or password is wrong.').waitFor();
	await signIn(page, 'sunita', 'second-pass');
	await page.locator('[data-new-case]').waitFor();
	await page.getByText('No case is open.').waitFor();
	await leave();
	await signIn(page, 'radha', 'radha-2026');
	await page.getByText('The name or password is wrong.').waitFor();
	await context.close();
});
