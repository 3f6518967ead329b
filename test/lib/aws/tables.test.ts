import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConversationTable } from '../../../lib/aws/tables/conversation-table.ts';
import { createDeathTable } from '../../../lib/aws/tables/death-table.ts';
import { createDestinationTable } from '../../../lib/aws/tables/destination-table.ts';
import { createClaimTable } from '../../../lib/aws/tables/events/claim-table.ts';
import { KEEPING } from '../../../lib/aws/tables/keeping.ts';
import { createLimitTable } from '../../../lib/aws/tables/limit-table.ts';
import { createMessageTable } from '../../../lib/aws/tables/message-table.ts';
import { createMeterTable } from '../../../lib/aws/tables/meter-table.ts';
import { createSeal } from '../../../lib/base/seal.ts';
import { usageOf } from '../../../lib/messages/limits/usage.ts';
import { listDestinations } from '../../../lib/messages/manage-destinations.ts';
import { messageIdAt } from '../../../lib/messages/message.ts';
import { message } from '../../support/messages.ts';
import { startDestinationTable, startMessageTable, startTables } from '../../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables('limits', 'claims', 'conversations');
  await startDestinationTable(tables.client, 'destinations');
  for (const name of ['messages', 'watched', 'accepted']) await startMessageTable(tables.client, name);
});
afterAll(() => tables.close());

test('of twenty workers that claim the same event at once, one has it', async () => {
  const claims = createClaimTable(tables.client, 'claims', () => 1000);
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => claims.claim('event', `worker ${n}`)));
  expect(answers.filter((answer) => answer === 'claimed')).toHaveLength(1);
  expect(new Set(answers)).toEqual(new Set(['claimed', 'busy']));
  await claims.finish('event');
  expect(await claims.claim('event', 'another')).toBe('done');
});

test('a start of work that is noted twice counts once, and can be taken back', async () => {
  const deaths = createDeathTable(tables.client, 'limits', () => 1_000);
  expect(await deaths.begun('record', '4')).toEqual(['4']);
  expect(await deaths.begun('record', '4')).toEqual(['4']);
  expect((await deaths.begun('record', '5')).sort()).toEqual(['4', '5']);
  await deaths.spared('record', '5');
  await deaths.spared('never begun', '5');
  expect((await deaths.begun('record', '6')).sort()).toEqual(['4', '6']);
  await deaths.ended('record');
  expect(await deaths.begun('record', '7')).toEqual(['7']);
});

test('a claim whose holder died is taken over when it runs out, a finished one never', async () => {
  let now = 1_000_000;
  const claims = createClaimTable(tables.client, 'claims', () => now);
  await claims.claim('left behind', `worker at ${now}`);
  now += 59_000;
  expect(await claims.claim('left behind', `worker at ${now}`)).toBe('busy');
  now += 2_000;
  expect(await claims.claim('left behind', `worker at ${now}`)).toBe('claimed');
  await claims.finish('left behind');
  now += 1_000_000;
  expect(await claims.claim('left behind', `worker at ${now}`)).toBe('done');
});

test('forty workers at once get no more slots than the pace allows', async () => {
  const limiter = createLimitTable(tables.client, 'limits', () => 1_000_000, Math.random);
  const pace = { messages: 5, perMs: 60_000 };
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => limiter.take([{ target: 'robot', pace }])));
  const granted = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.granted);
  expect(granted).toHaveLength(5);
  expect(await limiter.take([{ target: 'robot', pace }])).toEqual({ granted: false, retryAt: 1_060_000 });
});

test('a block holds everybody back until it ends, and a shorter one does not shorten it', async () => {
  let now = 1_000_000;
  const limiter = createLimitTable(tables.client, 'limits', () => now, Math.random);
  await limiter.block('blocked', 1_600_000);
  await limiter.block('blocked', 1_100_000);
  expect(await limiter.take([{ target: 'blocked' }])).toEqual({ granted: false, retryAt: 1_600_000 });
  now = 1_600_000;
  expect(
    await limiter.take([{ target: 'blocked' }, { target: 'free', pace: { messages: 1, perMs: 1000 } }]),
  ).toMatchObject({ granted: true });
});

