import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { OpenAPIClientAxios } from 'openapi-client-axios';
import { beforeAll, describe, expect, test } from 'vitest';
import { inlined, type JsonSchema, valuesOf } from '../support/json-schema.ts';
import fc from '../support/property.ts';
import { stackClient } from '../support/stack-client.ts';

const { api, act, request, urls, busEvents, messagesIn } = await stackClient();

const KEY = { authorization: 'Bearer local' };

type Operation = {
  operationId: string;
  parameters?: { name: string; in: string }[];
  requestBody?: {
    content: {
      'application/json': { schema: JsonSchema; examples: Record<string, { value: Record<string, unknown> }> };
    };
  };
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>;
};
const document = JSON.parse(readFileSync('openapi.json', 'utf8'));
const ajv = new Ajv2020({ strict: false, validateFormats: false });
// what an answer has is described, all of it
const closed = structuredClone(document);
for (const schema of Object.values<JsonSchema>(closed.components.schemas))
  if (schema.properties) schema.additionalProperties ??= false;
ajv.addSchema(closed, 'openapi');

const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
);
const withBody = operations.flatMap(({ requestBody, ...operation }) =>
  requestBody ? [{ ...operation, ...requestBody.content['application/json'] }] : [],
);
const examples = withBody.flatMap(({ examples: all, ...operation }) =>
  Object.entries(all).map(([example, { value }]) => ({ ...operation, example, value })),
);

/** Records that the examples made, for the routes that look at them. */
const known: Record<string, string> = { name: 'described' };
const pathOf = (path: string, operationId = '') =>
  path.replace(
    /\{(\w+)\}/g,
    (_, name: string) =>
      known[`${operationId} ${name}`] ?? known[`${path.split('/')[1]} ${name}`] ?? known[name] ?? 'nothing',
  );

function expectDescribed({ responses }: Pick<Operation, 'responses'>, status: number, body: unknown) {
  const described = responses[String(status)];
  expect(described, `status ${status}: ${JSON.stringify(body)}`).toBeDefined();
  const ref = described?.content?.['application/json']?.schema.$ref;
  if (ref === undefined) return;
  const fits = ajv.getSchema(`openapi${ref}`)!;
  expect(fits(body), JSON.stringify(fits.errors)).toBe(true);
}

beforeAll(() => api('PUT', '/destinations/described', { kind: 'robot-group', openConversationId: 'cidProject=' }));

test('an incident, which comes by a source alone, is there for the routes that show it', async () => {
  const { body } = await api('PUT', '/sources/alarms', { kind: 'alertmanager', to: 'described', incidents: {} });
  const alert = { status: 'firing', labels: { alertname: 'HighCPU' }, startsAt: '2026-11-28T16:26:35Z' };
  const { pathname } = new URL(body.address);
  await request('POST', `${urls.api}${pathname}`, { status: 'firing', groupKey: '{}', alerts: [alert] });
  const first = async () => (await api('GET', '/incidents')).body.incidents[0]?.id;
  await expect.poll(first).toMatch(/^i_/);
  known['incidents id'] = await first();
});

