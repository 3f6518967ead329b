import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { openapiDocument } from '../contract/openapi.ts';
import { OPERATIONS } from '../contract/operations.ts';
import { apiTypes } from '../contract/reference/client-code.ts';
import { apiMarkdown } from '../contract/reference/markdown.ts';
import { referenceOf } from '../contract/reference/reference.ts';
import type { Routes } from '../contract/route.ts';
import { CALLER_ROUTES, ROUTES } from '../contract/routes.ts';

type Shape = {
  $ref?: string;
  name?: string;
  description?: string;
  properties?: Record<string, Shape>;
  items?: Shape;
  additionalProperties?: Shape;
  examples?: unknown[];
};

const checkedIn = JSON.parse(readFileSync('openapi.json', 'utf8'));

test('openapi.json is what the schemas say; `npm run openapi` writes it anew', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(checkedIn).toEqual(JSON.parse(JSON.stringify(openapiDocument(version))));
});

test("the client's types are what openapi.json says", () => {
  const made = apiTypes(checkedIn);
  const words = (text: string) => text.match(/[A-Za-z_$]+/g);
  // biome lays it out
  expect(words(readFileSync('client/api.ts', 'utf8'))).toEqual(words(made));
});

test('docs/api.md is what openapi.json says, for people', () => {
  expect(readFileSync('docs/api.md', 'utf8')).toBe(apiMarkdown(referenceOf(checkedIn)));
});

test('openapi.json is OpenAPI by a validator of others', async () => {
  const { valid, errors } = await new Validator().validate(checkedIn);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  const broken = structuredClone(checkedIn);
  broken.paths['/messages'].post.responses['202'] = {};
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test('it describes every route that callers have, and no other', () => {
  const described = Object.entries<object>(checkedIn.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(Object.keys(CALLER_ROUTES).sort());
  const forOthers = Object.keys(ROUTES).filter((route) => !described.includes(route));
  expect(forOthers.filter((route) => !/ \/((dingtalk|t|a|i|in|robot)\/|sign-in)/.test(route))).toEqual([]); // DingTalk's and senders' doors, pages for people
});

const schemas = Object.entries<Shape>(checkedIn.components.schemas);
const properties = schemas.flatMap(([name, { properties: members = {} }]) =>
  Object.entries(members).map(([member, shape]) => ({
    at: `${name}/properties/${member}`,
    shape,
    named: namedIn(shape),
  })),
);

/** The schema that a property is, or that its items are. */
function namedIn({ $ref, items, additionalProperties }: Shape): string | undefined {
  return ($ref ?? items?.$ref ?? additionalProperties?.$ref)?.split('/').at(-1);
}

test('every schema, property and parameter has words', () => {
  const operations = Object.values<Record<string, { parameters?: Shape[] }>>(checkedIn.paths).flatMap(Object.values);
  const parameters: Shape[] = operations.flatMap((operation) => operation.parameters ?? []);
  expect(schemas.filter(([, { description }]) => !description)).toEqual([]);
  expect(parameters.filter(({ description }) => !description)).toEqual([]);
  // a content that must not be there is told once for all
  const told = properties.filter(({ named }) => named !== 'NotWithThisContent');
  expect(told.filter(({ shape }) => !shape.description)).toEqual([]);
  expect(told.length).toBeGreaterThan(250);
});

test('what is no named object has an example, and it fits', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(checkedIn, 'openapi');
  const bare = properties.filter(({ named }) => named === undefined);
  expect(bare.filter(({ shape }) => shape.examples?.length !== 1)).toEqual([]);
  const unfit = properties.filter(({ at, shape: { examples = [] } }) => {
    const fits = ajv.getSchema(`openapi#/components/schemas/${at}`);
    return !examples.every((example) => fits?.(example));
  });
  expect(unfit).toEqual([]);
});

test('the examples of bodies are bodies that the routes read', () => {
  const routes: Routes = CALLER_ROUTES;
  const examples = Object.entries(OPERATIONS).flatMap(([key, operation]) =>
    Object.entries('examples' in operation ? operation.examples : {}).map(([name, body]) => ({ key, name, body })),
  );
  expect(examples.length).toBeGreaterThan(15);
  for (const { key, name, body } of examples)
    expect([key, name, routes[key]?.body?.read(body)]).toEqual([key, name, { value: expect.anything() }]);
});
