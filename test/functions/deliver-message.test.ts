import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDestinationTable } from '../../lib/aws/tables/destination-table.ts';
import { createLimitTable } from '../../lib/aws/tables/limit-table.ts';
import { createMergeTable } from '../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createLaneTable } from '../../lib/aws/tables/messages/lane-table.ts';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { DingTalkRefusal, DingTalkUnreachable } from '../../lib/base/dingtalk-errors.ts';
import { createSeal } from '../../lib/base/seal.ts';
import { addedUp } from '../../lib/lambda/metric.ts';
import type { Content } from '../../lib/messages/content.ts';
import { deliverMessage } from '../../lib/messages/deliver/deliver-message.ts';
import { endBatch } from '../../lib/messages/deliver/end-batch.ts';
import { createLaneNotes, type Lanes } from '../../lib/messages/deliver/lanes.ts';
import { requeueStuck } from '../../lib/messages/deliver/requeue-stuck.ts';
import type { Sender } from '../../lib/messages/deliver/send.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import type { Rendered, Sent } from '../../lib/messages/kinds/kind.ts';
import { withReplies } from '../../lib/messages/kinds/reply.ts';
import { createMeter } from '../../lib/messages/limits/meter.ts';
import { targetOf } from '../../lib/messages/limits/pace.ts';
import { monthWait, quotaOf, withinMonth } from '../../lib/messages/limits/quota.ts';
import { resumeQuota } from '../../lib/messages/limits/resume-quota.ts';
import { createSlotCache } from '../../lib/messages/limits/slot-cache.ts';
import type { Delivery, Message, OutboxItem } from '../../lib/messages/message.ts';
import { messageView } from '../../lib/messages/view.ts';
import { APP_PEOPLE } from '../support/app-people.ts';
import { memoryLog } from '../support/memory-log.ts';
import { delivery as freshDelivery, message } from '../support/messages.ts';
import { startDestinationTable, startMessageTable, startTables } from '../support/tables.ts';

const START = Date.parse('2026-01-01T00:00:10Z');
const robot: Destination = { kind: 'custom-robot', accessToken: 'robot' };
const group: Destination = { kind: 'robot-group', openConversationId: 'cid' };
const REFUSED = { code: 'invalid', class: 'argument', status: 400, description: 'no', retryable: false } as const;
const item = { messageId: 'm_test', destination: 'ops' };

let tables: Awaited<ReturnType<typeof startTables>>;
let now = START;
const lanes: Lanes = {
  note: (...args) => createLaneTable(tables.client, 'messages').note(...args),
  all: () => createLaneTable(tables.client, 'messages').all(),
};
let calls: { uuid: string; destination: Destination; rendered: Rendered }[] = [];
let dead: OutboxItem[] = [];
let metrics: [string, number][] = [];
beforeAll(async () => {
  tables = await startTables('limits');
  await startMessageTable(tables.client, 'messages');
  await startDestinationTable(tables.client, 'destinations');
});
afterAll(() => tables.close());
beforeEach(() => {
  now = START;
  calls = [];
  dead = [];
  metrics = [];
});

let run = 0;
/** Each test has a target of its own, so that none waits for the limits of another. */
function ownTarget(destination: Destination): Destination {
  if (destination.kind === 'custom-robot') return { ...destination, accessToken: `robot-${run}` };
  if (destination.kind === 'robot-group') return { ...destination, openConversationId: `cid-${run}` };
  return destination;
}

async function setup(
  destination: Destination,
  send: (destination: Destination) => Promise<Sent>,
  over: Partial<Message> = {},
) {
  run += 1;
  const id = `m_${run}`;
  const messages = createMessageTable(tables.client, 'messages');
  await messages.create(message({ ...over, id }));
  const sender: Sender = async (to, rendered, uuid) => {
    calls.push({ uuid, destination: to, rendered });
    meter.count({ app: 'default', kind: quotaOf(to), act: 'messages.send', answered: true });
    return send(to);
  };
  const target = ownTarget(destination);
  const meter = createMeter(
    createMeterTable(tables.client, 'limits', () => now),
    () => now,
  );
  const deps = {
    messages,
    destinations: { get: async (name: string) => (name === 'ops' ? target : undefined) },
    limiter: createSlotCache(
      createLimitTable(tables.client, 'limits', () => now, Math.random),
      () => now,
    ),
    ahead: 0,
    outbox: { put: async () => expect.fail('nothing is queued'), isEmpty: async () => true },
    lanes: createLaneNotes(lanes, () => now),
    meter,
    policy: { quotas: { api: 5_000, webhook: 20 }, reserve: 0 },
    merges: createMergeTable(tables.client, 'messages', () => now),
    topics: { publish: async () => expect.fail('no topic is asked for') },
    deadLetters: {
      put: async (items: OutboxItem[]) => {
        dead.push(...items);
      },
    },
    withMedia: async (_: Destination, content: Content) => content,
    send: sender,
    metric: (name: string, count: number) => {
      metrics.push([name, count]);
    },
    counts: addedUp((name, count) => void metrics.push([name, count])),
    log: memoryLog().log,
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
    random: () => 0.5,
    ...APP_PEOPLE,
  };
  return {
    deps,
    deliver: async (destinationName = 'ops') => {
      const later = await deliverMessage(deps, { messageId: id, destination: destinationName });
      await endBatch(deps);
      return later;
    },
    delivery: async (): Promise<Delivery> => (await messages.get(id))!.deliveries.ops!,
    messages,
    id,
  };
}

