// `npm run openapi`: writes openapi.json anew from the schemas.
import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { openapiDocument } from './openapi.ts';

const { version } = v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync('package.json', 'utf8')));
writeFileSync('openapi.json', `${JSON.stringify(openapiDocument(version), null, 2)}\n`);
