// The one place that calls fetch. Types are the box's JSON (api.schema.ts checks their names
// against its OpenAPI); a failed call throws a Problem.

import { hearDate } from './box-time';

export type Role = 'chw' | 'asha' | 'clinician' | 'admin';
export type Language = 'hi' | 'en';
export type Urgency = 'RED' | 'YELLOW_URGENT' | 'YELLOW' | 'INCOMPLETE' | 'GREEN';
export type Status = 'PENDING' | 'UNDER_REVIEW' | 'FORWARDED_TO_CLINICIAN' | 'APPROVED' | 'REJECTED' | 'COMPLETED' | 'CLOSED';
export type View = 'mine' | 'waiting' | 'open' | 'all';
export type Sex = 'F' | 'M' | 'O' | 'U';
export type Age = { value: number; unit: 'days' | 'months' | 'years' };
export type Person = { id: string; name: string; role: Role };
export type User = Person & {
	username: string;
	language: Language;
	supervisor: { id: string; name: string } | null;
	phone: string | null;
	active: boolean;
	createdAt: string;
};
export type Clinic = {
	name: string;
	demo: boolean;
	version: string;
	languages: Language[];
	needsSetup: boolean;
	accounts?: Account[];
	/** null on a browser that is no tablet of the clinic. */
	tablet: { name: string; locked: boolean; people: Regular[] } | null;
};
export type Regular = Account & { byPin: boolean };
export type Account = { username: string; name: string; role: Role };

export type Device = {
	id: string;
	name: string;
	locked: boolean;
	revoked: boolean;
	createdAt: string;
	lastSeen: string;
	people: { id: string; name: string }[];
};
/** Black squares of a QR code, as one path in a field of size × size. */
export type Square = { size: number; path: string };
export type Way = { url: string; qr: Square };
/** How a tablet comes to the box. */
export type Welcome = {
	clinic: string;
	name: string;
	boxId: string;
	fingerprint: string;
	guide: Way[];
	wifi: WiFi | null;
	joinWifi: Square;
	boxes: { interface: string; mac: string; addresses: string[] }[];
};
export type WiFi = { ssid: string; password: string };
export type GivenCode = { code: string; for: User; enrols: boolean; expiresAt: string; join: Way; welcome: Welcome | null };
/** A code as typed, or as scanned with where it came from. */
export type UsedCode = { code: string; box?: string; fingerprint?: string };
export type Newcomer = Account & { needsPin: boolean; known: boolean };

export type CheckState = 'fail' | 'warn' | 'unknown' | 'ok';
/** What one check of the box found, in the box's own words. */
export type BoxCheck = {
	check: string;
	outcome: string;
	state: CheckState;
} & Record<Language, { title: string; sentence: string; hint?: string }>;
export type BoxReport = { at: string; checks: BoxCheck[] | null };

/** A number, or why there is none. */
export type VitalValue = number | string | boolean | { unrecordable: true } | { notDone: string };
export type Vitals = Record<string, VitalValue>;
/** A finding a rule rested on: a vital, a sign or a score. `cmp` is gte, lte or lt; absent for a sign. */
export type Input = { field: string; value?: string; cmp?: string; threshold?: number };
export type Fired = { rule: string; urgency: Urgency; inputs: Input[]; source?: string };
/** What fired, as short as a row needs it. */
export type Why = { rule: string; urgency: Urgency; field?: string; value?: string; cmp?: string };

export type CaseRow = {
	id: string;
	number: string;
	status: Status;
	urgency: Urgency;
	patient: { name: string; sex: Sex; age: Age | null; village?: string | null; pregnantWeeks?: number | null };
	complaint: string;
	why: Why[];
	signs: string[] | null;
	latest: Vitals;
	missing: string[];
	createdBy: Person;
	reviewer: Person | null;
	clinician: Person | null;
	needs: Role | '';
	waiting: Role[];
	open: boolean;
	carriers: string[];
	commentCount: number;
	vitalsCount: number;
	referral: { status: string } | null;
	seq: number;
	statusSince: string;
	createdAt: string;
	updatedAt: string;
};