test('a message is sent once, however often its record comes', async () => {
  const { deliver, delivery } = await setup(robot, async () => ({}));
  expect(await deliver()).toBeUndefined();
  expect(await deliver()).toBeUndefined();
  expect(calls).toHaveLength(1);
  expect(await delivery()).toMatchObject({ status: 'sent', attempts: [{ outcome: 'sent' }] });
});

test('a refusal of DingTalk ends as failed, with its code, reason and remedy', async () => {
  const { deliver, delivery } = await setup(robot, async () => {
    const refusal = {
      code: '310000.keyword',
      class: 'argument',
      status: 200,
      description: '关键词不匹配',
      remedy: 'add a keyword',
    } as const;
    throw new DingTalkRefusal('webhook.send', refusal);
  });
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({
    status: 'failed',
    attempts: [{ outcome: 'refused', code: '310000.keyword', reason: '关键词不匹配', remedy: 'add a keyword' }],
  });
});

test('where DingTalk refuses the content as such, the next one goes instead; a receiver that is gone stays gone', async () => {
  const refuse = (errorClass: 'argument' | 'gone') => {
    const refusal = { code: 'no', class: errorClass, status: 400, description: 'no' } as const;
    throw new DingTalkRefusal('robot.send', refusal);
  };
  const over: Partial<Message> = {
    content: { kind: 'file', mediaId: '@m', fileName: 'a.pdf' },
    otherwise: [{ kind: 'text', text: 'fetch it here' }],
  };
  const taken = await setup(group, async () => (calls.length === 1 ? refuse('argument') : {}), over);
  expect(await taken.deliver()).toEqual({ retryInMs: 0 });
  expect(await taken.deliver()).toBeUndefined();
  expect(JSON.stringify(calls.map(({ rendered }) => rendered))).toMatch(/a\.pdf.*fetch it here/);
  expect(new Set(calls.map(({ uuid }) => uuid)).size).toBe(2);
  expect(await taken.delivery()).toMatchObject({
    status: 'sent',
    fallbackIndex: 1,
    attempts: [{ outcome: 'refused', code: 'no' }, { outcome: 'sent' }],
  });

  const never = await setup(group, async () => refuse('argument'), over);
  await never.deliver();
  expect(await never.deliver()).toBeUndefined();
  expect(await never.delivery()).toMatchObject({ status: 'failed', fallbackIndex: 1 });

  const gone = await setup(group, async () => refuse('gone'), over);
  expect(await gone.deliver()).toBeUndefined();
  expect(await gone.delivery()).toMatchObject({ status: 'failed', fallbackIndex: 0 });
});

test('after a "too fast" nothing goes to that robot before the block ends, then the message does', async () => {
  let throttled = true;
  const { deliver, delivery } = await setup(robot, async () => {
    if (!throttled) return {};
    throw new DingTalkRefusal('webhook.send', {
      code: '660026',
      class: 'rate',
      status: 200,
      description: 'too fast',
      waitMs: 60_000,
    });
  });
  const first = await deliver();
  expect(first?.retryInMs).toBeGreaterThanOrEqual(60_000);
  throttled = false;
  now += 30_000;
  expect((await deliver())?.retryInMs).toBe(29_000);
  expect(calls).toHaveLength(1);
  now += 30_000;
  expect(await deliver()).toBeUndefined();
  expect((await delivery()).status).toBe('sent');
});

test('a worker that died in mid-call: the robot gets the same msgUuid again', async () => {
  const { deliver, delivery, messages, id } = await setup(robot, async () => ({}));
  await messages.start({ messageId: id, destination: 'ops' }, {});
  await deliver();
  expect(calls[0]?.uuid).toContain(id);
  expect(await delivery()).toMatchObject({ status: 'sent' });
  expect((await delivery()).possibleDuplicate).toBeUndefined();
});

test('elsewhere it is sent again and flagged, or left unknown when at most once was asked for', async () => {
  const again = await setup(group, async () => ({ receipt: 'key' }));
  await again.messages.start({ messageId: again.id, destination: 'ops' }, {});
  await again.deliver();
  expect(await again.delivery()).toMatchObject({ status: 'sent', possibleDuplicate: true, receipts: ['key'] });

  const once = await setup(group, async () => ({}), { delivery: 'at-most-once' });
  await once.messages.start({ messageId: once.id, destination: 'ops' }, {});
  await once.deliver();
  expect(await once.delivery()).toMatchObject({ status: 'unknown', attempts: [{ code: 'interrupted' }] });
  expect(calls).toHaveLength(1);
});

test('an answer that never came is unknown when at most once was asked for', async () => {
  const lost = async () => {
    throw new DingTalkUnreachable('robot.send', { code: 'timeout', arrived: 'maybe' });
  };
  const { deliver, delivery } = await setup(group, lost, { delivery: 'at-most-once' });
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'unknown', attempts: [{ outcome: 'no-answer', code: 'timeout' }] });
});

