import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyStore, newKey } from '../../lib/aws/tables/key-store.ts';
import { type ApiKey, createKeyTable } from '../../lib/aws/tables/key-table.ts';
import { authorize } from '../../lib/lambda/authorize.ts';
import { startTables } from '../support/tables.ts';

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
  await store.put({ id, keyId, name: 'ci', scopes: ['messages:send'], destinations: ['ops'], createdAt, ...over });
  const now = () => clock.at;
  const deps = { keys: createKeyTable(tables.client, 'keys', now), now };
  const ask = (header = `Bearer ${key}`) => authorize(deps, header);
  return { ask, store, keyId, clock, stored: async () => (await store.list()).find((each) => each.id === id) };
}

test('a key says who calls and what it may do', async () => {
  const { ask } = await setup();
  expect(await ask()).toEqual({ caller: 'ci', scopes: ['messages:send'], destinations: ['ops'] });
});

test.each(['Bearer nobody', 'Bearer ', 'Basic dTpw', '', 'Bearer a b'])('%j is nobody', async (header) => {
  const { ask } = await setup();
  expect(await ask(header)).toBeUndefined();
});

test('the table holds nothing that opens the door', async () => {
  const { ask, stored } = await setup();
  const item = await stored();
  expect(await ask()).toBeDefined();
  for (const value of Object.values(item ?? {})) expect(await ask(`Bearer ${value}`)).toBeUndefined();
});

test('a revoked key is nobody within a minute, whatever a running function remembers', async () => {
  const { ask, store, keyId, clock } = await setup();
  expect(await ask()).toBeDefined();
  expect(await store.revoke(keyId, new Date(clock.at).toISOString())).toHaveLength(1);
  clock.at += 59_000;
  expect(await ask()).toBeUndefined();
});

test('a key ends when it expires, even while it is remembered', async () => {
  const { ask, clock } = await setup({ expiresAt: new Date(START + 1_000).toISOString() });
  expect(await ask()).toBeDefined();
  clock.at += 1_000;
  expect(await ask()).toBeUndefined();
});

test('a key is told when it asks too often, and when it may ask again', async () => {
  const { ask, clock } = await setup({ rate: 3 });
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask()));
  expect(answers.filter((answer) => answer?.retryAfterS === undefined)).toHaveLength(3);
  expect(await ask()).toMatchObject({ retryAfterS: 30 });
  clock.at += 30_000;
  expect((await ask())?.retryAfterS).toBeUndefined();
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
