import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CaseBook } from '../lib/cases.svelte';
import { session } from '../lib/session.svelte';
import { settings } from '../lib/settings.svelte';
import { caseRow } from '../lib/testing';
import SignIn from '../portals/SignIn.svelte';
import CaseList from './CaseList.svelte';

beforeEach(async () => {
	await settings.speak('hi');
	session.clinic = { name: 'PHC Rampur', demo: false, version: 't', languages: ['hi', 'en'], needsSetup: false, tablet: null };
});
afterEach(() => {
	cleanup();
	vi.unstubAllGlobals();
});

test('the language changes under a half-filled form and the form keeps what was typed', async () => {
	render(SignIn, { onentered: () => {} });
	const field = screen.getByLabelText('यूज़र नाम') as HTMLInputElement;
	await fireEvent.input(field, { target: { value: 'sunita' } });
	await settings.speak('en');
	await tick();
	expect(screen.getByLabelText('User name')).toBe(field);
	expect(field.value).toBe('sunita');
});

test('5,000 cases are at most forty rows of DOM, and a frame changes the one row it is about', async () => {
	// A tall screen, so that the cap is what limits and not the height.
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(9000);
	vi.stubGlobal(
		'ResizeObserver',
		class {
			observe() {}
			unobserve() {}
		}
	);
	const rows = Array.from({ length: 5000 }, (_, i) => caseRow({ id: `c${String(i).padStart(4, '0')}` }));
	vi.stubGlobal('fetch', () =>
		Promise.resolve(new Response(JSON.stringify({ cases: rows, nextCursor: null, epoch: 'e', head: 1 })))
	);
	const list = new CaseBook({ id: 'u', role: 'asha' }).list('waiting');
	await list.load();
	const { container } = render(CaseList, { list, currentId: null, onopen: () => {}, empty: { picture: 'list', text: '' } });
	await tick();
	const shown = [...container.querySelectorAll('[data-case]')];
	expect(shown.length).toBeGreaterThan(30);
	expect(shown.length).toBeLessThanOrEqual(40);
	expect(container.querySelector('li')!.getAttribute('aria-setsize')).toBe('5000');
	list.touch();
	list.book.hear(caseRow({ id: 'c0003', seq: 2, urgency: 'RED', complaint: 'fits since morning' }));
	await tick();
	expect([...container.querySelectorAll('[data-case]')]).toEqual(shown);
	expect(shown[3]!.textContent).toContain('fits since morning');
	expect(shown[3]!.getAttribute('data-urgency')).toBe('RED');
	vi.restoreAllMocks();
});
