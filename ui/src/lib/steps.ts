// What each step asks a person for, and which comes under the thumb. Who may take which step is
// the box's business: a case carries `allowed`.

import type { Case } from './api';

export type Field =
	| { kind: 'text'; name: string; required: boolean }
	| { kind: 'tiles'; name: string; options: string[] }
	| { kind: 'when'; name: string; equals: string; then: Field };

const text = (name: string, required = true): Field => ({ kind: 'text', name, required });
const tiles = (name: string, ...options: string[]): Field => ({ kind: 'tiles', name, options });

/** Steps that ask nothing are taken at once. */
export const fieldsOf: Record<string, Field[]> = {
	start_review: [],
	accept: [],
	resubmit: [],
	approve: [text('plan'), text('notes', false)],
	forward: [text('reason')],
	reject: [tiles('reason', 'incomplete', 'wrong_patient', 'duplicate', 'test'), text('notes', false)],
	complete: [tiles('outcome', 'improved', 'cured', 'unchanged', 'referred_back', 'died'), text('notes', false)],
	close: [
		tiles('reason', 'resolved', 'lost', 'moved', 'died', 'duplicate_of', 'error'),
		{ kind: 'when', name: 'reason', equals: 'duplicate_of', then: text('duplicateOf') },
		text('notes', false)
	],
	reopen: [text('reason')],
	lower_urgency: [tiles('to', 'YELLOW_URGENT', 'YELLOW', 'GREEN'), text('reason')],
	referral_update: [
		tiles('referralStatus', 'DEPARTED', 'ARRIVED', 'SEEN', 'BACK', 'REFUSED', 'NOT_ARRIVED', 'DIED'),
		text('notes', false)
	]
};

/** Not even a lock holds it up. */
export const neverWaits: ReadonlySet<string> = new Set(['emergency_referral']);

export const iconOf: Record<string, string> = {
	accept: 'hand',
	start_review: 'eye',
	approve: 'check',
	forward: 'forward',
	prescribe: 'rx',
	refer: 'ambulance',
	emergency_referral: 'ambulance',
	referral_update: 'ambulance',
	complete: 'check',
	reject: 'return',
	close: 'close',
	reopen: 'return',
	resubmit: 'forward',
	lower_urgency: 'down'
};

const usual = [
	'accept',
	'resubmit',
	'prescribe',
	'approve',
	'forward',
	'complete',
	'refer',
	'referral_update',
	'reopen',
	'start_review',
	'emergency_referral',
	'reject',
	'lower_urgency',
	'close'
];
const clinicianFirst = ['accept', 'prescribe', 'refer', 'complete', 'referral_update'];

/** The allowed steps, the likeliest next one first. */
export function ordered(item: Pick<Case, 'allowed' | 'status' | 'referral'>, role: string): string[] {
	const first =
		item.referral && item.status !== 'COMPLETED' && item.allowed.includes('referral_update')
			? ['accept', 'referral_update']
			: item.status === 'APPROVED'
				? ['complete']
				: [];
	const order = [...first, ...(role === 'clinician' ? clinicianFirst : []), ...usual];
	return item.allowed.filter((s) => usual.includes(s)).sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

export type Stage = { name: 'created' | 'asha' | 'doctor' | 'done'; state: 'done' | 'now' | 'ahead' | 'skipped' };

/** The four stages a case passes, for the bar over it. */
export function stages(item: Pick<Case, 'status' | 'clinician' | 'reviewer' | 'createdBy'>): Stage[] {
	const ended = item.status === 'COMPLETED' || item.status === 'CLOSED' || item.status === 'REJECTED';
	const withDoctor = item.status === 'FORWARDED_TO_CLINICIAN' || (item.clinician !== null && !ended);
	const decided = item.status === 'APPROVED' || ended;
	const doctor: Stage['state'] = item.clinician && decided ? 'done' : decided ? 'skipped' : withDoctor ? 'now' : 'ahead';
	const asha: Stage['state'] =
		item.reviewer?.role === 'asha' || (decided && !item.clinician)
			? withDoctor || decided
				? 'done'
				: 'now'
			: withDoctor || decided
				? item.createdBy.role === 'clinician'
					? 'skipped'
					: 'done'
				: 'now';
	return [
		{ name: 'created', state: item.status === 'REJECTED' ? 'now' : 'done' },
		{ name: 'asha', state: asha },
		{ name: 'doctor', state: doctor },
		{
			name: 'done',
			state: item.status === 'COMPLETED' || item.status === 'CLOSED' ? 'done' : item.status === 'APPROVED' ? 'now' : 'ahead'
		}
	];
}
