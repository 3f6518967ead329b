import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClaimTable } from '../../../lib/aws/claim-table.ts';
import { createDestinationTable } from '../../../lib/aws/destination-table.ts';
import { createLimitTable } from '../../../lib/aws/limit-table.ts';
import { createMessageTable } from '../../../lib/aws/message-table.ts';
import { createSeal } from '../../../lib/seal.ts';
import { message } from '../../support/messages.ts';
import { startTables } from '../../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables('messages', 'limits', 'claims', 'destinations');
});
afterAll(() => tables.close());

test('of twenty workers that claim the same event at once, one has it', async () => {
  const claims = createClaimTable(tables.client, 'claims', () => 1000);
  const answers = await Promise.all(Array.from({ length: 20 }, () => claims.claim('event')));
  expect(answers.filter((answer) => answer === 'claimed')).toHaveLength(1);
  expect(new Set(answers)).toEqual(new Set(['claimed', 'busy']));
  await claims.finish('event');
  expect(await claims.claim('event')).toBe('done');
});

test('a claim whose holder died is taken over when it runs out, a finished one never', async () => {
  let now = 1_000_000;
  const claims = createClaimTable(tables.client, 'claims', () => now);
  await claims.claim('left behind');
  now += 59_000;
  expect(await claims.claim('left behind')).toBe('busy');
  now += 2_000;
  expect(await claims.claim('left behind')).toBe('claimed');
  await claims.finish('left behind');
  now += 1_000_000;
  expect(await claims.claim('left behind')).toBe('done');
});

test('forty workers at once get no more slots than the pace allows', async () => {
  const limiter = createLimitTable(tables.client, 'limits', () => 1_000_000);
  const pace = { messages: 5, perMs: 60_000 };
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => limiter.take('robot', pace)));
  const granted = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.granted);
  expect(granted).toHaveLength(5);
  expect(await limiter.take('robot', pace)).toEqual({ granted: false, retryAt: 1_060_000 });
});

test('a block holds everybody back until it ends, and a shorter one does not shorten it', async () => {
  let now = 1_000_000;
  const limiter = createLimitTable(tables.client, 'limits', () => now);
  await limiter.block('blocked', 1_600_000);
  await limiter.block('blocked', 1_100_000);
  expect(await limiter.take('blocked', undefined)).toEqual({ granted: false, retryAt: 1_600_000 });
  now = 1_600_000;
  expect(await limiter.take('blocked', { messages: 1, perMs: 1000 })).toEqual({ granted: true });
});

test('a message is kept once, and a finished delivery never changes again', async () => {
  const messages = createMessageTable(tables.client, 'messages');
  const item = { messageId: 'm_1', destination: 'ops' };
  expect(await messages.create(message({ id: 'm_1' }))).toBe(true);
  expect(await messages.create(message({ id: 'm_1', caller: 'other' }))).toBe(false);
  await messages.start(item, false);
  const attempt = { at: '2026-01-01T00:00:00.000Z', outcome: 'sent' as const };
  await messages.record(item, { status: 'sent', attempt, receipt: 'key' });
  await messages.record(item, { status: 'failed' });
  await expect(messages.start(item, false)).rejects.toThrow('condition');
  expect((await messages.get('m_1'))?.deliveries.ops).toEqual({ status: 'sent', attempts: [attempt], receipt: 'key' });
});

test('a destination is kept sealed: no token and no secret stands in the table', async () => {
  const seal = createSeal('sealing key of the test', 'destinations');
  const destinations = createDestinationTable(tables.client, 'destinations', seal, Date.now);
  const robot = { kind: 'custom-robot' as const, accessToken: 'canary-token', secret: 'SECcanary' };
  await destinations.put('ops', robot);
  expect(await destinations.get('ops')).toEqual(robot);
  const { Items } = await tables.client.send(new ScanCommand({ TableName: 'destinations' }));
  expect(Items).toHaveLength(1);
  expect(JSON.stringify(Items)).not.toContain('canary');
  await destinations.remove('ops');
  expect(await destinations.get('ops')).toBeUndefined();
});
