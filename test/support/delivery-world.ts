import { expect } from 'vitest';
import type { Dynamodb } from '../../lib/aws/dynamodb.ts';
import { createLimitTable } from '../../lib/aws/tables/limit-table.ts';
import { createMergeTable } from '../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createLaneTable } from '../../lib/aws/tables/messages/lane-table.ts';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { acceptMessage } from '../../lib/messages/accept.ts';
import type { Content } from '../../lib/messages/content.ts';
import { deliverMessage } from '../../lib/messages/deliver/deliver-message.ts';
import { endBatch } from '../../lib/messages/deliver/end-batch.ts';
import { createLaneNotes } from '../../lib/messages/deliver/lanes.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { createMeter } from '../../lib/messages/limits/meter.ts';
import { createSlotCache } from '../../lib/messages/limits/slot-cache.ts';
import type { OutboxRecord } from '../../lib/messages/message.ts';
import { APP_PEOPLE } from './app-people.ts';
import { memoryLog } from './memory-log.ts';

export const DESTINATIONS: Record<string, Destination> = {
  project: { kind: 'robot-group', openConversationId: 'cid' },
  notice: { kind: 'work-notification', userIds: ['lisi'] },
};

let worlds = 0;

/** Messages from their acceptance until DingTalk took them, in this table of messages and the one of limits, by a clock of its own. */
export function deliveryWorld(client: Dynamodb, table: string) {
  worlds += 1;
  let now = Date.parse('2026-03-01T10:00:00Z');
  let ids = 0;
  let sent = 0;
  const queue: OutboxRecord[] = [];
  const clock = () => now;
  const limits = createLimitTable(client, 'limits', clock, Math.random);
  const { log } = memoryLog();
  const deps = {
    messages: createMessageTable(client, table),
    merges: createMergeTable(client, table, clock),
    lanes: createLaneNotes(createLaneTable(client, table), clock),
    destinations: { get: async (name: string) => DESTINATIONS[name] },
    outbox: {
      put: async (items: OutboxRecord[]) => void queue.push(...items),
      isEmpty: async () => queue.length === 0,
    },
    topics: { publish: async () => undefined },
    deadLetters: { put: async () => undefined },
    limiter: createSlotCache(limits, clock),
    meter: createMeter(createMeterTable(client, 'limits', clock), clock),
    policy: { quotas: { api: 5_000, webhook: 3_000 }, reserve: 0 },
    ...APP_PEOPLE,
    withMedia: async (_: Destination, content: Content) => content,
    send: async () => {
      now += 50;
      sent += 1;
      deps.meter.count({ app: 'default', kind: 'api', act: 'send', answered: true });
      return { receipt: `receipt-of-a-call-${sent}` };
    },
    notQueued: () => expect.fail(),
    counts: { count: () => undefined, flush: () => undefined },
    metric: () => undefined,
    randomId: () => `${worlds}-${String(ids++)}`.padStart(20, 'x'),
    sleep: async (ms: number) => {
      now += ms;
    },
    random: () => 0.5,
    log,
    now: clock,
  };
  return {
    deps,
    queue,
    wait: (ms: number) => {
      now += ms;
    },
    sent: () => sent,
    accept: (to: string, content: Content) => acceptMessage(deps, { caller: 'key:ci', to: [to], content }),
    /** Delivers a batch as the queue hands it out; what is not done stays. */
    async deliver(size = 10) {
      const batch = queue.splice(0, size);
      for (const [index, { message, ...item }] of batch.entries()) {
        const later = await deliverMessage({ ...deps, ahead: batch.length - index - 1 }, item, message);
        if (later) queue.unshift(item);
        now += later?.retryInMs ?? 0;
      }
      await endBatch(deps);
    },
  };
}