export type Reading = {
	id: string;
	seq: number;
	at: string;
	by: Person;
	vitals: Vitals;
	signs?: string[] | null;
	confirmed?: string[];
};
export type Note = { id: string; seq: number; at: string; by: Person; text: string };
export type Prescription = {
	generic: string;
	strength: string;
	form: string;
	dose: { value: number; unit: string };
	route: string;
	frequency: string;
	durationDays: number;
	quantity?: number;
	instructions?: string;
	indication?: string;
};
/** A line as the box keeps it; a flagged one is not given out until a clinician settles it. */
export type PrescribedLine = Prescription & { id: string; status: string; flags?: string[]; by?: Person };
export type Referral = {
	reason: string;
	level?: string;
	destination?: string;
	urgency?: string;
	transport?: string;
	escort?: string;
	phone?: string;
	preTreatment?: string;
	notes?: string;
};
export type Case = Omit<CaseRow, 'patient' | 'referral' | 'commentCount' | 'vitalsCount'> & {
	patient: Omit<CaseRow['patient'], 'pregnantWeeks'> & {
		id: string;
		number?: string;
		guardianName?: string;
		guardianRelation?: string;
		phone?: string;
		consent: { given: true | 'emergency' };
		pregnancy: { weeks: number } | null;
		postpartumDays: number | null;
		allergies: string[];
	};
	/** Newest first. */
	vitals: Reading[];
	/** Oldest first. */
	comments: Note[];
	triage: {
		urgency: Urgency;
		fired: Fired[];
		missing: string[];
		pack: string;
		score: { name: string; total: number; complete: boolean } | null;
		ageUncertain: boolean;
	};
	plan?: string;
	outcome?: string;
	diagnosis?: string;
	prescriptions: PrescribedLine[];
	referral: (Referral & { status: string; issuedAt?: string }) | null;
	coReviewers: Person[];
	allowed: string[];
};

/** Whose hands a case is in for the moment. Advice to people: reading, writing and measuring stay open to all. */
export type Lock = {
	holder: Person;
	/** Grows with each holder; a step that carries an old one is refused. */
	fence: number;
	since: string;
	expiresAt: string;
	asked: { by: Person; until: string } | null;
};
/** Who has looked at a case, and up to which event. */
export type Seen = { by: Person; seq: number };
/** The answers that carry a whole case. `lock` and `seenBy` only where the case is read. */
export type OpenedCase = Case & { lock?: Lock | null; seenBy?: Seen[] | null };
export type LockVerb = 'take' | 'ask' | 'give' | 'keep' | 'take_over';

export type Sos = {
	id: string;
	senderId: string;
	senderName: string;
	senderRole: Role;
	location: string;
	phone: string | null;
	message: string;
	timestamp: string;
};
/** Without caseId and row it is the nameless form, for those who may not see the case. */
export type Alert = {
	id: string;
	kind: 'red' | 'sos';
	caseId?: string;
	level: number;
	message: string;
	timestamp: string;
	row?: CaseRow;
	sos?: Sos;
};

/** News that is true for the moment and in no log. */
export type Moment =
	| { type: 'presence'; data: { all?: boolean; on: Person[]; off: string[] } }
	| { type: 'viewing' | 'typing'; data: { caseId: string; people: Person[] } }
	| { type: 'lock'; data: { caseId: string; lock: Lock | null; by: Person } }
	| { type: 'seen'; data: { caseId: string } & Seen };