test('what somebody writes to the robot is an event for the route that answers it', async () => {
  await act('/say', { from: 'lisi', text: '在吗', conversation: 'cidProject=' });
  const heard = () => busEvents().find(({ detail }) => detail.type === 'robot.message')?.detail.links.reply;
  await expect.poll(heard).toMatch(/^\/events\//);
  known['replyToEvent id'] = heard().split('/')[2];
});

test.each(examples)('the example "$example" of $operationId is taken, and answered as described', async (one) => {
  const { status, body } = await api(one.method, pathOf(one.path, one.operationId), one.value);
  expect(status).toBeLessThan(300);
  expectDescribed(one, status, body);
  if (one.method === 'POST') known[`${one.path.split('/')[1]} id`] = body.id;
  // of what was sent, a card alone can change
  if (one.operationId === 'sendMessage' && 'card' in one.value) known['changeMessage id'] = body.id;
  if (one.operationId === 'requestUpload') known['shares id'] = body.id;
});

test.each(operations.filter(({ requestBody, method }) => !requestBody && method === 'GET'))(
  '$method $path answers as described',
  async (one) => {
    const { status, body } = await api(one.method, pathOf(one.path));
    if (one.operationId !== 'openFile') expect(status).toBe(200);
    expectDescribed(one, status, body);
    const missing = await api(one.method, one.path.replace(/\{\w+\}/g, 'nothing'));
    expectDescribed(one, missing.status, missing.body);
  },
);

test('a body that is no object is refused, whatever it is, and data come back as they went in', async () => {
  for (const body of ['false', '0', 'null', '""', '"x"', '[]', 'true', '{']) {
    expect((await api('POST', '/files', body)).status, body).toBeGreaterThanOrEqual(400);
    expect((await api('POST', '/files', body)).status, body).toBeLessThan(500);
  }
  const data = { tiny: -5e-324, huge: 1e300, '': null, deep: [[{ a: '👋' }]] };
  const { status, body } = await api('POST', '/tasks', { title: 'data', assignees: ['wangwu'], data });
  expect(status).toBe(201);
  expect((await api('GET', body.links.self)).body.data).toEqual(data);
  expect((await api('PATCH', body.links.self, { title: 'data kept' })).status).toBe(200);
  expect((await api('GET', body.links.self)).body).toMatchObject({ title: 'data kept', data });
});

test('an app that the secret does not have is told before a message fails by it', async () => {
  const group = { kind: 'robot-group', openConversationId: 'cidProject=', app: 'other' };
  const faults = { status: 422, errors: [{ path: 'app', code: 'unknown_app' }] };
  expect((await api('PUT', '/destinations/described', group)).body).toMatchObject(faults);
  const task = { title: 'x', assignees: ['lisi'], app: 'other' };
  expect((await api('POST', '/tasks', task)).body).toMatchObject(faults);
});

test('the description is served to whoever asks', async () => {
  expect((await request('GET', `${urls.api}/openapi.json`)).body).toEqual(document);
});

test('the page for people is served to whoever asks, in a browser that may load nothing else', async () => {
  const { status, headers, text } = await request('GET', `${urls.api}/docs`);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  for (const { operationId } of operations) expect(text).toContain(`id="${operationId}"`);
});

test('a client made from the description sends a message', async () => {
  const client = await new OpenAPIClientAxios({ definition: document, withServer: { url: urls.api } }).init();
  const call = client.sendMessage;
  const sent = await call?.({ Prefer: 'wait=20' }, { to: 'zhangsan', text: 'by a client' }, { headers: KEY });
  expect([200, 202]).toContain(sent?.status); // 202 where it took longer than 20 s
  await expect
    .poll(async () => (await client.getMessage?.({ id: sent?.data.id }, null, { headers: KEY }))?.data.status)
    .toBe('sent');
  expect((await messagesIn('zhangsan')).at(-1)).toMatchObject({ text: 'by a client' });
});

const NAMES: Record<string, object> = {
  to: { to: 'described' },
  notify: { notify: 'described' },
  assignees: { assignees: ['wangwu'] },
  creator: { creator: 'lisi' },
  participants: { participants: ['zhangsan'] },
  step: { step: { userId: 'lisi', state: 'accepted' } },
  add: { add: ['wangwu'] },
};

/** Of each route. */
const RUNS = process.env.FUZZ ? 200 : 25;

describe('whatever is sent, no route breaks', () => {
  test.each(withBody)('$operationId', async ({ operationId, method, path, schema, responses, examples: own }) => {
    let taken = 0;
    if (operationId === 'changeTask')
      known['tasks id'] = (await api('POST', '/tasks', { title: 'changed', assignees: ['lisi'] })).body.id; // the other is closed
    // of names that chance makes nobody is called; with these a request can be right
    const shape = inlined(schema, document.components.schemas);
    const members = [shape, ...(shape.oneOf ?? [])].flatMap(({ properties = {} }) => Object.keys(properties));
    const named = [...new Set(members)].flatMap((name) => NAMES[name] ?? []);
    const right = valuesOf(shape, false).map((value) => Object.assign({}, value, ...named));
    await fc.assert(
      fc.asyncProperty(fc.oneof(right, valuesOf(shape, true)), async (value) => {
        const { status, body } = await api(method, pathOf(path.replace('{name}', 'fuzzed'), operationId), value);
        expect(status, JSON.stringify(value)).toBeLessThan(500);
        if (status < 300) taken += 1;
        else expect(body).toMatchObject({ status, code: expect.any(String), remedy: expect.any(String) });
        expectDescribed({ responses }, status, body);
      }),
      {
        // a task is a to-do and a message each time
        numRuns: operationId === 'dispatchTask' ? 15 : RUNS,
        // one that is right comes first: a change that chance makes may close the task, and then none is
        examples: Object.values(own)
          .slice(0, 1)
          .map(({ value }): [unknown] => [Object.assign({}, value, ...named)]),
      },
    );
    expect(taken, 'requests that were right').toBeGreaterThan(0);
  });

  test('ids, cursors and queries of any kind are answered, and never with a fault of ours', async () => {
    const gets = operations.filter(({ method }) => method !== 'PUT' && method !== 'PATCH');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...gets), fc.string({ unit: 'grapheme', minLength: 1 }), async (one, junk) => {
        if (one.requestBody) return;
        const id = encodeURIComponent(junk).replaceAll('.', '%2E');
        const query = (one.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => `${name}=${id}`);
        const { status, body } = await api(one.method, `${one.path.replace(/\{\w+\}/g, id)}?${query.join('&')}`);
        expect(status, `${one.operationId} ${junk} ${JSON.stringify(body)}`).toBeLessThan(500);
      }),
      { numRuns: 3 * RUNS },
    );
  });
});
