import * as v from 'valibot';
import { expect, test } from 'vitest';
import { InvalidInput, ServiceError } from '../../../lib/base/errors.ts';
import { httpHandler, withBody } from '../../../lib/lambda/http.ts';
import { httpEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';

const Body = v.strictObject({ to: v.string(), count: v.optional(v.number()) });
const fault = { path: 'to', code: 'unknown_destination', message: 'no destination is named "nowhere"' };

function setup(run: (body: unknown) => Promise<unknown> = async (body) => body) {
  const { log, lines } = memoryLog();
  const handler = httpHandler(async () => ({}), log, {
    'POST /things': withBody(
      Body,
      async (_, body) => (v.is(v.object({ to: v.literal('nowhere') }), body) ? [fault] : []),
      async (_, body) => ({ status: 201, body: await run(body) }),
    ),
  });
  const post = async (body: string, isBase64Encoded = false) => {
    const { statusCode, headers, body: answer } = await handler(httpEvent('POST /things', { body, isBase64Encoded }));
    return { status: statusCode, type: headers?.['content-type'], body: JSON.parse(answer ?? 'null') };
  };
  return { handler, post, lines };
}

test('names every fault of a body at once, those of the schema and those beyond it', async () => {
  const { status, type, body } = await setup().post('{"to":"nowhere","txet":1,"count":"2"}');
  expect(status).toBe(422);
  expect(type).toBe('application/problem+json');
  expect(body).toMatchObject({ code: 'invalid_request', status: 422, remedy: expect.any(String) });
  const faults: { path: string; code: string }[] = body.errors;
  expect(faults.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
    'count number',
    'to unknown_destination',
    'txet unknown_field',
  ]);
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

test('an input that a use case refuses keeps its status and faults', async () => {
  const { post } = setup(async () => {
    throw new InvalidInput('x', 'unknown_thing', [fault], 404);
  });
  expect(await post('{"to":"ops"}')).toMatchObject({ status: 404, body: { code: 'unknown_thing', errors: [fault] } });
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
  const handler = httpHandler(async () => ({}), log, { 'POST /things': fail }, show);
  expect(await handler(httpEvent('POST /things', { body: 'kept' }))).toEqual({
    statusCode: 503,
    headers: { 'content-type': 'text/html' },
    body: '<p>kept',
  });
  expect(lines).toHaveLength(1);
});
