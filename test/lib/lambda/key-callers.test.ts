import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyStore, newKey } from '../../../lib/aws/tables/key-store.ts';
import { type ApiKey, createKeyTable } from '../../../lib/aws/tables/key-table.ts';
import { httpHandler } from '../../../lib/lambda/http.ts';
import { keyCallers } from '../../../lib/lambda/key-callers.ts';
import { httpEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { startTables } from '../../support/tables.ts';

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };
const START = Date.parse('2026-01-01T00:00:30.000Z');
let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables('keys');
});
afterAll(() => tables.close());

/** A key in the table, and a function container that is asked about it at a time of the test's choosing. */
async function setup(over: Partial<ApiKey> = {}) {
  const clock = { at: START };
  const { key, keyId, id } = newKey();
  const store = keyStore(tables.client, 'keys');
  const createdAt = new Date(START).toISOString();
  const given = { scopes: ['messages:send' as const], destinations: ['ops'], people: ['lisi'], apps: ['*'] };
  await store.put({ id, keyId, name: 'ci', owner: 'builds', ...given, createdAt, ...over });
  const now = () => clock.at;
  const callers = keyCallers({ keys: createKeyTable(tables.client, 'keys', now), now });
  const ask = (authorization: string | undefined = `Bearer ${key}`) =>
    callers({ authorization, authorizer: undefined });
  return {
    ask,
    callers,
    key,
    store,
    keyId,
    clock,
    stored: async () => (await store.list()).find((each) => each.id === id),
  };
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test('a key says who calls and what it reaches, by Bearer, and by the password of Basic', async () => {
  const { ask, key } = await setup();
  const ci = {
    caller: 'ci',
    owner: 'key:builds',
    scopes: ['messages:send'],
    destinations: ['ops'],
    people: ['lisi'],
    apps: ['*'],
  };
  expect(await ask()).toEqual(ci);
  for (const header of [
    `bearer ${key}`,
    basic(`grafana:${key}`),
    basic(`:${key}`),
    `basic ${basic(`x:${key}`).slice(6)} `,
  ]) {
    expect(await ask(header)).toEqual(ci);
  }
});

test('what is wrong with a key is told by a code of its own, with a challenge', async () => {
  const { ask, store, keyId, clock } = await setup({ expiresAt: new Date(START + 1_000).toISOString() });
  const told = async (header?: string) =>
    ask(header).then(
      () => undefined,
      (error) => [error.code, Object.keys(error.headers)],
    );
  const challenged = ['www-authenticate'];
  for (const header of ['', '  ']) expect(await told(header)).toEqual(['key_missing', challenged]);
  for (const header of [
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Digest x',
    'dd_1234',
    basic('no colon'),
    basic('user:'),
    'Basic %%',
  ])
    expect([header, await told(header)]).toEqual([header, ['key_malformed', challenged]]);
  expect(await told('Bearer nobody')).toEqual(['key_unknown', challenged]);
  expect(await told()).toBeUndefined();
  clock.at += 1_000;
  expect(await told()).toEqual(['key_expired', challenged]);
  await store.revoke(keyId, new Date(clock.at).toISOString());
  clock.at += 5_000;
  expect(await told()).toEqual(['key_revoked', challenged]);
});

test('the answer is a problem document with status 401 and the challenge', async () => {
  const { callers } = await setup();
  const handler = httpHandler({
    ready: async () => ({}),
    callers: async () => callers,
    log: memoryLog().log,
    routes: { 'GET /things': { needs: 'tasks:read', reaches: {} } },
    handlers: { 'GET /things': async () => ({ status: 200 }) },
  });
  const { statusCode, headers, body } = await handler(
    httpEvent('GET /things', { headers: { Authorization: 'Bearer x' } }),
  );
  expect([statusCode, headers?.['content-type'], JSON.parse(body ?? '').code]).toEqual([
    401,
    'application/problem+json',
    'key_unknown',
  ]);
  expect(headers?.['www-authenticate']).toContain('Bearer realm="dingdock", error="invalid_token"');
});

test('the table holds nothing that opens the door', async () => {
  const { ask, stored } = await setup();
  const item = await stored();
  await ask();
  for (const value of Object.values(item ?? {})) await expect(ask(`Bearer ${value}`)).rejects.toThrow('key_');
});

test('a key that nobody made is looked up once in five seconds', async () => {
  const reads: string[] = [];
  const client = new DynamoDBClient({ endpoint: tables.url, region: 'us-east-1', credentials: LOCAL });
  client.middlewareStack.add((next, { commandName }) => (args) => {
    reads.push(String(commandName));
    return next(args);
  });
  const clock = { at: START };
  const table = createKeyTable(client, 'keys', () => clock.at);
  for (let tries = 0; tries < 5; tries += 1) expect(await table.find('nobody')).toBeUndefined();
  expect(reads).toEqual(['GetItemCommand']);
  clock.at += 5_001;
  await table.find('nobody');
  expect(reads).toHaveLength(2);
  client.destroy();
});

test('a revoked key is nobody within five seconds, whatever a running function remembers', async () => {
  const { ask, store, keyId, clock } = await setup();
  await ask();
  expect(await store.revoke(keyId, new Date(clock.at).toISOString())).toHaveLength(1);
  clock.at += 5_000;
  await expect(ask()).rejects.toThrow('key_revoked');
});

test('a key is told when it asks too often, and when it may ask again', async () => {
  const { ask, clock } = await setup({ rate: 3 });
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => ask()));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  await expect(ask()).rejects.toMatchObject({ code: 'rate_exceeded', headers: { 'retry-after': '30' } });
  clock.at += 30_000;
  await ask();
});

test('a budget is of a month in Beijing: whoever has used it up is told so, and when the next one begins', async () => {
  const { ask, clock, stored } = await setup({ budget: 5 });
  const { spend } = await ask();
  if (!spend) throw new Error('a key with a budget spends');
  await spend(3);
  await expect(spend(3)).rejects.toMatchObject({
    code: 'budget_used_up',
    remedy: expect.stringContaining('has made 3 of its 5 calls to DingTalk of this month, and this takes up to 3'),
    headers: { 'retry-after': String((Date.parse('2026-01-31T16:00:00Z') - START) / 1000) },
  });
  await spend(-1);
  const together = await Promise.allSettled(Array.from({ length: 5 }, () => spend(1)));
  expect(together.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(await stored()).toMatchObject({ month: '2026-01', monthUsed: 5 });
  clock.at = Date.parse('2026-01-31T16:00:00Z');
  await expect(spend(6)).rejects.toMatchObject({ remedy: expect.stringContaining('has made 0 of its 5') });
  await expect(spend(-2)).rejects.toBeDefined();
  await spend(5);
  expect(await stored()).toMatchObject({ month: '2026-02', monthUsed: 5 });
  expect((await (await setup()).ask()).spend).toBeUndefined();
});

test('when a key was used is noted once in ten minutes', async () => {
  const { ask, clock, stored } = await setup();
  await ask();
  clock.at += 9 * 60_000;
  await ask();
  expect((await stored())?.lastUsedAt).toBe(new Date(START).toISOString());
  clock.at += 60_000;
  await ask();
  expect((await stored())?.lastUsedAt).toBe(new Date(clock.at).toISOString());
});