test('a message past its time expires unsent, and one whose destination is gone fails with a remedy', async () => {
  const late = await setup(robot, async () => ({}), { expiresAt: '2026-01-01T00:00:05.000Z' });
  await late.deliver();
  expect(await late.delivery()).toMatchObject({ status: 'expired' });

  const gone = await setup(robot, async () => ({}), { deliveries: { gone: freshDelivery() } });
  await gone.deliver('gone');
  expect((await gone.messages.get(gone.id))?.deliveries.gone).toMatchObject({
    status: 'failed',
    attempts: [{ code: 'unknown_destination', remedy: expect.stringContaining('gone') }],
  });
  expect(calls).toHaveLength(0);
});

test('the 21st message of a minute waits for its slot instead of being refused', async () => {
  const { deps } = await setup(robot, async () => ({}));
  for (let n = 0; n < 21; n += 1) {
    const id = `m_burst_${n}`;
    await deps.messages.create(message({ id, createdAt: new Date(now).toISOString() }));
    const outcome = await deliverMessage(deps, { ...item, messageId: id });
    if (n < 20) expect(outcome).toBeUndefined();
    else expect(outcome).toEqual({ retryInMs: 63_500 });
  }
  expect(calls).toHaveLength(20);
});

const textOf = ({ rendered }: { rendered: Rendered }) => JSON.stringify(rendered.measured);

test('a long Markdown goes in numbered parts, in order, and each fits', async () => {
  const text = Array.from({ length: 3_000 }, (_, n) => `第 ${n} 段，一些文字。\n\n`).join('');
  const content = { kind: 'markdown' as const, title: '长', text };
  const { deliver, delivery } = await setup(robot, async () => ({}), { content });
  while ((await deliver()) !== undefined) now += 64_500;
  expect(calls.length).toBeGreaterThan(4);
  calls.forEach((call, index) => {
    expect(textOf(call)).toContain(`(${index + 1}/${calls.length})`);
    expect(Buffer.byteLength(JSON.stringify({ ...call.rendered.measured, msgUuid: call.uuid }))).toBeLessThanOrEqual(
      20_000,
    );
  });
  expect(new Set(calls.map(({ uuid }) => uuid)).size).toBe(calls.length);
  expect(await delivery()).toMatchObject({ status: 'sent', done: calls.length });
});

test('a worker that dies between two parts does not begin anew', async () => {
  const content = { kind: 'text' as const, text: 'x'.repeat(45_000) };
  let died = false;
  const { deliver, delivery } = await setup(
    robot,
    async () => {
      if (calls.length === 2 && !died) {
        died = true;
        throw new TypeError('the process is gone');
      }
      return {};
    },
    { content },
  );
  await expect(deliver()).rejects.toThrow('the process is gone');
  expect(await deliver()).toBeUndefined();
  expect(calls.map(({ uuid }) => uuid.at(-1))).toEqual(['0', '1', '1', '2']);
  expect((await delivery()).status).toBe('sent');
});

test('45 people are reached in three calls, and each has an outcome; the throttled one gets another round', async () => {
  const userIds = Array.from({ length: 45 }, (_, n) => `user${n}`);
  let throttled = ['user7'];
  const { deliver, delivery } = await setup({ kind: 'robot-users', userIds }, async (to) => {
    const asked = to.kind === 'robot-users' ? to.userIds : [];
    const outcomeOf = (id: string) => (throttled.includes(id) ? ('throttled' as const) : ('accepted' as const));
    const people = asked.map((id) => ({ userId: id, outcome: id === 'user30' ? ('invalid' as const) : outcomeOf(id) }));
    return { receipt: `key${calls.length}`, people };
  });
  expect(await deliver()).toEqual({ retryInMs: 30_000 });
  expect(calls).toHaveLength(3);
  expect(await delivery()).toMatchObject({
    status: 'queued',
    people: expect.arrayContaining([
      { userId: 'user0', outcome: 'accepted' },
      { userId: 'user7', outcome: 'throttled' },
      { userId: 'user30', outcome: 'invalid' },
    ]),
  });
  throttled = [];
  now += 30_000;
  expect(await deliver()).toBeUndefined();
  expect(calls[3]?.destination).toMatchObject({ userIds: ['user7'] });
  const done = await delivery();
  expect(done).toMatchObject({ status: 'sent', receipts: ['key1', 'key2', 'key3', 'key4'] });
  expect(done.people).toContainEqual({ userId: 'user7', outcome: 'accepted' });
});

test('a message for people of whom DingTalk knows none has failed', async () => {
  const { deliver, delivery } = await setup({ kind: 'robot-users', userIds: ['nobody'] }, async () => ({
    receipt: 'k',
    people: [{ userId: 'nobody', outcome: 'invalid' }],
  }));
  await deliver();
  expect(await delivery()).toMatchObject({
    status: 'failed',
    people: [{ userId: 'nobody', outcome: 'invalid' }],
    attempts: [{ code: 'nobody_reached' }],
  });
});

