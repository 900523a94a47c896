import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GivenCode } from '../lib/api';
import { hearTime } from '../lib/box-time';
import { session } from '../lib/session.svelte';
import { settings } from '../lib/settings.svelte';
import SignIn from '../portals/SignIn.svelte';
import CodeCard from './CodeCard.svelte';
import PinPad from './PinPad.svelte';

beforeEach(async () => {
	await settings.speak('en');
	await settings.learn('box');
});
afterEach(() => {
	cleanup();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

test('the sixth digit sends a PIN, and the pad is empty again', async () => {
	const sent: string[] = [];
	render(PinPad, { label: 'Your PIN', ondone: (pin: string) => sent.push(pin) });
	const press = async (keys: string) => {
		for (const key of keys) await fireEvent.click(screen.getByRole('button', { name: key }));
	};
	await press('12');
	await fireEvent.keyDown(window, { key: 'Backspace' });
	await press('80261');
	expect(sent).toEqual(['180261']);
	expect(screen.getByRole('status').getAttribute('aria-label')).toBe('0 of 6 digits');
	for (const key of '736193') await fireEvent.keyDown(window, { key });
	await fireEvent.keyDown(window, { key: 'Enter' });
	expect(sent).toEqual(['180261', '736193']);
});

test('while a PIN is on its way the pad takes nothing', async () => {
	const sent: string[] = [];
	render(PinPad, { label: 'Your PIN', busy: true, ondone: (pin: string) => sent.push(pin) });
	for (const key of '7361937') await fireEvent.keyDown(window, { key });
	expect(sent).toEqual([]);
	expect(screen.getByRole('button', { name: '5' })).toHaveProperty('disabled', true);
});

test('a code counts down by the box’s clock, and is offered anew when it is over', async () => {
	vi.useFakeTimers({ now: new Date('2021-01-01T00:00:00Z') }); // the tablet is years late
	hearTime('2026-11-26T10:00:00.000Z');
	const way = { url: 'https://aarogya.local/join#ABCDEFGH.7f3a.AB12', qr: { size: 21, path: 'M0 0h7v1h-7z' } };
	const given = { code: 'ABCD-EFGH', expiresAt: '2026-11-26T10:10:00.000Z', enrols: true, join: way, welcome: null } as unknown as GivenCode;
	let again = 0;
	const { container } = render(CodeCard, { given, onagain: () => again++ });
	expect(container.textContent).toContain('ABCD-EFGH');
	expect(container.textContent).toContain('https://aarogya.local/join and'); // what is typed has no secret in it
	expect(container.textContent).toContain('for 10 more minutes');
	hearTime('2026-11-26T09:59:45.000Z'); // what the page knows of the time may be so old
	await vi.advanceTimersByTimeAsync(1_000);
	expect(container.textContent).toContain('for 10 more minutes');
	hearTime('2026-11-26T10:09:30.000Z');
	await vi.advanceTimersByTimeAsync(1_000);
	expect(container.textContent).toContain('for 1 more minute');
	hearTime('2026-11-26T10:10:00.000Z');
	await vi.advanceTimersByTimeAsync(1_000);
	expect(container.textContent).not.toContain('ABCD-EFGH');
	await fireEvent.click(screen.getByRole('button'));
	expect(again).toBe(1);
});

const signature = vi.hoisted(() => ({ is: null as string | null }));
vi.mock('../lib/device-key', () => ({ signPin: async () => signature.is }));

test('a tablet whose key was deleted says so, and what helps, instead of calling the PIN wrong', async () => {
	const people = [{ username: 'sunita', name: 'Sunita', role: 'chw' as const, byPin: true }];
	session.clinic = { name: 'PHC Rampur', demo: false, version: 't', languages: ['hi', 'en'], needsSetup: false, tablet: { name: 'Ward', locked: false, people } };
	const asked: string[] = [];
	vi.stubGlobal('fetch', async (path: string) => {
		asked.push(path);
		return path.endsWith('challenge') ? Response.json({ nonce: 'n' }) : Response.json({ status: 401, code: 'unauthenticated', errors: [] }, { status: 401 });
	});
	const { container } = render(SignIn, { onentered: () => {} });
	await fireEvent.click(container.querySelector('[data-person]')!);
	for (const key of '802614') await fireEvent.keyDown(window, { key });
	await vi.waitFor(() => expect(container.querySelector('[data-keyless]')?.textContent).toContain('I have a code'));
	expect(asked.filter((p) => p.endsWith('/login'))).toEqual([]); // no try is counted
	expect(container.querySelector('[data-join]')).not.toBeNull();
});
