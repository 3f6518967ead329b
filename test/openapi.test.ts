import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openapiDocument } from '../contract/openapi.ts';

const checkedIn = JSON.parse(readFileSync('openapi.json', 'utf8'));

test('openapi.json is what the schemas say; `npm run openapi` writes it anew', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(checkedIn).toEqual(JSON.parse(JSON.stringify(openapiDocument(version))));
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
  const tag = (name: string) => ({ tag: `!${name}`, resolve: (value: string) => ({ [name]: value }) });
  const { functions } = parse(readFileSync('serverless.yml', 'utf8'), {
    customTags: [tag('Ref'), tag('GetAtt'), tag('Sub')],
  });
  const routes = Object.values<{ events?: { httpApi?: { method: string; path: string } }[] }>(functions)
    .flatMap(({ events = [] }) => events)
    .flatMap(({ httpApi }) => (httpApi ? [`${httpApi.method} ${httpApi.path}`] : []));
  const forOthers = /\/(dingtalk|t)\//; // DingTalk's doors, and the page for people
  const described = Object.entries<object>(checkedIn.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(routes.filter((route) => !forOthers.test(route)).sort());
});