test('what keeps failing by itself steps aside after three tries, and comes back when it is due', async () => {
  const { deliver, delivery, deps, id } = await setup(group, async () => {
    throw new DingTalkUnreachable('robot.send', { code: 'connect_failed', arrived: 'no' });
  });
  expect((await deliver())?.retryInMs).toBeGreaterThan(0);
  expect((await deliver())?.retryInMs).toBeGreaterThan(0);
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'queued', attempts: [{}, {}, {}] });
  const back: OutboxItem[] = [];
  const outbox = { put: async (items: OutboxItem[]) => void back.push(...items), isEmpty: async () => true };
  await requeueStuck({ ...deps, lanes, outbox });
  expect(back.filter(({ messageId }) => messageId === id)).toEqual([]);
  now += 10 * 60_000;
  await requeueStuck({ ...deps, lanes, outbox });
  expect(back).toContainEqual({ messageId: id, destination: 'ops' });
});

test('what kills its worker five times goes to the dead letters, and starts anew when it is redriven', async () => {
  let broken = true;
  const { deliver, delivery, id } = await setup(group, async () => {
    if (broken) throw new TypeError('crash');
    return { receipt: 'key' };
  });
  for (let crash = 0; crash < 5; crash += 1) await expect(deliver()).rejects.toThrow('crash');
  expect(await deliver()).toBeUndefined();
  expect(dead).toEqual([{ messageId: id, destination: 'ops' }]);
  expect(await delivery()).toMatchObject({
    status: 'failed',
    deadLetter: true,
    attempts: [{ remedy: expect.stringContaining('redrive') }],
  });
  broken = false;
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'sent', deadLetter: false });
});

test('a pool spreads over its robots as they are free, and repeats by the robot that may have it', async () => {
  const pool: Destination = {
    kind: 'custom-robot-pool',
    robots: [{ accessToken: 'pool-a' }, { accessToken: 'pool-b' }],
    pace: { messages: 1, perMs: 60_000 },
  };
  const first = await setup(pool, async () => ({}));
  const second = await setup(pool, async () => ({}));
  await first.deliver();
  await second.deliver();
  expect(calls.map(({ destination }) => 'accessToken' in destination && destination.accessToken)).toEqual([
    'pool-a',
    'pool-b',
  ]);
  const third = await setup(pool, async () => ({}));
  expect((await third.deliver())?.retryInMs).toBe(63_500);
  await third.messages.start(
    { messageId: third.id, destination: 'ops' },
    { robot: targetOf({ kind: 'custom-robot', accessToken: 'pool-b' }) },
  );
  now += 64_500;
  await third.deliver();
  expect(calls[2]?.destination).toMatchObject({ accessToken: 'pool-b' });
});

test('metrics tell at 80, 95 and 100 % of the month', async () => {
  now = Date.parse('2031-05-01T00:00:00Z');
  for (let n = 0; n < 22; n += 1) {
    const { deliver } = await setup(robot, async () => ({}), { createdAt: new Date(now).toISOString() });
    await deliver();
  }
  expect(metrics.filter(([name]) => name === 'QuotaNear').map(([, used]) => used)).toEqual([16, 19]);
  expect(metrics.filter(([name]) => name === 'QuotaUsedUp').map(([, used]) => used)).toEqual([20]);
  expect(metrics.filter(([name]) => name === 'MessagesSent')).toHaveLength(22);
});

test('with a reserve normal messages wait for the next month and say so, and urgent ones go out at 100 %', async () => {
  now = Date.parse('2031-06-10T00:00:00Z');
  const createdAt = new Date(now).toISOString();
  const policy = { quotas: { api: 5_000, webhook: 10 }, reserve: 0.1 };
  const send = async (over: Partial<Message>) => {
    const made = await setup(robot, async () => ({}), { createdAt, ...over });
    const deliver = async () => {
      const later = await deliverMessage({ ...made.deps, policy }, { messageId: made.id, destination: 'ops' });
      await endBatch({ ...made.deps, policy });
      return later;
    };
    expect(await deliver()).toBeUndefined();
    return { ...made, deliver };
  };
  for (let n = 0; n < 9; n += 1) expect(await (await send({})).delivery()).toMatchObject({ status: 'sent' });
  const held = await send({});
  const waits = { for: 'quota', quota: 'webhook', until: '2031-06-30T16:00:00.000Z' };
  expect(await held.delivery()).toMatchObject({ status: 'queued', waits, attempts: [] });
  for (let n = 0; n < 3; n += 1) {
    expect(await (await send({ priority: 'high' })).delivery()).toMatchObject({ status: 'sent' });
  }
  const due = async () => (await held.messages.listDue(now)).due.map(({ message: { id } }) => id);
  expect(await due()).not.toContain(held.id);
  expect(messageView((await held.messages.get(held.id))!).deliveries).toMatchObject([{ waits }]);
  await held.messages.beginAt(now);
  now += 3_600_000;
  expect(await due()).toContain(held.id);
  await held.messages.beginAt(START);
  now = Date.parse(waits.until);
  await held.deliver();
  expect(await held.delivery()).toMatchObject({ status: 'sent' });
  expect((await held.delivery()).waits).toBeNull();
});

