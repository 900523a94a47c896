// Every case row this page has heard of, and the ordered lists over them. A frame changes one
// row in place; nothing here reads a list again, except start() and resync().

import { api, asProblem, type CasePage, type CaseRow, type Lock, type Problem, type View } from './api';
import { belongs, inOrder } from './triage';

export class Row {
	now = $state.raw<CaseRow>(null!);
	lock = $state.raw<Lock | null>(null);
	/** Comments by others since this person last looked. */
	unread = $state(0);
	constructor(row: CaseRow) {
		this.now = row;
	}
}

type Me = Parameters<typeof belongs>[2];

export class CaseBook {
	readonly rows = new Map<string, Row>();
	readonly #lists = new Set<CaseList>();
	/** The case on the screen: what is said there is read as it comes. */
	#openId: string | null = null;
	constructor(readonly me: Me) {}

	list(view: View, q = ''): CaseList {
		const list = new CaseList(this, view, q);
		this.#lists.add(list);
		return list;
	}

	forget(list: CaseList) {
		list.stop();
		this.#lists.delete(list);
	}

	/** Takes a row in. An older one than ours (a slow list answer after a fast frame) changes nothing. */
	hear(row: CaseRow) {
		if (this.#keep(row)) for (const list of this.#lists) list.heard();
	}

	hearAll(rows: CaseRow[]) {
		for (const row of rows) this.#keep(row);
		for (const list of this.#lists) list.heard();
	}

	/** This case is on the screen now; null when none is. */
	opened(id: string | null) {
		this.#openId = id;
		const row = id && this.rows.get(id);
		if (row) row.unread = 0;
	}

	commented(id: string, by: string) {
		const row = this.rows.get(id);
		if (row && by !== this.me.id && id !== this.#openId) row.unread++;
	}

	locked(id: string, lock: Lock | null) {
		const row = this.rows.get(id);
		if (row) row.lock = lock;
	}

	/** What a page of a list says beside its rows. */
	hearBeside(ids: string[], locks: Record<string, Lock>, unread: Record<string, number>) {
		for (const id of ids) {
			const row = this.rows.get(id)!;
			row.lock = locks[id] ?? null;
			row.unread = id === this.#openId ? 0 : (unread[id] ?? 0);
		}
	}

	/** After a resync: what we hold may have holes, so each list asks once. */
	async resync() {
		await Promise.all([...this.#lists].filter((l) => l.phase !== 'idle').map((l) => l.load()));
	}

	stop() {
		for (const list of this.#lists) list.stop();
	}

	#keep(row: CaseRow): boolean {
		const known = this.rows.get(row.id);
		if (!known) this.rows.set(row.id, new Row(row));
		else if (row.seq < known.now.seq) return false;
		else known.now = row;
		return true;
	}
}

/** A finger on the list holds its order for this long. */
export const STILL_MS = 3_000;
const BURST_MS = 40;
const PAGE = 100;

export class CaseList {
	/** The rows as shown, in the order shown. */
	ids = $state.raw<string[]>([]);
	/** Cases that belong here but wait behind the pill, until the list may move. */
	newcomers = $state(0);
	/** How many cases of the view are known here. */
	size = $state(0);
	/** Whether the box holds more than was read so far. */
	unread = $state(false);
	phase = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
	problem = $state.raw<Problem | null>(null);
	/** Narrows what is shown; the box's view stays the same. */
	only = $state.raw<((row: CaseRow) => boolean) | null>(null);

	#cursor: string | null = null;
	/** The last row of the last page read: what sorts after it is not ours to show yet. */
	#edge: CaseRow | null = null;
	#found: Set<string> | null = null;
	#shown = new Set<string>();
	#atTop = true;
	#touchedAt = -Infinity;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#burst: ReturnType<typeof setTimeout> | undefined;
	#busy = false;

	constructor(
		readonly book: CaseBook,
		readonly view: View,
		readonly q: string
	) {}

	/** Reads the first page. Returns the position it was read at, for the stream to start from. */
	async load(): Promise<{ epoch: string; head: number } | null> {
		if (this.phase !== 'ready') this.phase = 'loading';
		try {
			const page = await api.cases({ view: this.view, q: this.q || undefined, limit: PAGE });
			this.problem = null;
			this.#found = this.q ? new Set() : null;
			this.#take(page);
			this.phase = 'ready';
			this.settle();
			return { epoch: page.epoch, head: page.head };
		} catch (e) {
			this.problem = asProblem(e);
			if (this.phase !== 'ready') this.phase = 'failed';
			return null;
		}
	}

	/** The next page, when the end comes near. */
	async more() {
		if (!this.#cursor || this.#busy) return;
		this.#busy = true;
		try {
			this.#take(await api.cases({ view: this.view, q: this.q || undefined, limit: PAGE, cursor: this.#cursor }));
			// Rows below what is on the screen: nothing under a finger moves.
			const shown = new Set(this.ids);
			const members = this.#members();
			this.#show([...this.ids, ...members.filter((id) => !shown.has(id))]);
			this.#count(members);
		} catch {
			// the person scrolls on, and it is asked again
		} finally {
			this.#busy = false;
		}
	}

	touch() {
		this.#touchedAt = Date.now();
		this.#later();
	}

	scrolled(top: number) {
		this.#atTop = top < 8;
		this.touch();
	}

	narrow(only: ((row: CaseRow) => boolean) | null) {
		this.only = only;
		this.settle();
	}

	/** Some row changed. Order follows at once if the list is at rest, else when it comes to rest. */
	heard() {
		// A burst of frames is counted once, not once for each.
		if (this.phase !== 'ready' || this.#burst !== undefined) return;
		this.#burst = setTimeout(() => {
			this.#burst = undefined;
			if (this.#still()) return this.settle();
			this.#count(this.#members());
			this.#later();
		}, BURST_MS);
	}

	/** Takes the present order: on the pill, on a change of view, and by itself at rest. */
	settle() {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const members = this.#members();
		this.#show(members);
		this.#count(members);
	}

	stop() {
		clearTimeout(this.#timer);
		clearTimeout(this.#burst);
	}

	/** A row that no longer belongs stays until the list moves: it says where its case went. */
	left(row: CaseRow): boolean {
		return !this.#belongs(row);
	}

	#still() {
		return this.#atTop && Date.now() - this.#touchedAt >= STILL_MS;
	}

	#later() {
		const ms = STILL_MS - (Date.now() - this.#touchedAt);
		if (this.#timer !== undefined || !this.#atTop) return;
		this.#timer = setTimeout(
			() => {
				this.#timer = undefined;
				if (this.#still()) this.settle();
				else this.#later();
			},
			Math.max(ms, 0)
		);
	}

	#take(page: CasePage) {
		for (const row of page.cases) this.#found?.add(row.id);
		this.#cursor = page.nextCursor;
		this.#edge = page.nextCursor ? (page.cases.at(-1) ?? null) : null;
		this.book.hearAll(page.cases);
		this.book.hearBeside(
			page.cases.map((row) => row.id),
			page.locks ?? {},
			page.unread ?? {}
		);
		this.unread = page.nextCursor !== null;
	}

	#members(): string[] {
		const rows: CaseRow[] = [];
		for (const row of this.book.rows.values()) if (this.#belongs(row.now) && this.#reached(row.now)) rows.push(row.now);
		return rows.sort(inOrder).map((r) => r.id);
	}

	/** Whether the box would list it here, narrowed or not. */
	inView(row: CaseRow) {
		return this.#found ? this.#found.has(row.id) : belongs(row, this.view, this.book.me);
	}

	#belongs(row: CaseRow) {
		return this.inView(row) && (this.only === null || this.only(row));
	}

	#reached(row: CaseRow) {
		return !this.#edge || inOrder(row, this.#edge) <= 0;
	}

	#show(ids: string[]) {
		this.#shown = new Set(ids);
		this.ids = ids;
	}

	#count(members: string[]) {
		this.size = members.length;
		this.newcomers = members.reduce((n, id) => n + (this.#shown.has(id) ? 0 : 1), 0);
	}
}
