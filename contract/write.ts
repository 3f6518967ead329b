// `npm run openapi`: writes openapi.json, docs/api.md and the client's types anew from the schemas.
import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { openapiDocument } from './openapi.ts';
import { apiTypes } from './reference/client-code.ts';
import { apiMarkdown } from './reference/markdown.ts';
import { referenceOf } from './reference/reference.ts';

const { version } = v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync('package.json', 'utf8')));
const document = `${JSON.stringify(openapiDocument(version), null, 2)}\n`;
writeFileSync('openapi.json', document);
writeFileSync('docs/api.md', apiMarkdown(referenceOf(JSON.parse(document))));
writeFileSync('client/api.ts', apiTypes(JSON.parse(document)));