test('once DingTalk called the month used up, all wait, one asks once an hour, and all go when it takes calls again', async () => {
  now = Date.parse('2032-06-10T00:00:00Z');
  let bought = false;
  const usedUp = { code: 'Forbidden.AccessDenied.ApiCountLimitForOrg', class: 'rate', usedUp: 'month' } as const;
  const answer = async () => {
    if (bought) return {};
    throw new DingTalkRefusal('robot.sendToGroup', { ...usedUp, status: 403, description: '', retryable: false });
  };
  const createdAt = new Date(now).toISOString();
  const all: Awaited<ReturnType<typeof setup>>[] = [];
  for (const priority of ['normal', 'high', 'normal'] as const) {
    all.push(await setup(group, answer, { createdAt, priority }));
  }
  const deliverAll = async () => {
    for (const one of all) expect(await one.deliver()).toBeUndefined();
  };
  const waits = { for: 'quota', quota: 'api', until: '2032-06-30T16:00:00.000Z' };
  await deliverAll();
  expect(calls).toHaveLength(1);
  for (const one of all) expect(await one.delivery()).toMatchObject({ status: 'queued', waits });
  for (let minutes = 0; minutes < 180; minutes += 10) {
    now += 600_000;
    await deliverAll();
  }
  expect(calls).toHaveLength(4);
  bought = true;
  now += 3_600_000;
  await deliverAll();
  await deliverAll();
  for (const one of all) expect(await one.delivery()).toMatchObject({ status: 'sent' });
});

test('one that was to ask whether the month goes on, and did not, holds up the others for two minutes', async () => {
  now = Date.parse('2031-06-10T00:00:00Z');
  const createdAt = new Date(now).toISOString();
  const one = await setup(group, async () => ({}), { createdAt });
  await one.deps.meter.markGone('api', now + 3_600_000);
  await one.deliver();
  now += 3_600_001;
  // who asks now dies before its call
  expect(await monthWait(one.deps, 'api')).toBeUndefined();
  await one.deliver();
  expect(calls).toHaveLength(0);
  const lookAt = now + 120_000;
  expect(await one.delivery()).toMatchObject({ status: 'queued', dueAt: lookAt });
  now = lookAt;
  await one.deliver();
  expect(await one.delivery()).toMatchObject({ status: 'sent' });
  expect(await one.deps.meter.goneUntil('api')).toBe(0);
});

test('a refusal of the call itself says that the month goes on; where nothing is said of it the next one asks', async () => {
  now = Date.parse('2030-06-10T00:00:00Z');
  const { deps } = await setup(group, async () => ({}));
  const ask = (error: Error) => withinMonth(deps, 'api', () => Promise.reject(error)).catch(({ code }) => code);
  const expired = { code: 'expired', class: 'argument', status: 400, description: '' } as const;
  await deps.meter.markGone('api', now);
  expect(await ask(new DingTalkUnreachable('call', { code: 'timeout', arrived: 'maybe' }))).toBe('timeout');
  expect(await ask(new DingTalkRefusal('call', expired))).toBe('month_used_up');
  now += 120_001;
  // a gateway in trouble says nothing of the month
  expect(await ask(new DingTalkRefusal('call', { ...expired, code: 'http_502', class: 'unknown' }))).toBe('http_502');
  expect(await ask(new DingTalkRefusal('call', expired))).toBe('month_used_up');
  now += 120_001;
  expect(await ask(new DingTalkRefusal('call', expired))).toBe('expired');
  expect(await deps.meter.goneUntil('api')).toBe(0);
});

test('on the word of the operator what waits for the month is due at once', async () => {
  now = Date.parse('2034-06-10T00:00:00Z');
  const one = await setup(group, async () => ({}), { createdAt: new Date(now).toISOString() });
  await one.messages.beginAt(now); // the tests before are years ago
  await one.deps.meter.markGone('api', now + 3_600_000);
  await one.deliver();
  const due = async () => (await one.messages.listDue(now)).due.map(({ message: { id } }) => id);
  expect(await due()).not.toContain(one.id);
  now += 60_000;
  const quotas = createMeterTable(tables.client, 'limits', () => now);
  const bringForward = async () => undefined;
  expect(await resumeQuota({ messages: one.messages, quotas, bringForward, now: () => now })).toBe(1);
  expect(await due()).toContain(one.id);
  await one.deliver();
  expect(await one.delivery()).toMatchObject({ status: 'sent' });
});

test('a month that is gone is over with the month', async () => {
  now = Date.parse('2033-06-10T00:00:00Z');
  const createdAt = new Date(now).toISOString();
  const one = await setup(group, async () => ({}), { createdAt });
  await one.deps.meter.markGone('api', now + 3_600_000);
  await one.deliver();
  expect(calls).toHaveLength(0);
  now = Date.parse('2033-06-30T16:00:01Z');
  await one.deliver();
  expect(await one.delivery()).toMatchObject({ status: 'sent' });
});