/** What a page tells the box besides commands. */
export type Announcement = { type: 'viewing' | 'typing'; caseId: string | null } | { type: 'clock'; now: string };
/** The box's time: who vouches for it, and what tablets say if that is something else. */
export type BoxClock = {
	now: string;
	state: 'unset' | 'admin' | 'tablets' | 'ntp' | 'rtc';
	computer: string;
	believed: boolean;
	setTo?: string;
	suggested: { now: string; tablets: number } | null;
};
export type TimelineEvent = {
	seq: number;
	type: string;
	step?: string;
	actor: Person;
	at: string;
	data?: Record<string, unknown>;
};

export type Rules = {
	pack: string;
	signedOff: boolean;
	signs: { code: string; bands?: string[] | null; pregnant?: boolean; danger: boolean }[];
	bands: string[];
	engines: { code: string; bands: string[]; pregnant?: boolean | null; required: string[]; green: boolean }[];
	vitals: {
		field: string;
		unit: string;
		hard: [number, number];
		decimals: number;
		soft?: { bands?: string[] | null; min: number; max: number }[] | null;
	}[];
};

export type NewPatient = {
	name: string;
	sex: Sex;
	age: Age;
	guardianName?: string;
	village?: string;
	phone?: string;
	consent: true | 'emergency';
	pregnancy?: { weeks: number };
	postpartumDays?: number;
	allergies: string[];
};
export type NewCase = { patient: NewPatient; complaint?: string; signs?: string[]; vitals?: Vitals; confirmed?: string[] };

/** `locks` and `unread` (comments by others since one's own last look) are by case id, for the rows that have any. */
export type CasePage = {
	cases: CaseRow[];
	nextCursor: string | null;
	epoch: string;
	head: number;
	locks?: Record<string, Lock>;
	unread?: Record<string, number>;
};
export type LoggedFrame = { seq: number; prev: number; type: string; data: FrameData };
/** What a case frame says: the seed's four fields on caseStatusUpdate, and the row as it now stands. */
export type FrameData = {
	caseId?: string;
	id?: string;
	status?: Status;
	updatedBy?: string;
	updatedByName?: string;
	timestamp?: string;
	step?: string;
	row?: CaseRow;
	author?: Person;
	by?: Person;
} & Partial<Omit<Alert, 'id' | 'caseId' | 'row' | 'timestamp'>>;
export type EventsAnswer = {
	epoch: string;
	head: number;
	events: (LoggedFrame | Moment | { type: 'resync'; epoch: string; head: number })[];
};

export type FieldError = { field: string; code: string; message?: string; min?: number; max?: number };

/** What went wrong, in a form a screen can act on. `code` is the box's, or `unreachable` when no answer came. */
export class Problem extends Error {
	constructor(
		readonly code: string,
		readonly status: number,
		readonly errors: FieldError[] = [],
		readonly conflict: { current?: unknown; allowed?: string[]; by?: { name?: string } | null; lock?: Lock | null } = {},
		readonly retryAfterSeconds = 0
	) {
		super(code);
	}
}

export const asProblem = (e: unknown): Problem => (e instanceof Problem ? e : new Problem('broken', 0));

/** No answer of the box, or one cut short, or another's: a captive portal's page. What was sent may have arrived. */
export const unanswered = ({ code, status }: Problem) => code === 'unreachable' || code === 'broken' || status >= 500;
/** The same command may fare better in a while. */
export const passes = (p: Problem) => unanswered(p) || p.status === 429;

let signedOut = () => {};
/** Called once by the shell: any 401 outside sign-in means the session is over. */
export function onSignedOut(hear: () => void) {
	signedOut = hear;
}

/** keepalive: it is sent even if the page closes meanwhile. */
type Call = { method?: string; body?: unknown; key?: string; timeoutMs?: number; signal?: AbortSignal; keepalive?: boolean };

