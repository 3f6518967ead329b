import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import type { Message } from '../../lib/messages/message.ts';
import { delivery as fresh, message } from '../support/messages.ts';
import { startWorkerBed } from '../support/worker-bed.ts';

const POINTS = [
  'before-take',
  'after-take',
  'after-start',
  'before-send',
  'after-send',
  'before-record',
  'after-record',
];
const robot: Destination = { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECsimopsrobot' };
const group: Destination = { kind: 'robot-group', openConversationId: 'cidProject=' };

let bed: Awaited<ReturnType<typeof startWorkerBed>>;
beforeAll(async () => {
  bed = await startWorkerBed({ robotWindow: { limit: 1000, windowMs: 60_000, penaltyMs: 1 } });
  await bed.destinations.put('robot', { ...robot, pace: { messages: 1000, perMs: 1 } });
  await bed.destinations.put('group', group);
});
afterAll(() => bed.close());

async function crashAt(point: string, name: string, delivery: Message['delivery']) {
  const id = `m_${name}_${delivery}_${point}`;
  const text = `${name} ${delivery} ${point}`;
  const messages = createMessageTable(bed.tables.client, 'messages');
  const createdAt = new Date().toISOString();
  await messages.create(
    message({ id, createdAt, delivery, content: { kind: 'text', text }, deliveries: { [name]: fresh() } }),
  );
  const item = { messageId: id, destination: name };
  expect(await bed.worker(item, { killAt: point })).toBe(true);
  await bed.worker(item);
  const conversation = name === 'robot' ? 'cidOps=' : 'cidProject=';
  const answer = await fetch(`${bed.simulator.url}/_sim/messages?conversation=${encodeURIComponent(conversation)}`);
  const shown = v.parse(v.array(v.object({ text: v.string() })), await answer.json());
  const count = shown.filter((one) => one.text === text).length;
  return { count, delivery: (await messages.get(id))?.deliveries[name] };
}

test.each(POINTS)('a robot shows the message once when its worker is killed %s', async (point) => {
  const { count, delivery } = await crashAt(point, 'robot', 'at-least-once');
  expect(count).toBe(1);
  expect(delivery?.status).toBe('sent');
  expect(delivery?.possibleDuplicate).toBeUndefined();
});

test.each(POINTS)('a group shows it at least once, and a second time only flagged, when killed %s', async (point) => {
  const { count, delivery } = await crashAt(point, 'group', 'at-least-once');
  expect(delivery?.status).toBe('sent');
  expect(count).toBeGreaterThanOrEqual(1);
  expect(count).toBeLessThanOrEqual(delivery?.possibleDuplicate ? 2 : 1);
});

test.each([
  ['before-take', 'sent', 1],
  ['after-take', 'sent', 1],
  ['after-start', 'unknown', 0],
  ['before-send', 'unknown', 0],
  ['after-send', 'unknown', 1],
  ['before-record', 'unknown', 1],
  ['after-record', 'sent', 1],
])('a group never shows it twice when at most once was asked for: killed %s it is %s', async (point, status, times) => {
  const { count, delivery } = await crashAt(point, 'group', 'at-most-once');
  expect(delivery?.status).toBe(status);
  expect(count).toBe(times);
});
