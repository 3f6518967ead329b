import * as v from 'valibot';
import { expect, test } from 'vitest';
import { type Routes, texts } from '../../../contract/route.ts';
import { CALLER_ROUTES, ROUTES } from '../../../contract/routes.ts';
import { type Access, SCOPES } from '../../../lib/base/access.ts';
import { httpHandler } from '../../../lib/lambda/http.ts';
import { access } from '../../support/access.ts';
import { httpEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';

const OPS = { scopes: ['messages:send', 'tasks:write'], destinations: ['ops'] };
const ALL = { scopes: ['*'], destinations: ['*'], people: ['*'], apps: ['*'] };

const ANYTHING = texts(v.unknown());
/** The routes of the contract, without anything behind them: what is not refused is reached. */
const setup = (callers?: () => Promise<() => Promise<Access>>) =>
  httpHandler({
    ready: async () => ({}),
    ...(callers && { callers }),
    log: memoryLog().log,
    routes: Object.fromEntries(
      Object.entries(ROUTES).map(([key, route]) => [key, { ...route, ...(route.body && { body: ANYTHING }) }]),
    ),
    handlers: Object.fromEntries(
      Object.keys(ROUTES).map((key) => [key, async () => ({ status: 200, body: { done: true } })]),
    ),
  });

async function ask(handler: ReturnType<typeof setup>, routeKey: string, body: unknown, name?: string) {
  const event = httpEvent(routeKey, {
    body: JSON.stringify(body),
    ...(name !== undefined && { pathParameters: { name } }),
  });
  const { statusCode, headers, body: text } = await handler(event);
  return { status: statusCode, headers, body: JSON.parse(text ?? 'null') };
}

const call = (routeKey: string, key: Partial<Access>, body: unknown = {}, name?: string) =>
  ask(
    setup(async () => async () => access(key)),
    routeKey,
    body,
    name,
  );

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

test.each([
  ['POST /messages', 'to'],
  ['POST /tasks', 'notify'],
  ['POST /files', 'to'],
])('a key for ops does not reach project by %s, named alone or among others in `%s`', async (route, member) => {
  const key = { ...ALL, destinations: ['ops'] };
  for (const names of ['project', ['ops', 'project']]) {
    const { status, body } = await call(route, key, { [member]: names });
    expect([status, body.code]).toEqual([403, 'destination_not_allowed']);
    expect(body.remedy).toContain('not for project');
  }
  expect((await call(route, key, { [member]: 'ops' })).status).toBe(200);
});

test('a key for ops neither changes nor tries another destination', async () => {
  const writer = { ...ALL, scopes: ['destinations:write', 'messages:send'], destinations: ['ops'] };
  expect((await call('PUT /destinations/{name}', writer, {}, 'project')).body.code).toBe('destination_not_allowed');
  expect((await call('POST /destinations/{name}/test', writer, {}, 'project')).status).toBe(403);
  expect((await call('PUT /destinations/{name}', writer, {}, 'ops')).status).toBe(200);
});

test('a key for certain destinations reads records by their id, and no list of everything', async () => {
  const reader = { ...ALL, scopes: ['tasks:read'], destinations: ['ops'] };
  expect((await call('GET /tasks/{id}', reader)).status).toBe(200);
  expect((await call('GET /tasks', reader)).body.code).toBe('list_not_allowed');
  expect((await call('GET /tasks', { ...reader, destinations: ['*'] })).status).toBe(200);
});

test('no key opens a route that the contract does not have, and an empty one opens nothing', async () => {
  expect((await call('POST /secrets', ALL)).status).toBe(404);
  expect((await call('POST /messages', {}, { to: 'ops' })).status).toBe(403);
  expect((await call('POST /messages', { scopes: ['*'] }, { to: 'ops' })).status).toBe(403);
});

test('without a word of who calls, only what the contract lists as open answers', async () => {
  for (const [route, { needs }] of Object.entries(ROUTES)) {
    const { status, body } = await ask(setup(), route, {});
    expect([route, status, body.code]).toEqual([
      route,
      ...(needs === 'none' ? [200, undefined] : [401, 'key_missing']),
    ]);
  }
});

test('each route asks for its own scope, and no other one opens it', async () => {
  const routes: Routes = CALLER_ROUTES;
  for (const [route, { needs }] of Object.entries(routes)) {
    if (needs === 'none' || needs === 'key') continue;
    expect([route, (await call(route, { ...ALL, scopes: [needs] })).status]).toEqual([route, 200]);
    const others = SCOPES.filter((scope) => scope !== needs);
    expect([route, (await call(route, { ...ALL, scopes: others })).body.code]).toEqual([route, 'scope_missing']);
  }
});
