import { expect } from 'vitest';
import { createLimitTable } from '../../lib/aws/tables/limit-table.ts';
import { createMergeTable } from '../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createLaneTable } from '../../lib/aws/tables/messages/lane-table.ts';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { type AcceptInput, acceptMessage } from '../../lib/messages/accept.ts';
import type { Content } from '../../lib/messages/content.ts';
import { deliverMessage } from '../../lib/messages/deliver/deliver-message.ts';
import { createLaneNotes } from '../../lib/messages/deliver/lanes.ts';
import { requeueStuck } from '../../lib/messages/deliver/requeue-stuck.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import type { Rendered } from '../../lib/messages/kinds/kind.ts';
import { createMeter } from '../../lib/messages/limits/meter.ts';
import { createSlotCache } from '../../lib/messages/limits/slot-cache.ts';
import type { OutboxRecord } from '../../lib/messages/message.ts';
import { APP_PEOPLE } from './app-people.ts';
import { memoryLog } from './memory-log.ts';
import { startMessageTable, startTables } from './tables.ts';

const MINUTE_MS = 60_000;

export type Sending = { at: number; to: Destination; rendered: Rendered };

/**
 * The real acceptance, delivery and minutely check of messages on a simulated clock, over tables of its own. DingTalk
 * takes everything, at once.
 */
export async function nightWorld(destinations: Record<string, Destination>, start: string) {
  const { client, close } = await startTables('limits');
  await startMessageTable(client, 'messages');
  let now = Date.parse(start);
  let ids = 0;
  const clock = () => now;
  const queue: OutboxRecord[] = [];
  const sent: Sending[] = [];
  /** Minutes in which something may be due: the check of all others would find nothing. */
  const awaited = new Set<number>();
  const stored = createMessageTable(client, 'messages');
  const watching = {
    ...stored,
    async watch(id: string, dueAt: number) {
      awaited.add(Math.ceil(dueAt / MINUTE_MS) * MINUTE_MS);
      await stored.watch(id, dueAt);
    },
  };
  const deps = {
    ...APP_PEOPLE,
    messages: watching,
    merges: createMergeTable(client, 'messages', clock),
    lanes: createLaneNotes(createLaneTable(client, 'messages'), clock),
    destinations: { get: async (name: string) => destinations[name] },
    outbox: {
      put: async (items: OutboxRecord[]) => void queue.push(...items),
      isEmpty: async () => queue.length === 0,
    },
    topics: { publish: async () => undefined },
    deadLetters: { put: async () => expect.fail('nothing is given up') },
    limiter: createSlotCache(createLimitTable(client, 'limits', clock, Math.random), clock),
    meter: createMeter(createMeterTable(client, 'limits', clock), clock),
    policy: { quotas: { api: 1_000_000, webhook: 1_000_000 }, reserve: 0 },
    withMedia: async (_: Destination, content: Content) => content,
    send: async (to: Destination, rendered: Rendered) => {
      sent.push({ at: now, to, rendered });
      return {};
    },
    notQueued: () => expect.fail('everything is queued'),
    counts: { count: () => undefined, flush: () => undefined },
    metric: () => undefined,
    randomId: () => String(ids++).padStart(20, '0'),
    ahead: 0,
    sleep: async (ms: number) => {
      now += ms;
    },
    random: () => 0.5,
    log: memoryLog().log,
    now: clock,
  };

  async function work(): Promise<void> {
    while (queue.length > 0) {
      const item = queue.shift();
      // who receives it first has the message with it
      const later = item && (await deliverMessage(deps, item, item.message));
      if (!item || !later) continue;
      const { message: _, ...again } = item;
      queue.unshift(again);
      now += later.retryInMs;
    }
  }

  return {
    close,
    client,
    sent,
    queue,
    work,
    deps,
    now: clock,
    /** Accepts a message and lets its workers run. */
    async accept(input: Omit<AcceptInput, 'caller'>) {
      const message = await acceptMessage(deps, { caller: 'key:ci', ...input });
      await work();
      return message.id;
    },
    /** Goes on to this time; reconcile runs in each minute in which something is due. */
    async until(time: number): Promise<void> {
      for (;;) {
        const next = Math.min(...awaited);
        if (next > time) break;
        awaited.delete(next);
        now = Math.max(now, next);
        await requeueStuck({
          ...deps,
          messages: watching,
          lanes: createLaneTable(client, 'messages'),
        });
        await work();
      }
      now = Math.max(now, time);
    },
    delivery: async (id: string, name: string) => (await stored.get(id))?.deliveries[name],
  };
}
