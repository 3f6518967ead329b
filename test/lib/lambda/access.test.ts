import * as v from 'valibot';
import { expect, test } from 'vitest';
import { httpHandler, withBody } from '../../../lib/lambda/http.ts';
import { httpEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';

type Key = { scopes?: string; destinations?: string; retryAfterS?: number };
const OPS: Key = { scopes: 'messages:send tasks:write', destinations: 'ops' };

/** An API of empty routes, called with a key. */
async function call(routeKey: string, key: Key, body: unknown = {}, name?: string) {
  const done = async () => ({ status: 200, body: { done: true } });
  const open = withBody(v.unknown(), async () => [], done);
  const handler = httpHandler(async () => ({}), memoryLog().log, {
    'POST /messages': open,
    'POST /tasks': open,
    'POST /files': open,
    'POST /secrets': open,
    'GET /tasks': done,
    'GET /tasks/{id}': done,
    'GET /messages': done,
    'PUT /destinations/{name}': open,
    'POST /destinations/{name}/test': done,
  });
  const event = httpEvent(routeKey, {
    body: JSON.stringify(body),
    ...(name !== undefined && { pathParameters: { name } }),
  });
  const requestContext = { ...event.requestContext, authorizer: { lambda: { caller: 'ci', ...key } } };
  const { statusCode, headers, body: text } = await handler({ ...event, requestContext });
  return { status: statusCode, headers, body: JSON.parse(text ?? 'null') };
}

test('a key with the scope passes', async () => {
  expect(await call('POST /messages', OPS, { to: 'ops' })).toMatchObject({ status: 200 });
  expect(await call('POST /destinations/{name}/test', OPS, {}, 'ops')).toMatchObject({ status: 200 });
});

test('without the scope it is told which one it lacks and which it has', async () => {
  const { status, headers, body } = await call('POST /files', OPS);
  expect(status).toBe(403);
  expect(headers?.['content-type']).toBe('application/problem+json');
  expect(body).toMatchObject({ code: 'scope_missing' });
  expect(body.remedy).toContain('files:share');
  expect(body.remedy).toContain('messages:send, tasks:write');
});

test.each(['to', 'notify'])(
  'a key for ops does not reach project, named alone or among others in `%s`',
  async (path) => {
    for (const names of ['project', ['ops', 'project']]) {
      const { status, body } = await call('POST /tasks', OPS, { [path]: names });
      expect([status, body.code]).toEqual([403, 'destination_not_allowed']);
      expect(body.remedy).toContain('not for project');
    }
  },
);

test('a key for ops neither changes nor tries another destination', async () => {
  const writer = { scopes: 'destinations:write messages:send', destinations: 'ops' };
  expect((await call('PUT /destinations/{name}', writer, {}, 'project')).body.code).toBe('destination_not_allowed');
  expect((await call('POST /destinations/{name}/test', writer, {}, 'project')).status).toBe(403);
  expect((await call('PUT /destinations/{name}', writer, {}, 'ops')).status).toBe(200);
});

test('a key for certain destinations reads records by their id, and no list of everything', async () => {
  const reader = { scopes: 'tasks:read', destinations: 'ops' };
  expect((await call('GET /tasks/{id}', reader)).status).toBe(200);
  expect((await call('GET /tasks', reader)).body.code).toBe('list_not_allowed');
  expect((await call('GET /tasks', { ...reader, destinations: '*' })).status).toBe(200);
});

test('no key opens a route that nobody thought of, and an empty one opens nothing', async () => {
  expect((await call('POST /secrets', { scopes: '*', destinations: '*' })).status).toBe(403);
  expect((await call('POST /messages', {}, { to: 'ops' })).status).toBe(403);
  expect((await call('POST /messages', { scopes: '*' }, { to: 'ops' })).status).toBe(403);
});

test('who asks too often hears 429 and when to come back', async () => {
  const { status, headers, body } = await call('POST /messages', { ...OPS, retryAfterS: 17 }, { to: 'ops' });
  expect([status, headers?.['retry-after'], body.code]).toEqual([429, '17', 'rate_exceeded']);
});