test('a message is kept once, and a finished delivery never changes again', async () => {
  const messages = createMessageTable(tables.client, 'messages');
  const item = { messageId: 'm_1', destination: 'ops' };
  expect(await messages.create(message({ id: 'm_1' }))).toBe(true);
  expect(await messages.create(message({ id: 'm_1', caller: 'other' }))).toBe(false);
  expect(await messages.start(item, {})).toBe(true);
  const attempt = { at: '2026-01-01T00:00:00.000Z', outcome: 'sent' as const };
  await messages.record(item, { status: 'sent', attempts: [attempt], receipts: ['key'] });
  await messages.record(item, { status: 'failed' });
  expect(await messages.start(item, {})).toBe(false);
  expect((await messages.get('m_1'))?.deliveries.ops).toMatchObject({
    status: 'sent',
    attempts: [attempt],
    receipts: ['key'],
  });
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
  // who remembers it hears of a change elsewhere when it asks
  expect(await destinations.changed?.('ops', robot)).toBe(false);
  await createDestinationTable(tables.client, 'destinations', seal, Date.now).put('ops', {
    ...robot,
    secret: 'SECnew',
  });
  expect([await destinations.changed?.('ops', robot), await destinations.get('ops')]).toMatchObject([
    true,
    { secret: 'SECnew' },
  ]);
  expect(await destinations.changed?.('ops', robot)).toBe(true); // what it was sent by counts, not what is remembered
  expect(await destinations.changed?.('@app:zhangsan', robot)).toBe(false);
  await destinations.remove('ops');
  expect(await destinations.get('ops')).toBeUndefined();
});

test('destinations are listed by name, page by page, with the titles of groups and nothing that is sealed', async () => {
  const seal = createSeal('sealing key of the test', 'destinations');
  const destinations = createDestinationTable(tables.client, 'destinations', seal, Date.now);
  const conversations = createConversationTable(tables.client, 'conversations');
  const news = { app: 'default', at: '2026-01-01T00:00:00.000Z', joined: [], left: [], disbanded: false };
  await conversations.learn({ ...news, openConversationId: 'cid1=', title: '项目群' });
  const group = { kind: 'robot-group' as const, openConversationId: 'cid1=' };
  await destinations.put('twin', { ...group, app: 'default' });
  await destinations.put('group', group);
  await destinations.put('strange', { ...group, openConversationId: 'cid2=' });
  await destinations.put('alerts', { kind: 'custom-robot', accessToken: 'canary-token', secret: 'SECcanary' });
  const deps = { destinations, conversations, defaultApp: 'default' };
  const first = await listDestinations(deps, { limit: 3 });
  expect(first.items).toEqual([
    { name: 'alerts', kind: 'custom-robot' },
    { name: 'group', kind: 'robot-group', title: '项目群' },
    { name: 'strange', kind: 'robot-group' },
  ]);
  const { items, cursor } = await listDestinations(deps, { cursor: first.cursor, limit: 3 });
  expect([items, cursor]).toEqual([[{ name: 'twin', kind: 'robot-group', title: '项目群' }], undefined]);
  await expect(listDestinations(deps, { cursor: 'e30' })).rejects.toThrow('invalid_cursor');
});

test('a call that ended late counts from then', async () => {
  let now = 1_000_000;
  const limiter = createLimitTable(tables.client, 'limits', () => now, Math.random);
  const limited = [{ target: 'slow', pace: { messages: 1, perMs: 60_000 } }];
  const granted = await limiter.take(limited);
  if (!granted.granted) throw new Error('the first slot is free');
  now += 9_000;
  await limiter.late(granted.slots[0]!, now);
  expect(await limiter.take(limited)).toEqual({ granted: false, retryAt: 1_069_000 });
});

