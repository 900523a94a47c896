// Which rows of a long list are in the page. Rows have one height, so this is arithmetic.

export const ROW_PX = 98;
/** Rows kept ready above and below, so a flick shows no gap. */
const SPARE = 6;
/** However tall the screen: the DOM never holds more. */
export const MAX_ROWS = 40;

export type Range = { first: number; end: number; before: number; after: number };

export function visibleRange(scrollTop: number, viewportPx: number, count: number): Range {
	const rows = Math.min(MAX_ROWS, Math.ceil(viewportPx / ROW_PX) + 1 + 2 * SPARE);
	const top = Math.max(0, Math.floor(scrollTop / ROW_PX) - SPARE);
	const first = Math.max(0, Math.min(top, count - rows));
	const end = Math.min(count, first + rows);
	return { first, end, before: first * ROW_PX, after: (count - end) * ROW_PX };
}
