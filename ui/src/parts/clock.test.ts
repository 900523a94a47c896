import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BoxClock } from '../lib/api';
import { settings } from '../lib/settings.svelte';
import ClockCard from './ClockCard.svelte';

let clock: BoxClock;
let set: string[];
let status: number;
beforeEach(async () => {
	await settings.speak('en');
	await settings.learn('box');
	vi.useFakeTimers({ now: new Date('2026-11-26T12:00:00Z') });
	const now = '2026-11-26T04:12:00.000Z';
	clock = { now, state: 'unset', computer: now, believed: true, suggested: null };
	set = [];
	status = 200;
	vi.stubGlobal('fetch', (_: string, init: { method?: string; body?: string }) => {
		if (init.method === 'PUT') {
			set.push((JSON.parse(init.body!) as { now: string }).now);
			if (status === 200) clock = { ...clock, now: set.at(-1)!, state: 'admin', believed: true, suggested: null };
		}
		return Promise.resolve(new Response(JSON.stringify(status === 200 ? clock : { code: 'invalid', status }), { status }));
	});
});
afterEach(() => {
	cleanup();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});
const shown = async () => {
	const { container } = render(ClockCard);
	await vi.advanceTimersByTimeAsync(0);
	return container;
};

test('what three tablets say is set by one tap, as late as the tap is', async () => {
	clock.suggested = { now: '2026-11-26T14:31:00.000Z', tablets: 3 };
	const card = await shown();
	expect(card.textContent).toMatch(/The box says \d\d:12\. 3 tablets say \d\d:31\./);
	await vi.advanceTimersByTimeAsync(7_000);
	await fireEvent.click(card.querySelector('[data-set-clock]')!);
	await vi.advanceTimersByTimeAsync(0);
	expect(set).toEqual(['2026-11-26T14:31:07.000Z']);
	expect(card.querySelector('[data-clock="admin"]')).not.toBeNull();
	expect(card.querySelector('[data-set-clock]')).toBeNull();
});

test('the same hour of another year is not the same time', async () => {
	clock.suggested = { now: '2028-11-26T04:12:30.000Z', tablets: 1 };
	const card = await shown();
	expect(card.textContent).toMatch(/The box says .*2026.*One tablet says .*2028/);
});

test('a time nobody has confirmed can be confirmed, one the box does not believe is explained', async () => {
	clock.believed = false;
	clock.computer = '1970-01-01T12:04:00.000Z';
	const card = await shown();
	expect(card.textContent).toMatch(/shows .*1970/);
	await fireEvent.click(card.querySelector('[data-set-clock]')!);
	await vi.advanceTimersByTimeAsync(0);
	expect(set).toEqual(['2026-11-26T04:12:00.000Z']);
});

test('another time is typed in the hours of the tablet; what the box does not take stays typed', async () => {
	clock.state = 'ntp';
	const card = await shown();
	expect(card.querySelector('[data-set-clock]')).toBeNull();
	await fireEvent.click(card.querySelector('[data-type-clock]')!);
	const field = screen.getByLabelText('Date and time') as HTMLInputElement;
	expect(Date.parse(field.value)).toBe(Date.parse(clock.now));
	status = 422;
	await fireEvent.input(field, { target: { value: '2019-05-01T08:30' } });
	await fireEvent.submit(card.querySelector('form')!);
	await vi.advanceTimersByTimeAsync(0);
	expect(set).toEqual([new Date('2019-05-01T08:30').toISOString()]);
	expect(card.textContent).toContain('The box does not take this time');
	expect(field.value).toBe('2019-05-01T08:30');
});