test('slots for what follows come along as far as they are free and used in time, and go back unused', async () => {
  const limiter = createLimitTable(tables.client, 'limits', () => 1_000_000, Math.random);
  const limited = [{ target: 'egress' }, { target: 'batch', pace: { messages: 5, perMs: 60_000 } }];
  const spareOf = async (more: number, tookMs: number) => {
    const granted = await limiter.take(limited, 'normal', { more, tookMs });
    return granted.granted ? granted.spare : granted;
  };
  expect(await spareOf(9, 250)).toHaveLength(2);
  expect(await spareOf(9, 1_000)).toEqual([]);
  const [slot] = await limiter
    .take(limited, 'normal', { more: 3, tookMs: 1 })
    .then((granted) => (granted.granted ? granted.slots : []));
  expect(slot).toEqual({ target: 'batch', at: 1_000_000, punctualMs: 500 });
  expect(await spareOf(9, 1)).toEqual({ granted: false, retryAt: 1_060_000 });
  await limiter.giveBack([slot!, slot!]);
  expect(await spareOf(9, 1)).toHaveLength(1);
});

test('a slot that was reserved ahead and is given back at once lets nobody in before its time', async () => {
  let now = 1_000_000;
  const limiter = createLimitTable(tables.client, 'limits', () => now, Math.random);
  const limited = [{ target: 'ahead', pace: { messages: 4, perMs: 2_000 } }];
  for (let n = 0; n < 4; n += 1) expect(await limiter.take(limited)).toMatchObject({ granted: true });
  now += 1_000;
  const ahead = await limiter.take(limited, 'normal', { more: 0, tookMs: 0, waitMs: 1_500 });
  if (!ahead.granted) throw new Error('it is near enough');
  expect(ahead.slots).toMatchObject([{ at: 1_002_000 }]);
  await limiter.giveBack(ahead.slots);
  const next = await limiter.take(limited);
  expect(next.granted ? next.slots[0]?.at : next.retryAt).toBe(1_002_000);
});

test('the next free slot is kept for a message with priority, for a moment', async () => {
  let now = 1_000_000;
  const limiter = createLimitTable(tables.client, 'limits', () => now, Math.random);
  const limited = [{ target: 'shared', pace: { messages: 1, perMs: 60_000 } }];
  expect(await limiter.take(limited)).toMatchObject({ granted: true });
  expect(await limiter.take(limited, 'high')).toEqual({ granted: false, retryAt: 1_060_000 });
  now = 1_060_000;
  expect(await limiter.take(limited)).toEqual({ granted: false, retryAt: 1_062_000 });
  expect(await limiter.take(limited, 'high')).toMatchObject({ granted: true });
  now = 1_120_000;
  expect(await limiter.take(limited)).toMatchObject({ granted: true });
});

test('a month is counted in Beijing time, and begins anew', async () => {
  let now = Date.parse('2026-01-31T15:59:59Z');
  const meter = createMeterTable(tables.client, 'limits', () => now);
  expect(await meter.add({ api: 1, 'api#default#robot.sendToGroup': 1 })).toEqual({
    api: 1,
    'api#default#robot.sendToGroup': 1,
    'hour#743': 1,
  });
  expect(await meter.add({ api: 10 })).toEqual({ api: 11, 'hour#743': 11 });
  expect(await meter.add({ webhook: 1 })).toEqual({ webhook: 1, 'hour#743': 12 });
  expect(await meter.read()).toEqual({ api: 11, webhook: 1, 'api#default#robot.sendToGroup': 1, 'hour#743': 12 });
  now += 2_000;
  expect(await meter.read()).toEqual({});
  expect(await meter.add({ api: 2 })).toEqual({ api: 2, 'hour#0': 2 });
});

test('the calls of an hour are kept for a day, in the same write and of a size that does not grow', async () => {
  let now = Date.parse('2026-03-03T16:00:00Z');
  const meter = createMeterTable(tables.client, 'limits', () => now);
  for (let hour = 0; hour < 60; hour += 1) {
    await meter.add({ webhook: hour + 1 });
    now += 3_600_000;
  }
  now -= 3_600_000;
  const hours = Object.keys(await meter.read()).filter((name) => name.startsWith('hour#'));
  expect(hours).toHaveLength(24);
  const usage = await usageOf({
    months: meter,
    slots: { next: async () => [] },
    quotas: { api: 1, webhook: 1 },
    now: () => now,
  });
  expect(usage.hours.map(({ calls }) => calls)).toEqual(Array.from({ length: 24 }, (_, index) => index + 37));
  expect(usage.hours.at(-1)?.at).toBe(new Date(now).toISOString());
});

