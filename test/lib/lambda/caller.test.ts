import { expect, test } from 'vitest';
import type { Routes } from '../../../contract/route.ts';
import { accessOf } from '../../../lib/lambda/caller.ts';
import { httpHandler } from '../../../lib/lambda/http.ts';
import { httpEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';

const claims = { sub: 'billing', scope: 'messages:send messages:read', dingdock_destinations: '[ops notice]' };

test.each([
  ['a key', { lambda: { caller: 'ci', scopes: 'tasks:write', destinations: 'ops' } }, ['ci', ['tasks:write'], ['ops']]],
  ['a token', { jwt: { claims } }, ['billing', ['messages:send', 'messages:read'], ['ops', 'notice']]],
  ['a token of a machine', { jwt: { claims: { client_id: 'x', scope: '*' } } }, ['x', ['*'], ['*']]],
  ['a token without a scope', { jwt: { claims: { sub: 'x' } } }, ['x', [], ['*']]],
  ['a signed request', { iam: { userArn: 'arn:aws:iam::1:user/ci' } }, ['arn:aws:iam::1:user/ci', ['*'], ['*']]],
])('knows who calls by %s, and what that allows', (_, authorizer, [caller, scopes, destinations]) => {
  expect(accessOf(authorizer)).toEqual({ caller, scopes, destinations });
});

test('a token that lacks the scope of a route is refused as a key would be', async () => {
  const routes: Routes = { 'POST /tasks': { needs: 'tasks:write', reaches: {} } };
  const handler = httpHandler({
    ready: async () => ({}),
    log: memoryLog().log,
    routes,
    handlers: {
      'POST /tasks': async () => ({ status: 201 }),
    },
  });
  const event = httpEvent('POST /tasks');
  const { statusCode, body = '' } = await handler({
    ...event,
    requestContext: { ...event.requestContext, authorizer: { jwt: { claims } } },
  });
  expect([statusCode, JSON.parse(body).code]).toEqual([403, 'scope_missing']);
});
