// Writes src/lib/schema.d.ts from the box's OpenAPI document as its tests keep it;
// src/lib/api.schema.ts then holds api.ts to it.

import { writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../../app/testdata/openapi.json', import.meta.url);
writeFileSync(new URL('../src/lib/schema.d.ts', import.meta.url), astToString(await openapiTS(source)));
