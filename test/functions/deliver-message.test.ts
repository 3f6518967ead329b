import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { deliverMessage } from '../../functions/deliver-message/deliver-message.ts';
import { createLimitTable } from '../../lib/aws/limit-table.ts';
import { createMessageTable } from '../../lib/aws/message-table.ts';
import { DingTalkRefusal, DingTalkUnreachable } from '../../lib/dingtalk/errors.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import type { Delivery, Message } from '../../lib/messages/message.ts';
import type { Sender } from '../../lib/messages/send.ts';
import { memoryLog } from '../support/memory-log.ts';
import { message } from '../support/messages.ts';
import { startTables } from '../support/tables.ts';

const START = Date.parse('2026-01-01T00:00:10Z');
const robot: Destination = { kind: 'custom-robot', accessToken: 'robot' };
const group: Destination = { kind: 'robot-group', openConversationId: 'cid' };
const item = { messageId: 'm_test', destination: 'ops' };

let tables: Awaited<ReturnType<typeof startTables>>;
let now = START;
let calls: { uuid: string }[] = [];
beforeAll(async () => {
  tables = await startTables('messages', 'limits');
});
afterAll(() => tables.close());
beforeEach(() => {
  now = START;
  calls = [];
});

let run = 0;
async function setup(destination: Destination, send: () => Promise<object>, over: Partial<Message> = {}) {
  run += 1;
  const id = `m_${run}`;
  const messages = createMessageTable(tables.client, 'messages');
  await messages.create(message({ ...over, id }));
  const sender: Sender = async (_, __, uuid) => {
    calls.push({ uuid });
    return send();
  };
  const target = destination.kind === 'custom-robot' ? { ...destination, accessToken: `robot-${run}` } : destination;
  const deps = {
    messages,
    destinations: { get: async (name: string) => (name === 'ops' ? target : undefined) },
    limiter: createLimitTable(tables.client, 'limits', () => now),
    send: sender,
    log: memoryLog().log,
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
    random: () => 0.5,
  };
  return {
    deps,
    deliver: (destinationName = 'ops') => deliverMessage(deps, { messageId: id, destination: destinationName }),
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
  expect((await deliver())?.retryInMs).toBe(30_000);
  expect(calls).toHaveLength(1);
  now += 30_000;
  expect(await deliver()).toBeUndefined();
  expect((await delivery()).status).toBe('sent');
});

test('a worker that died in mid-call: the robot gets the same msgUuid again', async () => {
  const { deliver, delivery, messages, id } = await setup(robot, async () => ({}));
  await messages.start({ messageId: id, destination: 'ops' }, false);
  await deliver();
  expect(calls[0]?.uuid).toContain(id);
  expect(await delivery()).toMatchObject({ status: 'sent' });
  expect((await delivery()).possibleDuplicate).toBeUndefined();
});

test('elsewhere it is sent again and flagged, or left unknown when at most once was asked for', async () => {
  const again = await setup(group, async () => ({ receipt: 'key' }));
  await again.messages.start({ messageId: again.id, destination: 'ops' }, false);
  await again.deliver();
  expect(await again.delivery()).toMatchObject({ status: 'sent', possibleDuplicate: true, receipt: 'key' });

  const once = await setup(group, async () => ({}), { delivery: 'at-most-once' });
  await once.messages.start({ messageId: once.id, destination: 'ops' }, false);
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

  const gone = await setup(robot, async () => ({}), { deliveries: { gone: { status: 'queued', attempts: [] } } });
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
    else expect(outcome).toEqual({ retryInMs: 61_000 });
  }
  expect(calls).toHaveLength(20);
});
