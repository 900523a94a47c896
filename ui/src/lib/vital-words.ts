// A vital as a person reads it.

import type { VitalValue } from './api';
import { number, t, word } from './i18n';

export const DECIMALS: Record<string, number> = { tempC: 1, weightKg: 1, hbGdl: 1 };

export function vitalText(field: string, value: VitalValue | undefined): string {
	if (value === undefined || value === null) return '–';
	if (typeof value === 'number') return number(value, DECIMALS[field] ?? 0);
	if (typeof value === 'boolean') return t(value ? 'do.yes' : 'do.no');
	if (typeof value === 'string') return field === 'avpu' ? word('avpu', value) : value;
	return 'unrecordable' in value ? t('vital.unrecordable') : t('vital.notDone');
}
