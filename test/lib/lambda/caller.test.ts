import { expect, test } from 'vitest';
import type { Routes } from '../../../contract/route.ts';
import { type Authorizer, signedCallers, type TokenRules, tokenCallers } from '../../../lib/lambda/caller.ts';
import { httpHandler } from '../../../lib/lambda/http.ts';
import { httpEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';

const RULES = { scopeClaim: 'scope', scopePrefix: '', destinationsRequired: false };
const claims = { sub: 'billing', scope: 'messages:send messages:read', dingdock_destinations: '[ops notice]' };
const ALL = ['*'];

const token = (given: Record<string, unknown>, rules: Partial<TokenRules> = {}) =>
  tokenCallers({ ...RULES, ...rules })({ authorization: 'Bearer x', authorizer: { jwt: { claims: given } } });

test.each([
  [claims, ['billing', ['messages:send', 'messages:read'], ['ops', 'notice'], [], ALL]],
  [{ client_id: 'x', scope: '*' }, ['x', ALL, ALL, ALL, ALL]],
  [{ sub: 'x' }, ['x', [], ALL, ALL, ALL]],
  [
    { sub: 'x', dingdock_destinations: '', dingdock_people: '[zhangsan]', dingdock_apps: 'second' },
    ['x', [], [], ['zhangsan'], ['second']],
  ],
])('a token with %j says who calls and what that reaches', async (given, expected) => {
  const { caller, scopes, destinations, people, apps } = await token(given);
  expect([caller, scopes, destinations, people, apps]).toEqual(expected);
});

test('scopes come from the claim and behind the prefix that the stage says; others are somebody else\u2019s', async () => {
  const scp = '[messages:send tasks:read]';
  expect((await token({ sub: 'x', scp, scope: 'files:read' }, { scopeClaim: 'scp' })).scopes).toEqual([
    'messages:send',
    'tasks:read',
  ]);
  const scope = 'https://dock/tasks:read https://other/tasks:write messages:send';
  expect((await token({ sub: 'x', scope }, { scopePrefix: 'https://dock/' })).scopes).toEqual(['tasks:read']);
});

test('where tokens have to name their destinations, one that names none reaches none', async () => {
  const rules = { destinationsRequired: true };
  expect(await token({ sub: 'x', scope: '*' }, rules)).toMatchObject({ destinations: [], people: [] });
  expect(await token({ ...claims, dingdock_destinations: '*' }, rules)).toMatchObject({ destinations: ALL });
});

test('who signs with IAM may do what the policy lets through', async () => {
  const userArn = 'arn:aws:iam::1:user/ci';
  const caller = await signedCallers({ authorization: undefined, authorizer: { iam: { userArn } } });
  expect(caller).toEqual({
    caller: userArn,
    owner: `iam:${userArn}`,
    scopes: ALL,
    destinations: ALL,
    people: ALL,
    apps: ALL,
  });
});

const NO_WORD: (Authorizer | undefined)[] = [undefined, {}, { jwt: {} }, { jwt: { claims: {} } }, { iam: {} }];
test.each(NO_WORD)('without the word of API Gateway nobody calls: %j', async (authorizer) => {
  const missing = { code: 'key_missing' };
  const proof = { authorization: 'Bearer forged', authorizer };
  await expect(tokenCallers(RULES)(proof)).rejects.toMatchObject(missing);
  await expect(signedCallers(proof)).rejects.toMatchObject(missing);
});

test('the word of another kind of authoriser counts for nothing', async () => {
  const iam = { authorization: undefined, authorizer: { iam: { userArn: 'arn:aws:iam::1:user/ci' } } };
  await expect(tokenCallers(RULES)(iam)).rejects.toMatchObject({ code: 'key_missing' });
  await expect(signedCallers({ authorization: 'x', authorizer: { jwt: { claims } } })).rejects.toMatchObject({
    code: 'key_missing',
  });
});

test('a token that lacks the scope of a route is refused as a key would be', async () => {
  const routes: Routes = { 'POST /tasks': { needs: 'tasks:write', reaches: {} } };
  const handler = httpHandler({
    ready: async () => ({}),
    callers: async () => tokenCallers(RULES),
    log: memoryLog().log,
    routes,
    handlers: { 'POST /tasks': async () => ({ status: 201 }) },
  });
  const event = httpEvent('POST /tasks');
  const requestContext = { ...event.requestContext, authorizer: { jwt: { claims } } };
  const { statusCode, body = '' } = await handler({ ...event, requestContext });
  expect([statusCode, JSON.parse(body).code]).toEqual([403, 'scope_missing']);
});
