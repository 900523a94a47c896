import { cleanup, fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settings } from '../lib/settings.svelte';
import SosSheet from './SosSheet.svelte';

let sent: { key: string; body: unknown }[] = [];
let answers: Response[] = [];
beforeEach(async () => {
	await settings.speak('en');
	vi.useFakeTimers();
	HTMLDialogElement.prototype.showModal ??= () => {};
	HTMLDialogElement.prototype.close ??= () => {};
	sent = [];
	vi.stubGlobal('fetch', (_: string, init: { headers: Record<string, string>; body: string }) => {
		sent.push({ key: init.headers['Idempotency-Key']!, body: JSON.parse(init.body) });
		const answer = answers.shift();
		return answer ? Promise.resolve(answer) : Promise.reject(new TypeError('no box'));
	});
});
afterEach(() => {
	cleanup();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

test('a call for help goes on by itself, the same one, whatever may pass', async () => {
	answers = [
		new Response('<html>', { status: 200 }),
		new Response('{"code":"internal"}', { status: 500 }),
		new Response('{"code":"too_many"}', { status: 429, headers: { 'Retry-After': '20' } }),
		new Response(JSON.stringify({ sos: { id: 's', location: 'Kheda', timestamp: '2026-11-23T10:00:00.000Z', senderId: 'u' } }), { status: 201 })
	];
	const { container } = render(SosSheet, { onclose: () => {} });
	const place = container.querySelector<HTMLInputElement>('[name="sos-place"]')!;
	await fireEvent.input(place, { target: { value: 'Kheda' } });
	await fireEvent.submit(container.querySelector('#sos-form')!);
	await vi.advanceTimersByTimeAsync(0);
	await fireEvent.input(place, { target: { value: 'Kheda, by the' } });
	await vi.advanceTimersByTimeAsync(3_000 + 3_000);
	expect(sent).toHaveLength(3);
	await vi.advanceTimersByTimeAsync(19_000);
	expect(sent).toHaveLength(3);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(sent).toHaveLength(4);
	expect(new Set(sent.map((s) => JSON.stringify(s))).size).toBe(1);
	expect(sent[0]!.body).toEqual({ location: 'Kheda' });
	expect(container.querySelector('[data-sos-sent]')).not.toBeNull();
});
