import { expect, test } from 'vitest';
import { Problem } from './api';
import { Sending } from './open-case.svelte';

type Body = { text: string; baseSeq: number; fence: number | undefined };
type Try = { key: string } & Body;
const given = (text: string, baseSeq: number, fence?: number): Body => ({ text, baseSeq, fence });

async function tries(...steps: [Body, Problem | null][]): Promise<Try[]> {
	const sending = new Sending();
	const all: Try[] = [];
	for (const [body, fails] of steps)
		await sending.send(body, (key, sent) => {
			all.push({ key, ...sent });
			return fails ? Promise.reject(fails) : Promise.resolve(true);
		});
	return all;
}
const none = new Problem('unreachable', 0);

test.each([none, new Problem('broken', 200), new Problem('internal', 500)])(
	'after %s the next try is the same command, whatever the page has read meanwhile',
	async (lost) => {
		const [first, second, third, fourth] = await tries(
			[given('x', 5, 1), lost],
			[given('x', 8), new Problem('too_many', 429)],
			[given('x', 9, 2), null],
			[given('x', 9, 2), null]
		);
		expect(second).toEqual(first);
		expect(third).toEqual(first);
		expect(fourth).toMatchObject(given('x', 9, 2));
		expect(fourth!.key).not.toBe(first!.key);
	}
);

test('changed by hand after a lost answer it is another command, on the case as it was then', async () => {
	const [first, second] = await tries([given('x', 5), none], [given('y', 8, 2), null]);
	expect(second).toMatchObject(given('y', 5, 2));
	expect(second!.key).not.toBe(first!.key);
});

test('once the box has answered, the next try is made of what is known now', async () => {
	const [first, , third] = await tries(
		[given('x', 5, 1), none],
		[given('x', 8, 1), new Problem('conflict', 409)],
		[given('x', 8, 2), null]
	);
	expect(third).toMatchObject(given('x', 8, 2));
	expect(third!.key).not.toBe(first!.key);
});
