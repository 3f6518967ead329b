import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeEach, expect, test } from 'vitest';
import { desk, type Loose } from './desk.ts';
import { receiver, sealed } from './receiver.ts';

/** The OpenAPI document of the control API. */
const here = desk();
const owner = receiver();
const documented = () => here.sim('GET', '/openapi.json');
const operations = async () =>
  Object.entries<Loose>((await documented()).paths).flatMap(([path, methods]) =>
    Object.entries<Loose>(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

beforeEach(() => {
  here.simulator.setCallbackUrl(owner.url);
  owner.react = () => sealed();
});

test('it is OpenAPI by a validator of others, of the version of the package', async () => {
  const document = await documented();
  const { valid, errors } = await new Validator().validate(document);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(document.info.version).toBe(JSON.parse(readFileSync('simulator/package.json', 'utf8')).version);
});

test('it describes every control call, and no other', async () => {
  const { calls } = await here.sim('GET', '');
  const places = (await operations()).map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`);
  expect(places.sort()).toEqual(calls.map((place: string) => place.replace(/\/$/, '')).sort());
  const ids = (await operations()).map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

/** What needs a card, a to-do or a connection to be there. */
const NEEDS_MORE = ['/_sim/click', '/_sim/tick', '/_sim/streams'];

test('its examples are taken, and without a member that is needed they are refused', async () => {
  const posts = (await operations()).filter(({ operation }) => operation.requestBody);
  expect(posts.length).toBeGreaterThan(12);
  for (const { method, path, operation } of posts) {
    const { schema, example } = operation.requestBody.content['application/json'];
    if (!NEEDS_MORE.includes(path))
      expect([path, (await here.call(method, path, example)).status]).toEqual([path, 200]);
    for (const name of schema.required) {
      const { [name]: _, ...rest } = example;
      const refused = await here.call(method, path, rest);
      expect([path, name, refused.status]).toEqual([path, name, 400]);
    }
  }
});

test('it says of each list that it is one', async () => {
  for (const { method, path, operation } of await operations()) {
    const told = operation.responses['200'].content['application/json'];
    if (method !== 'GET' || path.includes('{') || told === undefined) continue;
    const { body } = await here.call('GET', path);
    expect([path, Array.isArray(body)]).toEqual([path, told.schema.type === 'array']);
  }
});

test('its types are those that are asked for: another type of a setting is refused', async () => {
  const { properties } = (await documented()).paths['/_sim/settings'].post.requestBody.content['application/json']
    .schema;
  expect(properties.qps).toMatchObject({ type: 'number' });
  expect(properties.stream.properties.oneConnection).toEqual({ type: 'boolean' });
  expect((await here.call('POST', '/_sim/settings', { qps: '20' })).status).toBe(400);
});

test.each(['people', 'outsiders', 'groups', 'apps', 'robots'])('it has every member of %s', async (kind) => {
  const { schema, example } = (await documented()).paths[`/_sim/${kind}`].post.requestBody.content['application/json'];
  const { error } = (await here.call('POST', `/_sim/${kind}`, { ...example, nothing: 1 })).body;
  const [, known = ''] = /; known: (.*)$/.exec(error) ?? [];
  expect(Object.keys(schema.properties).sort()).toEqual(known.split(', ').sort());
});
