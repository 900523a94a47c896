// Compile-time only: the names in the box's OpenAPI (schema.d.ts, written by `npm run types`)
// against the types the portals use. A field the box renames or drops fails svelte-check here.
// Names and not whole types: the document calls every enum a string and every list nullable.

import type {
	Alert,
	BoxCheck,
	BoxReport,
	BoxClock,
	Case,
	CasePage,
	CaseRow,
	Clinic,
	Device,
	Fired,
	FieldError,
	GivenCode,
	Lock,
	NewCase,
	NewPatient,
	Newcomer,
	OpenedCase,
	Prescription,
	Reading,
	Referral,
	Rules,
	Seen,
	Sos,
	TimelineEvent,
	User,
	Welcome,
	Why
} from './api';
import type { components } from './schema';

type Box = components['schemas'];
/** true, or the names of ours the box does not know. */
type Known<Ours, Boxes> = [Exclude<keyof Ours, keyof Boxes>] extends [never] ? true : Exclude<keyof Ours, keyof Boxes>;
type All<T extends true[]> = T;

export type Checked = All<
	[
		Known<CaseRow, Box['Row']>,
		Known<CaseRow['patient'], Box['RowPatient']>,
		Known<Why, Box['Why']>,
		Known<Case, Box['View']>,
		Known<Case['patient'], Box['Patient']>,
		Known<Case['triage'], Box['Triage']>,
		Known<Fired, Box['Fired']>,
		Known<Reading, Box['VitalsSet']>,
		Known<Prescription, Box['Prescription']>,
		Known<Referral, Box['Referral']>,
		Known<CasePage, Box['ListOutputBody']>,
		Known<OpenedCase, Box['View']>,
		Known<Lock, Box['Lock']>,
		Known<Seen, Box['Seen']>,
		Known<Alert, Box['AlarmData']>,
		Known<BoxClock, Box['ClockReport']>,
		Known<Sos, Box['SOSData']>,
		Known<TimelineEvent, Box['TimelineEntry']>,
		Known<User, Box['User']>,
		Known<Clinic, Box['ClinicOutputBody']>,
		Known<Device, Box['Device']>,
		Known<GivenCode, Box['GivenCode']>,
		Known<Welcome, Box['Welcome']>,
		Known<Newcomer, Box['CheckCodeOutputBody']>,
		Known<BoxReport, Box['Report']>,
		Known<BoxCheck, Box['Finding']>,
		Known<BoxCheck['hi'], Box['Advice']>,
		Known<Rules, Box['Pack']>,
		Known<NewCase, Box['NewCase']>,
		Known<NewPatient, Box['NewPatient']>,
		Known<FieldError, Box['FieldError']>
	]
>;
