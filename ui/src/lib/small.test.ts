import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Rules } from './api';
import { newCommandId } from './api';
import { asNewCase, DraftBox, stepOfField } from './draft.svelte';
import { hrefOf, placeOf, router } from './router.svelte';
import { bandOf, boundsOf, judge, mayBePregnant, requiredFor, signsFor } from './rules';
import { ordered, stages } from './steps';
import { markOf } from './triage';
import { MAX_ROWS, ROW_PX, visibleRange } from './window';

describe('windowing', () => {
	test('never more than forty rows, and the height is that of the whole list', () => {
		for (const [top, height] of [
			[0, 600],
			[0, 5000],
			[250_000, 800],
			[489_000, 3000]
		] as const) {
			const r = visibleRange(top, height, 5000);
			expect(r.end - r.first).toBeLessThanOrEqual(MAX_ROWS);
			expect(r.before + r.after + (r.end - r.first) * ROW_PX).toBe(5000 * ROW_PX);
		}
	});
	test('every row a person can see is in it', () => {
		for (let top = 0; top < 5000 * ROW_PX - 800; top += 7919) {
			const r = visibleRange(top, 800, 5000);
			expect(r.before).toBeLessThanOrEqual(top);
			expect(r.end * ROW_PX).toBeGreaterThanOrEqual(top + 800);
		}
	});
	test('a list shorter than the screen, and one that shrank under the scroll', () => {
		expect(visibleRange(0, 800, 3)).toEqual({ first: 0, end: 3, before: 0, after: 0 });
		expect(visibleRange(90_000, 800, 10)).toEqual({ first: 0, end: 10, before: 0, after: 0 });
		expect(visibleRange(0, 800, 0)).toEqual({ first: 0, end: 0, before: 0, after: 0 });
	});
});

describe('router', () => {
	test('places and addresses are the same thing', () => {
		for (const place of [
			{ page: 'home' },
			{ page: 'users' },
			{ page: 'cases' },
			{ page: 'case', id: '0199-ab' },
			{ page: 'new', step: 3 }
		] as const) {
			const url = new URL(hrefOf(place), 'http://box');
			expect(placeOf(url.pathname, url.search)).toEqual(place);
		}
	});
	test('an address nobody made leads home, a step beyond the last to the last', () => {
		expect(placeOf('/nonsense/x', '')).toEqual({ page: 'home' });
		expect(placeOf('/case/', '')).toEqual({ page: 'home' });
		expect(placeOf('/new', '?step=99')).toEqual({ page: 'new', step: 6 });
		expect(placeOf('/new', '?step=x')).toEqual({ page: 'new', step: 1 });
	});
	test('back from a deep link opens the list, not the page before the portal', () => {
		history.replaceState(null, '', '/case/abc');
		router.start();
		expect(router.place).toEqual({ page: 'case', id: 'abc' });
		router.back();
		expect(router.place).toEqual({ page: 'home' });
		expect(location.pathname).toBe('/');
	});
});

describe('draft', () => {
	beforeEach(() => localStorage.clear());

	test('what was tapped is there after a reload, for the same person only', () => {
		const box = new DraftBox('u1');
		box.now.name = 'सुनीता देवी';
		box.now.signs = ['severe_headache'];
		box.now.vitals = { systolic: 164 };
		box.keep();
		expect(box.kept).toBe(true);
		expect(new DraftBox('u1').now).toMatchObject({ name: 'सुनीता देवी', signs: ['severe_headache'], vitals: { systolic: 164 } });
		expect(new DraftBox('u2').now.name).toBe('');
	});
	test('a storage that refuses is said', () => {
		const box = new DraftBox('u1');
		box.now.name = 'x';
		const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
			throw new DOMException('', 'QuotaExceededError');
		});
		box.keep();
		expect(box.kept).toBe(false);
		full.mockRestore();
	});
	test('a sent form leaves nothing behind', () => {
		const box = new DraftBox('u1');
		box.now.name = 'x';
		box.keep();
		box.clear();
		expect(localStorage.length).toBe(0);
		expect(box.started).toBe(false);
	});
	test('not asked is absent, asked and none found is an empty list', () => {
		const { now } = new DraftBox('u1');
		expect('signs' in JSON.parse(JSON.stringify(asNewCase(now)))).toBe(false);
		expect(asNewCase({ ...now, signs: [] }).signs).toEqual([]);
		expect(asNewCase({ ...now, pregnantNow: 'pregnant', weeks: '34' }).patient.pregnancy).toEqual({ weeks: 34 });
		expect(asNewCase({ ...now, allergies: 'some', allergyText: 'penicillin, sulfa' }).patient.allergies).toEqual([
			'penicillin',
			'sulfa'
		]);
		expect(asNewCase({ ...now, consent: 'emergency' }).patient.consent).toBe('emergency');
	});
	test('a refused field leads back to its question', () => {
		expect(
			['vitals.systolic', 'patient.name', 'complaint', 'signs', 'patient.consent', 'patient.pregnancy.weeks'].map(stepOfField)
		).toEqual([4, 2, 3, 1, 6, 5]);
	});
});

