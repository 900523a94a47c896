// A picture for each sign, found by what its code speaks of, so a new code of the pack has one too.

const families: [RegExp, string][] = [
	[/convuls|fit|seiz/, 's-fits'],
	[/bleed|blood|fluid|discharge/, 's-drop'],
	[/headache|neck|fontanelle/, 's-head'],
	[/vision|visual|eye/, 'eye'],
	[/chest_pain|heart/, 's-heart'],
	[/breath|chest|strid|cyan|grunt|wheez|cough/, 's-lungs'],
	[/feed|drink|breastfe/, 's-bottle'],
	[/vomit|diarr/, 's-vomit'],
	[/conscious|letharg|drows|confus|mental|stimulat|weak|faint|dizz|move/, 's-sleep'],
	[/swell|swollen|oedema|edema/, 's-swell'],
	[/bite|snake/, 's-bite'],
	[/fetal|labour|delivery|baby/, 's-baby'],
	[/abdom|epigast|belly|pain/, 's-belly'],
	[/fever|hot|cold|temp/, 's-fever'],
	[/rash|skin|jaundice|yellow|pallor|pustul|umbil|burn/, 's-skin'],
	[/trauma|injur|fracture|limb|wound/, 's-hurt']
];

export const pictureOf = (code: string): string => families.find(([speaksOf]) => speaksOf.test(code))?.[1] ?? 's-alert';