test('a message is found when it is due, and not once nobody has to look after it', async () => {
  const messages = createMessageTable(tables.client, 'watched');
  await messages.create(message({ id: 'm_due' }));
  const createdAt = Date.parse(message().createdAt);
  const later = createdAt + 20 * 60_000;
  expect((await messages.listDue(later)).due).toEqual([]);
  await messages.watch('m_due', later);
  const [found] = (await messages.listDue(later)).due;
  expect(found?.message.id).toBe('m_due');
  expect(await messages.checked('m_due', found!.dueAt, later + 60_000)).toBe(true);
  expect(await messages.checked('m_due', found!.dueAt, later + 90_000)).toBe(false);
  expect((await messages.listDue(later)).due).toEqual([]);
  expect((await messages.listDue(later + 60_000)).due).toHaveLength(1);
  expect(await messages.checked('m_due', later + 60_000, undefined)).toBe(true);
  expect((await messages.listDue(later + 60_000)).due).toEqual([]);
});

test('every message that was accepted is gone through once, over midnights and pages, and none before its time', async () => {
  const messages = createMessageTable(tables.client, 'accepted');
  const noon = Date.parse('2026-01-02T12:00:00.000Z');
  const HOUR_MS = 3_600_000;
  const ids = Array.from({ length: 30 }, (_, n) => messageIdAt(noon - (29 - n) * HOUR_MS, 'x'));
  // over a megabyte in one day, which DynamoDB gives in two pages
  const text = '界'.repeat(20_000);
  for (const id of ids) await messages.create(message({ id, content: { kind: 'text', text } }));
  const passed = async (until: number) => {
    const seen: string[] = [];
    for (let more = true; more; ) {
      const page = await messages.listUnseen(until);
      seen.push(...page.messages.map(({ id }) => id));
      await messages.seen(page.upTo);
      more = page.more;
    }
    return [...new Set(seen)];
  };
  expect(await passed(noon - 10 * HOUR_MS + 1)).toEqual(ids.slice(0, 20));
  expect(await passed(noon + 1)).toEqual(ids.slice(20, 30));
  expect(await passed(noon - 5 * HOUR_MS)).toEqual([]);
  const late = messageIdAt(noon + 70 * HOUR_MS, 'x');
  await messages.create(message({ id: late }));
  expect(await passed(noon + 72 * HOUR_MS)).toEqual([late]);
});

test('a record that nobody can read holds up neither the list nor the watch, and an endless id is unknown', async () => {
  const unreadable: number[] = [];
  const keeping = { ...KEEPING, unreadable: (_: string, count: number) => void unreadable.push(count) };
  const messages = createMessageTable(tables.client, 'accepted', keeping);
  const at = Date.parse('2027-01-01T12:00:00.000Z');
  const good = messageIdAt(at, 'good');
  await messages.create(message({ id: good }));
  const bad = { part: { S: '20270101' }, id: { S: messageIdAt(at - 1, 'bad') } };
  await tables.client.send(new PutItemCommand({ TableName: 'accepted', Item: bad }));
  expect((await messages.listDay('2027-01-01', { limit: 25 })).messages.map(({ id }) => id)).toEqual([good]);
  await messages.seen(messageIdAt(at - 60_000));
  const page = await messages.listUnseen(at + 60_000);
  expect([page.messages.map(({ id }) => id), unreadable]).toEqual([[good], [1, 1]]);
  expect(await messages.get('m_'.padEnd(2_000, 'x'))).toBeUndefined();
});

test('of twenty callers with one idempotency key at once, all have the id of the first', async () => {
  const messages = createMessageTable(tables.client, 'messages');
  const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => messages.idFor('hash', `m_key${n}`, Date.now())));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^m_key\d+$/);
});

test('a look that was agreed on is brought forward, and never put off', async () => {
  const messages = createMessageTable(tables.client, 'watched');
  await messages.create(message({ id: 'm_watched' }));
  const createdAt = Date.parse(message().createdAt);
  await messages.watch('m_watched', createdAt + 60_000);
  await messages.watch('m_watched', createdAt + 600_000);
  expect((await messages.listDue(createdAt + 60_000)).due.map(({ dueAt }) => dueAt)).toEqual([createdAt + 60_000]);
});