test('a robot of a pool that DingTalk holds leaves the others working', async () => {
  const robots = ['a', 'b', 'c'].map((name) => ({ accessToken: `pool-held-${name}` }));
  const pool: Destination = { kind: 'custom-robot-pool', robots };
  const { deliver, delivery } = await setup(pool, async (to) => {
    if (!('accessToken' in to) || to.accessToken !== 'pool-held-a') return {};
    const throttled = { code: '660026', class: 'rate', status: 200, description: 'too fast', waitMs: 600_000 } as const;
    throw new DingTalkRefusal('webhook.send', throttled);
  });
  expect(await deliver()).toEqual({ retryInMs: 0 });
  await deliver();
  expect(await delivery()).toMatchObject({ status: 'sent' });
});

test('a message that is recalled while it waits for its slot is done, and leaves the slot to the next', async () => {
  const paced: Destination = { ...robot, pace: { messages: 1, perMs: 1_500 } };
  const first = await setup(paced, async () => ({}));
  await first.deliver();
  const item = { messageId: first.id, destination: 'ops' };
  const second = await setup(paced, async () => ({}));
  const recalled = { ...item, messageId: second.id };
  const sleep = async (ms: number) => {
    now += ms;
    expect(await second.messages.recall(recalled, 'queued')).toBe(true);
  };
  const { destinations, limiter } = first.deps;
  const deps = { ...second.deps, destinations, limiter, sleep };
  expect(await deliverMessage(deps, recalled)).toBeUndefined();
  expect((await second.delivery()).status).toBe('recalled');
  const third = await setup(paced, async () => ({}));
  expect(
    await deliverMessage({ ...third.deps, destinations, limiter }, { ...item, messageId: third.id }),
  ).toBeUndefined();
  expect((await third.delivery()).status).toBe('sent');
  expect(calls).toHaveLength(2);
});

test.each([
  ['was recalled', undefined, 'recalled', 0],
  ['was given up, and redriven', { retryInMs: 0 }, 'sent', 1],
  ['is being sent by somebody else', { retryInMs: 0 }, 'sent', 1],
])(
  'of a message that %s since it was accepted, what its record in the queue says counts for nothing',
  async (what, later, status, sent) => {
    const { deps, messages, id, delivery } = await setup(robot, async () => ({}));
    const item = { messageId: id, destination: 'ops' };
    const asAccepted = await messages.get(id);
    if (what === 'was recalled') await messages.recall(item, 'queued');
    else if (status === 'sent' && what.includes('redriven'))
      await messages.record(item, { status: 'failed', deadLetter: true });
    else await messages.start(item, { rev: 0 });
    expect(await deliverMessage(deps, item, asAccepted)).toEqual(later);
    expect(calls).toHaveLength(0);
    if (later) await deliverMessage(deps, item);
    expect(await delivery()).toMatchObject({ status });
    expect(calls).toHaveLength(sent);
  },
);

test.each(['its month is used up', 'its file cannot be had'])(
  'a message that was given up and is redriven is not lost where %s',
  async (what) => {
    const { deps, messages, id, delivery } = await setup(group, async () => ({}));
    const item = { messageId: id, destination: 'ops' };
    const asAccepted = await messages.get(id);
    await messages.record(item, { status: 'failed', deadLetter: true });
    const unreachable = async () => {
      throw new DingTalkUnreachable('media.upload', { code: 'no_answer', arrived: 'no' });
    };
    const policy = { quotas: { api: 0, webhook: 0 }, reserve: 0.1 };
    await deliverMessage(
      { ...deps, ...(what.includes('file') ? { withMedia: unreachable } : { policy }) },
      item,
      asAccepted,
    );
    expect(await delivery()).toMatchObject({ status: 'queued', deadLetter: false });
  },
);

test('a message that expired in the queue ends as its record has it, not as it was accepted', async () => {
  const { deps, messages, id, delivery } = await setup(robot, async () => ({}), {
    expiresAt: new Date(now + 1_000).toISOString(),
  });
  const asAccepted = await messages.get(id);
  await messages.start({ messageId: id, destination: 'ops' }, { rev: 0 });
  now += 2_000;
  expect(await deliverMessage(deps, { messageId: id, destination: 'ops' }, asAccepted)).toBeUndefined();
  // a call of it may have arrived
  expect(await delivery()).toMatchObject({ status: 'unknown' });
});

test('how long a robot is left alone after a "too fast" is a setting', async () => {
  const paced: Destination = { ...robot, pace: { messages: 20, perMs: 60_000, penaltyMs: 2_500 } };
  const { deliver } = await setup(paced, async () => {
    throw new DingTalkRefusal('webhook.send', {
      code: '660026',
      class: 'rate',
      status: 200,
      description: 'too fast',
      waitMs: 600_000,
    });
  });
  const later = await deliver();
  expect(later?.retryInMs).toBeGreaterThanOrEqual(2_500);
  expect(later?.retryInMs).toBeLessThan(5_000);
});

test('people whose ids are words of the language are reached like others', async () => {
  const userIds = ['constructor', '__proto__', 'zhangsan'];
  const people = userIds.map((userId) => ({ userId, outcome: 'accepted' as const }));
  const { deliver, delivery } = await setup({ kind: 'robot-users', userIds }, async () => ({ receipt: 'key', people }));
  await deliver();
  expect((await delivery()).people).toEqual(people);
});