// 15 s: a Pi hashing two passwords at once needs two; beyond this a person thinks the tablet is broken.
async function call<T>(path: string, options: Call = {}): Promise<T> {
	const { method = 'GET', body, key, timeoutMs = 15_000, signal, keepalive } = options;
	const headers: Record<string, string> = { Accept: 'application/json' };
	if (body !== undefined) headers['Content-Type'] = 'application/json';
	if (key) headers['Idempotency-Key'] = key;
	const deadline = AbortSignal.timeout(timeoutMs);
	let answer: Response;
	let text: string;
	try {
		answer = await fetch(path, {
			method,
			headers,
			body: body === undefined ? undefined : JSON.stringify(body),
			credentials: 'same-origin',
			cache: 'no-store',
			keepalive,
			signal: signal ? AbortSignal.any([signal, deadline]) : deadline
		});
		hearDate(answer.headers.get('Date'));
		text = await answer.text();
	} catch {
		throw new Problem('unreachable', 0);
	}
	let json: unknown;
	try {
		json = text ? JSON.parse(text) : undefined;
	} catch {
		throw new Problem('broken', answer.status);
	}
	if (answer.ok) return json as T;
	const p = (json ?? {}) as {
		code?: string;
		errors?: FieldError[];
		current?: unknown;
		allowed?: string[];
		by?: { name?: string } | null;
		lock?: Lock | null;
	};
	if (answer.status === 401 && path !== '/api/auth/login') signedOut();
	throw new Problem(p.code ?? 'broken', answer.status, p.errors ?? [], p, Number(answer.headers.get('Retry-After') ?? 0));
}

/** A UUIDv7: 48 bits of time, then random. One per command; a retry of the same command reuses it. */
export function newCommandId(now = Date.now()): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) & 0xff;
	bytes[6] = (bytes[6]! & 0x0f) | 0x70;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const query = (values: Record<string, string | number | undefined>) => {
	const q = new URLSearchParams();
	for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== '') q.set(name, String(value));
	return q.toString();
};

const caseOf = async (answer: Promise<{ case: Case } | Case>): Promise<Case> => {
	const got = await answer;
	return 'case' in got ? got.case : got;
};

