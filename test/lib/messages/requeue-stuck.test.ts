import { expect, test } from 'vitest';
import { messageOf } from '../../../lib/messages/accept.ts';
import { requeueStuck, type StuckDeps } from '../../../lib/messages/deliver/requeue-stuck.ts';
import { EVERYTHING } from '../../support/access.ts';

const SLOW_MS = 20_000;

test('a run that takes too long ends between two messages, and the next one goes on', async () => {
  let now = Date.parse('2026-03-01T00:00:00Z');
  const createdAt = new Date(now).toISOString();
  const waiting = ['m1', 'm2', 'm3', 'm4', 'm5'].map((id) => {
    const input = { caller: EVERYTHING.caller, to: ['ops'], content: { kind: 'text' as const, text: id } };
    const message = messageOf(input, { id, requestHash: id, createdAt });
    return { ...message, deliveries: { ops: { ...message.deliveries.ops!, waiting: true, dueAt: now } } };
  });
  const queued: string[] = [];
  let begins = 0;
  const deps: StuckDeps = {
    messages: {
      listUnseen: async () => ({ messages: [], upTo: '', more: false }),
      seen: async () => undefined,
      listDue: async () => ({
        due: waiting.filter(({ id }) => !queued.includes(id)).map((message) => ({ message, dueAt: now })),
      }),
      beginAt: async () => {
        begins += 1;
      },
      checked: async () => true,
      requeue: async (_, items) => items,
      enlist: async () => undefined,
      record: async () => true,
      watch: async () => undefined,
    },
    lanes: { all: async () => new Map() },
    outbox: {
      async put(items) {
        now += SLOW_MS;
        queued.push(...items.map(({ messageId }) => messageId));
      },
      isEmpty: async () => true,
    },
    metric: () => undefined,
    now: () => now,
  };
  await requeueStuck(deps);
  expect([queued, begins]).toEqual([['m1', 'm2'], 0]);
  await requeueStuck(deps);
  await requeueStuck(deps);
  expect([queued, begins]).toEqual([['m1', 'm2', 'm3', 'm4', 'm5'], 1]);
});