test('what may have arrived never ends as expired: nobody knows', async () => {
  const lost = async () => {
    throw new DingTalkUnreachable('robot.send', { code: 'cut', arrived: 'maybe' });
  };
  const { deliver, delivery } = await setup(group, lost, { expiresAt: '2026-01-01T00:00:20.000Z' });
  now = START;
  await deliver();
  now = START + 60_000;
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'unknown', attempts: [{ code: 'cut' }, { code: 'expired' }] });
});

test('a destination that shrinks between two calls ends the delivery with a reason', async () => {
  const userIds = Array.from({ length: 45 }, (_, n) => `user${n}`);
  let fails = true;
  const { deps, deliver, delivery } = await setup({ kind: 'robot-users', userIds }, async () => {
    if (calls.length === 2 && fails)
      throw new DingTalkUnreachable('robot.send', { code: 'connect_failed', arrived: 'no' });
    return { receipt: 'key' };
  });
  expect((await deliver())?.retryInMs).toBeGreaterThan(0);
  fails = false;
  deps.destinations.get = async () => ({ kind: 'robot-users', userIds: ['user0'] });
  expect(await deliver()).toBeUndefined();
  const { status, attempts } = await delivery();
  expect(status).toBe('failed');
  expect(attempts.at(-1)).toMatchObject({ code: 'destination_changed', reason: expect.stringContaining('after 1') });
});

test('a destination that is mended after it refused the first of several calls is tried as it stands now', async () => {
  const people = (length: number) => Array.from({ length }, (_, n) => `user${n}`);
  const { deps, deliver, delivery } = await setup({ kind: 'robot-users', userIds: people(25) }, async () => {
    if (calls.length > 1) return { receipt: 'key' };
    throw new DingTalkRefusal('robot.send', REFUSED);
  });
  Object.assign(deps.destinations, { changed: async () => true });
  expect(await deliver()).toEqual({ retryInMs: 0 });
  deps.destinations.get = async () => ({ kind: 'robot-users', userIds: people(24) });
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'sent', attempts: [{ code: REFUSED.code }, { outcome: 'sent' }] });
  expect(calls).toHaveLength(3);
});

test('a destination that is mended while two messages are on their way to it is tried anew by both', async () => {
  const seal = createSeal('sealing key of the test', 'destinations');
  const store = () => createDestinationTable(tables.client, 'destinations', seal, () => now);
  const destinations = store();
  await destinations.put('ops', { kind: 'custom-robot', accessToken: 'mended', secret: 'SECold' });
  const mended: Destination = { kind: 'custom-robot', accessToken: 'mended', secret: 'SECnew' };
  const both = Promise.withResolvers<void>();
  const send = async (to: Destination) => {
    if ('secret' in to && to.secret === mended.secret) return {};
    if (calls.length === 2) await store().put('ops', mended).then(both.resolve);
    await both.promise;
    throw new DingTalkRefusal('webhook.send', REFUSED);
  };
  const lanes = [await setup(robot, send), await setup(robot, send, { priority: 'high' })];
  for (const { deps } of lanes) Object.assign(deps, { destinations });
  expect(await Promise.all(lanes.map(({ deliver }) => deliver()))).toEqual(Array(2).fill({ retryInMs: 0 }));
  for (const { deliver, delivery } of lanes) {
    expect(await deliver()).toBeUndefined();
    expect(await delivery()).toMatchObject({ status: 'sent' });
  }
});

test('one robot of a pool that refuses is no change of the pool', async () => {
  const seal = createSeal('sealing key of the test', 'destinations');
  const destinations = createDestinationTable(tables.client, 'destinations', seal, () => now);
  const pool = { kind: 'custom-robot-pool' as const, robots: [{ accessToken: 'no-1' }, { accessToken: 'no-2' }] };
  await destinations.put('ops', pool);
  const { deps, deliver, delivery } = await setup(robot, async () => {
    throw new DingTalkRefusal('webhook.send', REFUSED);
  });
  Object.assign(deps, { destinations });
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'failed', attempts: [{ code: REFUSED.code }] });
});

test('a refusal stays clear where nobody can tell whether the destination was mended', async () => {
  const { deps, deliver, delivery } = await setup(
    robot,
    async () => {
      throw new DingTalkRefusal('webhook.send', REFUSED);
    },
    { delivery: 'at-most-once' },
  );
  const changed = async () => {
    throw new Error('ProvisionedThroughputExceededException');
  };
  Object.assign(deps.destinations, { changed });
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'failed', attempts: [{ code: REFUSED.code }] });
});

test('a destination that is mended down to a single call is held to that call', async () => {
  const userIds = Array.from({ length: 25 }, (_, n) => `user${n}`);
  const { deps, deliver, delivery } = await setup({ kind: 'robot-users', userIds }, async () => {
    if (calls.length === 1) throw new DingTalkRefusal('robot.send', REFUSED);
    if (calls.length === 2) throw new DingTalkUnreachable('robot.send', { code: 'cut', arrived: 'maybe' });
    return { receipt: 'key' };
  });
  Object.assign(deps.destinations, { changed: async () => true });
  await deliver();
  deps.destinations.get = async () => ({ kind: 'robot-users', userIds: ['user0'] });
  expect((await deliver())?.retryInMs).toBeGreaterThan(0);
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'sent' });
});

