import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { Input, Routes } from '../../contract/route.ts';
import { CALLER_ROUTES } from '../../contract/routes.ts';
import { inlined, type JsonSchema, valuesOf } from '../support/json-schema.ts';
import fc from '../support/property.ts';

// What openapi.json says of a body, by a validator of others, and what the route says: the same yes or no.

/** The part `access` of `npm run test:all` has them all. */
const RUNS = process.env.FUZZ ? 2_000 : 150;
const document = JSON.parse(readFileSync('openapi.json', 'utf8'));
const ajv = new Ajv2020({ strict: false });
ajv.addFormat('uri', (text) => URL.canParse(text));
ajv.addFormat('date-time', (text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)));
ajv.addSchema(document, 'openapi');

/** What a schema in JSON cannot say, and words about it do: the route alone refuses. */
const BEYOND = [
  ...['too_many_mentions', 'due_missing', 'change_missing', 'receiver_missing', 'conversation_missing'],
  'fallback_missing',
  ...['asker_missing', 'reject_missing', 'choice_twice'],
  'invalid_format', // times without a zone, sizes of `data`, names of files of which nothing could be shown
  'too_long', // bytes of an address; UTF-16 units where JSON Schema counts characters
  'too_short', // a person of spaces
];

/** A list where an object belongs is read as an object: the schema alone refuses. */
function withObjects(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  const entries = Object.entries(value);
  const remade = (name: string, other: unknown) =>
    Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other };
  const inside = entries.flatMap(([name, member]) => withObjects(member).map((other) => remade(name, other)));
  return [value, ...(Array.isArray(value) ? [Object.fromEntries(entries)] : []), ...inside];
}

/** Why the two may differ about this value; undefined when they do not, or must not. */
function differs(fits: ValidateFunction, input: Input, value: unknown): string | undefined {
  const read = input.read(value);
  const codes = Array.isArray(read) ? read.map(({ code }) => code) : undefined;
  if (fits(value) === (codes === undefined)) return undefined;
  if (codes !== undefined) return codes.every((code) => BEYOND.includes(code)) ? undefined : codes.join(', ');
  return withObjects(value).some((other) => fits(other)) ? undefined : JSON.stringify(fits.errors?.[0]);
}

const routes: Routes = CALLER_ROUTES;
const bodies = Object.entries(routes).flatMap(([key, { body }]) => (body ? [{ key, input: body }] : []));

test.each(bodies)(`$key: ${RUNS} bodies`, ({ key, input }) => {
  const [method = '', path = ''] = key.split(' ');
  const { schema } = document.paths[path][method.toLowerCase()].requestBody.content['application/json'];
  const fits = ajv.getSchema(`openapi${schema.$ref}`);
  if (!fits) throw new Error(`${schema.$ref} is not in openapi.json`);
  const shape: JsonSchema = inlined(schema, document.components.schemas);
  const tried = { yes: 0, no: 0 };
  fc.assert(
    fc.property(fc.oneof(valuesOf(shape, false), valuesOf(shape, true)), (drawn) => {
      const value: unknown = JSON.parse(JSON.stringify(drawn));
      tried[fits(value) ? 'yes' : 'no'] += 1;
      expect(differs(fits, input, value)).toBeUndefined();
    }),
    { numRuns: RUNS },
  );
  expect(Math.min(tried.yes, tried.no)).toBeGreaterThan(RUNS / 20);
});
