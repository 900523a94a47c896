// Rows for tests: a whole CaseRow from the few fields a test is about.

import type { CaseRow } from './api';

export function caseRow(over: Partial<CaseRow> & { id: string }): CaseRow {
	return {
		number: '12-3456-7',
		status: 'PENDING',
		urgency: 'GREEN',
		patient: { name: 'Sunita Devi', sex: 'F', age: { value: 26, unit: 'years' }, village: 'Kheda', pregnantWeeks: null },
		complaint: '',
		why: [],
		signs: [],
		latest: {},
		missing: [],
		createdBy: { id: 'u-chw', name: 'Sunita', role: 'chw' },
		reviewer: null,
		clinician: null,
		needs: 'asha',
		waiting: ['asha'],
		open: true,
		carriers: ['u-chw'],
		commentCount: 0,
		vitalsCount: 0,
		referral: null,
		seq: 1,
		statusSince: '2026-11-22T10:00:00.000Z',
		createdAt: '2026-11-22T10:00:00.000Z',
		updatedAt: '2026-11-22T10:00:00.000Z',
		...over
	};
}