test.each([0, 1])('an answer whose session ends after %i of its calls goes on as it began', async (made) => {
  const text = '很长的回答。'.repeat(2_300);
  const name = `re:session-${made}`;
  let fails = true;
  const { deps, deliver, messages, id } = await setup(
    robot,
    async () => {
      if (calls.length > made && fails)
        throw new DingTalkUnreachable('session.send', { code: 'connect_failed', arrived: 'no' });
      return {};
    },
    { content: { kind: 'text', text }, deliveries: { [name]: freshDelivery() } },
  );
  const until = START + 60_000;
  const place = { kind: 'reply' as const, app: 'default', address: 'https://session', until, answerBy: until };
  const places = { get: async () => ({ ...place, group: 'cid' }) };
  Object.assign(
    deps.destinations,
    withReplies(deps.destinations, places, () => now),
  );
  expect((await deliver(name))?.retryInMs).toBeGreaterThan(0);
  fails = false;
  now = until + 60_000;
  expect(await deliver(name)).toBeUndefined();
  expect((await messages.get(id))?.deliveries[name]).toMatchObject({ status: 'sent', done: 3 });
  expect(calls.map(({ destination }) => destination.kind)).toEqual(Array(4).fill('reply'));
});

test('a message whose robot left its pool while it may have arrived is unknown, and holds up nobody', async () => {
  const robots = [{ accessToken: 'gone-a' }, { accessToken: 'gone-b' }];
  const { deps, deliver, delivery } = await setup({ kind: 'custom-robot-pool', robots }, async () => {
    throw new DingTalkUnreachable('webhook.send', { code: 'timeout', arrived: 'maybe' });
  });
  await deliver();
  deps.destinations.get = async () => ({ kind: 'custom-robot-pool', robots: [{ accessToken: 'gone-b' }] });
  expect(await deliver()).toBeUndefined();
  expect(await delivery()).toMatchObject({ status: 'unknown', attempts: [{}, { code: 'robot_gone' }] });
});

test('a token that was refused twice costs a retry, not the message', async () => {
  let refused = true;
  const { deliver, delivery } = await setup(group, async () => {
    if (!refused) return { receipt: 'key' };
    throw new DingTalkRefusal('robot.send', {
      code: 'InvalidAuthentication',
      class: 'token',
      status: 400,
      description: 'no',
    });
  });
  expect((await deliver())?.retryInMs).toBeGreaterThan(0);
  refused = false;
  await deliver();
  const done = await delivery();
  expect(done.status).toBe('sent');
  expect(done.possibleDuplicate).toBeUndefined();
});

test('trouble at one destination does not put off another of the same message', async () => {
  const { deps, id } = await setup(group, async () => ({}), {
    deliveries: { ops: freshDelivery(), other: freshDelivery() },
  });
  const back: OutboxItem[] = [];
  const outbox = {
    put: async (items: OutboxItem[]) => {
      back.push(...items.filter(({ messageId }) => messageId === id));
    },
    isEmpty: async () => true,
  };
  await deps.messages.beginAt(now); // the tests before are of other years
  await deps.messages.record({ messageId: id, destination: 'ops' }, { status: 'queued', dueAt: now + 62_000 });
  await deps.messages.watch(id, now + 62_000);
  await deps.messages.record({ messageId: id, destination: 'other' }, { status: 'queued', dueAt: now + 1_500_000 });
  now += 62_000;
  await requeueStuck({ ...deps, lanes, outbox });
  expect(back).toEqual([{ messageId: id, destination: 'ops' }]);
  now += 1_500_000;
  await requeueStuck({ ...deps, lanes, outbox });
  expect(back).toContainEqual({ messageId: id, destination: 'other' });
});

test('however long the trouble lasts, a record keeps forty tries', async () => {
  const { deliver, delivery } = await setup(group, async () => {
    throw new DingTalkRefusal('robot.send', { code: 'qps', class: 'rate', status: 403, description: 'no', waitMs: 1 });
  });
  for (let n = 0; n < 45; n += 1) {
    await deliver();
    now += 5_000;
  }
  expect((await delivery()).attempts).toHaveLength(40);
});

// Last, since it bans everybody for five minutes.
test('a page that bans our address holds back every destination', async () => {
  const { deliver } = await setup(group, async () => {
    throw new DingTalkRefusal('robot.send', {
      code: 'ip_ban',
      class: 'rate',
      status: 200,
      description: 'html',
      waitMs: 300_000,
    });
  });
  await deliver();
  const other = await setup({ kind: 'robot-group', openConversationId: 'other' }, async () => ({}));
  expect((await other.deliver())?.retryInMs).toBe(299_000);
  expect(calls).toHaveLength(1);
  now += 300_000;
  expect(await other.deliver()).toBeUndefined();
});
