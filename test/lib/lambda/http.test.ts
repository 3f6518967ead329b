import * as v from 'valibot';
import { expect, test } from 'vitest';
import { input } from '../../../contract/faults.ts';
import { InvalidInput, ServiceError } from '../../../lib/base/errors.ts';
import { httpHandler } from '../../../lib/lambda/http.ts';
import { httpEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';

const Body = v.strictObject({ to: v.string(), count: v.optional(v.number()) });
const Query = v.strictObject({ state: v.optional(v.picklist(['open', 'closed'])) });
const routes = {
  'POST /things': { needs: 'none', reaches: {}, body: input(Body) },
  'GET /things': { needs: 'none', reaches: {}, query: input(Query) },
  'GET /unserved': { needs: 'none', reaches: {} },
} as const;
const fault = { path: 'to', code: 'unknown_destination', message: 'no destination is named "nowhere"' };

function setup(run: (body: unknown) => Promise<unknown> = async (body) => body) {
  const { log, lines } = memoryLog();
  const handler = httpHandler({
    ready: async () => ({}),
    log,
    routes,
    handlers: {
      'POST /things': {
        check: async (_, body) => (v.is(v.object({ to: v.literal('nowhere') }), body) ? [fault] : []),
        run: async (_, { body }) => ({ status: 201, body: await run(body) }),
      },
      'GET /things': async (_, { query }) => ({ status: 200, body: query }),
    },
  });
  const post = async (body: string, isBase64Encoded = false) => {
    const { statusCode, headers, body: answer } = await handler(httpEvent('POST /things', { body, isBase64Encoded }));
    return { status: statusCode, type: headers?.['content-type'], body: JSON.parse(answer ?? 'null') };
  };
  return { handler, post, lines };
}

test('names every fault of a body at once, those of the schema and those beyond it', async () => {
  const { status, type, body } = await setup().post('{"to":"nowhere","conut":1,"txet":1,"count":"2"}');
  expect(status).toBe(422);
  expect(type).toBe('application/problem+json');
  expect(body).toMatchObject({
    type: '/problems/invalid_request',
    title: 'Invalid request',
    code: 'invalid_request',
    status: 422,
    remedy: 'Correct the 4 entries of "errors" and send the request again.',
  });
  expect(body.errors).toEqual(
    expect.arrayContaining([
      { path: 'count', code: 'wrong_type', message: '"count" takes a number such as 1, not a text' },
      { path: 'conut', code: 'unknown_field', message: expect.stringContaining('did you mean "count"?') },
      { path: 'txet', code: 'unknown_field', message: expect.stringContaining('there are to, count') },
      fault,
    ]),
  );
  expect(body.errors).toHaveLength(4);
});

test('a query is read by the contract, and its faults say what would be right', async () => {
  const { handler } = setup();
  const get = async (queryStringParameters: Record<string, string>) => {
    const { statusCode, body } = await handler({ ...httpEvent('GET /things'), queryStringParameters });
    return { status: statusCode, body: JSON.parse(body ?? '') };
  };
  expect(await get({ state: 'open' })).toEqual({ status: 200, body: { state: 'open' } });
  expect(await get({ state: 'open', stat: 'x' })).toMatchObject({
    status: 400,
    body: { code: 'invalid_query', errors: [{ path: 'stat', code: 'unknown_field' }] },
  });
  const message = '"state" takes one of open, closed; did you mean "open"?';
  expect(await get({ state: 'opne' })).toEqual({
    status: 400,
    body: {
      type: '/problems/invalid_query',
      title: 'Invalid query',
      status: 400,
      code: 'invalid_query',
      remedy: `Correct it and send the request again: ${message}`,
      errors: [{ path: 'state', code: 'not_one_of', message }],
    },
  });
});

test.each(['GET /unserved', 'GET /unknown'])('%s is no route of this function', async (routeKey) => {
  const { statusCode, body } = await setup().handler(httpEvent(routeKey));
  expect([statusCode, JSON.parse(body ?? '').code]).toEqual([404, 'no_such_route']);
});

test.each(['', '{', '\u00ff'])('refuses %j as a body', async (text) => {
  expect(await setup().post(text)).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
});

test('reads a body that API Gateway sent as base64, Chinese intact', async () => {
  const { body } = await setup().post(Buffer.from('{"to":"运维群 🎉"}').toString('base64'), true);
  expect(body).toEqual({ to: '运维群 🎉' });
});

test('refuses bytes that are no UTF-8 instead of storing broken text', async () => {
  const broken = Buffer.concat([Buffer.from('{"to":"'), Buffer.from([0xd6, 0xd0]), Buffer.from('"}')]);
  expect(await setup().post(broken.toString('base64'), true)).toMatchObject({
    status: 400,
    body: { code: 'invalid_json' },
  });
});

test.each(['', ' ', 'a b', 'k'.repeat(256), 'schlüssel'])('refuses %j as an Idempotency-Key', async (key) => {
  const { handler } = setup();
  const event = httpEvent('POST /things', { body: '{"to":"ops"}', headers: { 'Idempotency-Key': key } });
  const { statusCode, body } = await handler(event);
  expect([statusCode, JSON.parse(body ?? '').code]).toEqual([400, 'invalid_idempotency_key']);
});

test('a failure that may pass is a 503 that says when to come back, and is logged once without its inside', async () => {
  const { post, lines } = setup(async () => {
    throw new ServiceError('outbox.put', { code: 'queue_down', retryable: true, cause: new Error('secret inside') });
  });
  expect(await post('{"to":"ops"}')).toMatchObject({ status: 503, body: { code: 'queue_down' } });
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain('secret inside');
});

test('a bug is a 500 that tells nothing', async () => {
  const { post } = setup(async () => {
    throw new TypeError('secret inside');
  });
  const answer = await post('{"to":"ops"}');
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  expect(JSON.stringify(answer)).not.toContain('secret inside');
});

test('an input that a use case refuses has the status of its code, and its faults', async () => {
  const { post } = setup(async () => {
    throw new InvalidInput('x', 'unknown_task', [fault]);
  });
  expect(await post('{"to":"ops"}')).toMatchObject({ status: 404, body: { code: 'unknown_task', errors: [fault] } });
});

test('shows people a failure in the form that they can read, and logs it all the same', async () => {
  const { log, lines } = memoryLog();
  const fail = async () => {
    throw new ServiceError('table.get', { code: 'timed_out', retryable: true });
  };
  const show = ({ status }: { status: number }, bytes: Buffer) => ({
    status,
    body: `<p>${bytes}`,
    headers: { 'content-type': 'text/html' },
  });
  const page = { 'POST /things': { needs: 'none', reaches: {} } } as const;
  const handler = httpHandler({ ready: async () => ({}), log, routes: page, handlers: { 'POST /things': fail }, show });
  expect(await handler(httpEvent('POST /things', { body: 'kept' }))).toEqual({
    statusCode: 503,
    headers: { 'content-type': 'text/html', 'retry-after': '2' },
    body: '<p>kept',
  });
  expect(lines).toHaveLength(1);
});
