// Writes src/lib/schema.d.ts from the box's OpenAPI: a file ui/openapi.json if there is one, else
// a running box (BOX=http://127.0.0.1:8080). src/lib/api.schema.ts then holds api.ts to it.

import { existsSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const file = new URL('../openapi.json', import.meta.url);
const source = existsSync(file) ? file : new URL('/openapi.json', process.env.BOX ?? 'http://127.0.0.1:8080');
writeFileSync(new URL('../src/lib/schema.d.ts', import.meta.url), astToString(await openapiTS(source)));
console.log(`src/lib/schema.d.ts written from ${source.href}`);
