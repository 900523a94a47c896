// Devanagari for a tablet that has none of its own. Known only from here on, so the first words
// are painted before 104 KB are asked for, and asked for only where the tablet lacks the letters.

import regular from '@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-400-normal.woff2?url';
import bold from '@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-700-normal.woff2?url';

const unicodeRange = 'U+0900-097F, U+1CD0-1CFA, U+200C-200D, U+20A8, U+20B9, U+25CC, U+A830-A839, U+A8E0-A8FF';
for (const [weight, url] of [
	['400', regular],
	['700', bold]
] as const)
	document.fonts.add(new FontFace('Noto Sans Devanagari', `url(${url})`, { weight, display: 'swap', unicodeRange }));