const pack: Rules = {
	pack: 'test',
	signedOff: false,
	bands: ['0-6d', '7-59d', '2-11mo', '12-59mo', '5-11y', '12-15y', '16y+'],
	signs: [
		{ code: 'convulsions', danger: true },
		{ code: 'unable_to_feed', bands: ['0-6d', '7-59d'], danger: true },
		{ code: 'vaginal_bleeding', pregnant: true, danger: true }
	],
	engines: [
		{ code: 'news2', bands: ['16y+'], pregnant: false, required: ['pulse', 'signs'], green: true },
		{ code: 'maternal', bands: ['12-15y', '16y+'], pregnant: true, required: ['systolic'], green: true }
	],
	vitals: [
		{
			field: 'pulse',
			unit: '/min',
			hard: [0, 300],
			decimals: 0,
			soft: [
				{ bands: ['2-11mo'], min: 70, max: 220 },
				{ bands: ['16y+'], min: 30, max: 200 }
			]
		}
	]
};

describe('rule pack', () => {
	test('an age falls into its band, exactly on each side of a cut', () => {
		const band = (value: number, unit: 'days' | 'months' | 'years') => bandOf(pack, { value, unit });
		expect([band(0, 'days'), band(6, 'days'), band(7, 'days'), band(59, 'days')]).toEqual(['0-6d', '0-6d', '7-59d', '7-59d']);
		expect([band(2, 'months'), band(11, 'months'), band(12, 'months'), band(59, 'months')]).toEqual([
			'2-11mo',
			'2-11mo',
			'12-59mo',
			'12-59mo'
		]);
		expect([band(5, 'years'), band(11, 'years'), band(12, 'years'), band(16, 'years'), band(90, 'years')]).toEqual([
			'5-11y',
			'5-11y',
			'12-15y',
			'16y+',
			'16y+'
		]);
		expect(boundsOf('16y+')).toEqual({ from: 16, to: null, unit: 'years' });
	});
	test('signs and needed vitals follow band and pregnancy', () => {
		expect(signsFor(pack, '16y+', false).map((s) => s.code)).toEqual(['convulsions']);
		expect(signsFor(pack, '16y+', true).map((s) => s.code)).toEqual(['convulsions', 'vaginal_bleeding']);
		expect(signsFor(pack, '7-59d', false).map((s) => s.code)).toEqual(['convulsions', 'unable_to_feed']);
		expect(requiredFor(pack, '16y+', false)).toEqual(['pulse']);
		expect(requiredFor(pack, '16y+', true)).toEqual(['systolic']);
		expect([mayBePregnant(pack, '5-11y'), mayBePregnant(pack, '12-15y')]).toEqual([false, true]);
	});
	test('limits refuse, ask again or pass, by band', () => {
		expect([
			judge(pack, 'pulse', 301, '16y+'),
			judge(pack, 'pulse', 201, '16y+'),
			judge(pack, 'pulse', 200, '16y+'),
			judge(pack, 'pulse', 210, '2-11mo')
		]).toEqual(['hard', 'soft', 'ok', 'ok']);
		expect(judge(pack, 'pulse', { unrecordable: true }, '16y+')).toBe('ok');
	});
});

describe('what the box says, shown', () => {
	test('the strongest rule on a vital gives colour and arrow', () => {
		const fired = [
			{ rule: 'r1', urgency: 'YELLOW' as const, inputs: [{ field: 'pulse', cmp: 'gte' }] },
			{
				rule: 'r2',
				urgency: 'RED' as const,
				inputs: [
					{ field: 'systolic', cmp: 'gte' },
					{ field: 'pulse', cmp: 'lt' }
				]
			}
		];
		expect(markOf(fired, 'pulse')).toEqual({ urgency: 'RED', direction: 'down' });
		expect(markOf(fired, 'spo2')).toBeNull();
	});
	test('only allowed steps, the likeliest first', () => {
		const item = {
			status: 'FORWARDED_TO_CLINICIAN' as const,
			referral: null,
			allowed: ['close', 'refer', 'accept', 'prescribe']
		};
		expect(ordered(item, 'clinician')).toEqual(['accept', 'prescribe', 'refer', 'close']);
		expect(ordered({ ...item, status: 'APPROVED', allowed: ['prescribe', 'complete'] }, 'clinician')[0]).toBe('complete');
		expect(ordered({ ...item, allowed: ['fly', 'close'] }, 'clinician')).toEqual(['close']);
	});
	test('the stages of a case that went all the way, and of one that just began', () => {
		const asha = { id: '2', name: 'M', role: 'asha' as const };
		const doctor = { id: '3', name: 'D', role: 'clinician' as const };
		const chw = { id: '1', name: 'S', role: 'chw' as const };
		const of = (
			status: 'PENDING' | 'FORWARDED_TO_CLINICIAN' | 'COMPLETED',
			reviewer: typeof asha | null,
			clinician: typeof doctor | null
		) => stages({ status, reviewer, clinician, createdBy: chw }).map((s) => s.state);
		expect(of('PENDING', null, null)).toEqual(['done', 'now', 'ahead', 'ahead']);
		expect(of('FORWARDED_TO_CLINICIAN', asha, null)).toEqual(['done', 'done', 'now', 'ahead']);
		expect(of('COMPLETED', asha, doctor)).toEqual(['done', 'done', 'done', 'done']);
	});
});

test('command ids are UUIDv7, in time order and never the same', () => {
	const ids = [newCommandId(1_000), newCommandId(2_000), newCommandId(1_732_000_000_000)];
	for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	expect([...ids].sort()).toEqual(ids);
	expect(newCommandId(5)).not.toBe(newCommandId(5));
});