export const api = {
	clinic: () => call<Clinic>('/api/clinic'),
	setup: (body: { code: string; clinicName: string; name: string; username: string; password: string; language: Language }) =>
		call<{ user: User }>('/api/setup', { method: 'POST', body }).then((r) => r.user),
	login: (username: string, password: string) =>
		call<{ user: User }>('/api/auth/login', { method: 'POST', body: { username, password } }).then((r) => r.user),
	loginByPin: (username: string, pin: string, signature: string) =>
		call<{ user: User }>('/api/auth/login', { method: 'POST', body: { username, pin, signature } }).then((r) => r.user),
	challenge: () => call<{ nonce: string }>('/api/auth/challenge', { method: 'POST' }).then((r) => r.nonce),
	logout: () => call<void>('/api/auth/logout', { method: 'POST' }),
	me: () => call<{ user: User }>('/api/auth/me').then((r) => r.user),
	password: (current: string, next: string) => call<void>('/api/auth/password', { method: 'POST', body: { current, next } }),

	users: () => call<{ users: User[] }>('/api/users').then((r) => r.users),
	addUser: (body: Record<string, unknown>, key: string) =>
		call<{ user: User }>('/api/users', { method: 'POST', body, key }).then((r) => r.user),
	changeUser: (id: string, body: Record<string, unknown>, key: string) =>
		call<{ user: User }>(`/api/users/${id}`, { method: 'PATCH', body, key }).then((r) => r.user),

	team: () => call<{ users: User[] }>('/api/team').then((r) => r.users),
	giveCode: (userId: string) => call<GivenCode>('/api/codes', { method: 'POST', body: { userId } }),
	checkCode: (body: UsedCode) => call<Newcomer>('/api/codes/check', { method: 'POST', body }),
	enrol: (body: UsedCode & { name?: string; pin?: string; key: string }) =>
		call<{ user: User; device: Device }>('/api/devices', { method: 'POST', body }),
	devices: () => call<{ devices: Device[] }>('/api/devices').then((r) => r.devices),
	changeDevice: (id: string, body: { name?: string; revoked?: true; locked?: false }, key: string) =>
		call<{ device: Device }>(`/api/devices/${id}`, { method: 'PATCH', body, key }).then((r) => r.device),
	welcome: () => call<Welcome>('/api/admin/welcome'),
	setWifi: (body: WiFi) => call<void>('/api/admin/wifi', { method: 'PUT', body }),
	/** The checks of `aarogya doctor`; the box ends them after ten seconds. */
	boxReport: () => call<BoxReport>('/api/admin/doctor', { timeoutMs: 20_000 }),
	clock: () => call<BoxClock>('/api/admin/clock'),
	setClock: (now: string) => call<BoxClock>('/api/admin/clock', { method: 'PUT', body: { now } }),

	rules: () => call<Rules>('/api/rules'),
	cases: (q: { view: View; q?: string; limit?: number; cursor?: string }) => call<CasePage>('/api/cases?' + query(q)),
	case: (id: string): Promise<OpenedCase> => caseOf(call(`/api/cases/${id}`)),
	timeline: (id: string, cursor?: string) =>
		call<{ events: TimelineEvent[]; nextCursor: string | null }>(`/api/cases/${id}/timeline?` + query({ cursor })),
	create: (body: NewCase, key: string) => caseOf(call('/api/cases', { method: 'POST', body, key })),
	step: (body: Record<string, unknown>, key: string) => caseOf(call('/api/cases/update-status', { method: 'PATCH', body, key })),
	clinicianReview: (id: string, body: Record<string, unknown>, key: string) =>
		caseOf(call(`/api/cases/${id}/clinician-review`, { method: 'PUT', body, key })),
	changePatient: (id: string, body: Record<string, { from: unknown; to: unknown }>, key: string) =>
		caseOf(call(`/api/cases/${id}/patient`, { method: 'PATCH', body, key })),
	addVitals: (id: string, body: { vitals: Vitals; confirmed?: string[] }, key: string) =>
		caseOf(call(`/api/cases/${id}/vitals`, { method: 'POST', body, key })),
	comment: (id: string, text: string, key: string) =>
		caseOf(call(`/api/cases/${id}/comments`, { method: 'POST', body: { text }, key })),
	/** This person has the case on the screen as it stands at `seq`. */
	seen: (id: string, seq: number) => call<void>(`/api/cases/${id}/seen`, { method: 'POST', body: { seq } }),
	lock: (id: string, what: LockVerb) =>
		call<{ lock: Lock | null }>(`/api/cases/${id}/lock`, { method: 'PUT', body: { do: what } }).then((r) => r.lock),
	unlock: (id: string, keepalive = false) =>
		call<{ lock: Lock | null }>(`/api/cases/${id}/lock`, { method: 'DELETE', keepalive }).then((r) => r.lock),

	alerts: () => call<{ alerts: Alert[] | null }>('/api/alerts').then((r) => r.alerts ?? []),
	ackAlert: (id: string) => call<{ alert: Alert }>(`/api/alerts/${id}/ack`, { method: 'POST' }),
	sos: (body: { location: string; message?: string }, key: string) =>
		call<{ sos: Sos }>('/api/sos', { method: 'POST', body, key }).then((r) => r.sos),

	/** The log after a position. The box holds an empty answer back for up to `wait` seconds. */
	events: (epoch: string, after: number, wait: number, signal?: AbortSignal) =>
		call<EventsAnswer>('/api/events?' + query({ epoch, after, wait }), { timeoutMs: (wait + 10) * 1000, signal }),
	/** The log's present position, without any frame. */
	position: (signal?: AbortSignal) => call<EventsAnswer>('/api/events', { signal }),
	/** What a socket would say, from a page that has none; answered with what is true for the moment. */
	tell: (frames: Announcement[]) =>
		call<{ frames: Moment[] | null }>('/api/events', { method: 'POST', body: { frames } }).then((r) => r.frames ?? [])
};
