import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMergeTable } from '../../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../../lib/aws/tables/message-table.ts';
import { acceptMessage } from '../../../lib/messages/accept.ts';
import { requeueStuck, type StuckDeps } from '../../../lib/messages/deliver/requeue-stuck.ts';
import { messageIdAt, type OutboxItem } from '../../../lib/messages/message.ts';
import { delivery, message } from '../../support/messages.ts';
import { startMessageTable, startTables } from '../../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
  for (const name of ['messages', 'crashed', 'died', 'late', 'outage']) await startMessageTable(tables.client, name);
});
afterAll(() => tables.close());

/** How many messages a run brings back. */
async function requeued(deps: Omit<StuckDeps, 'metric' | 'lanes'>): Promise<number> {
  const counts: number[] = [];
  await requeueStuck({ ...deps, lanes: { all: async () => new Map() }, metric: (_name, count) => counts.push(count) });
  return counts.reduce((sum, count) => sum + count, 0);
}

test('what is kept while the queue is down is accepted, and queued by the watch', async () => {
  let down = true;
  const queued: OutboxItem[] = [];
  const told: unknown[] = [];
  const deps = {
    messages: createMessageTable(tables.client, 'messages'),
    merges: createMergeTable(tables.client, 'messages', () => 0),
    outbox: {
      put: async (items: OutboxItem[]) => {
        if (down) throw new Error('the queue is down');
        queued.push(...items);
      },
      isEmpty: async () => true,
    },
    destinations: { get: async () => undefined },
    notQueued: (messageId: string, error: unknown) => told.push([messageId, String(error)]),
    now: () => 1_800_000_000_000,
    randomId: () => 'random',
  };
  const accepted = await acceptMessage(deps, { caller: 'ci', to: ['ops'], content: { kind: 'text', text: 'kept' } });
  expect(told).toEqual([[accepted.id, 'Error: the queue is down']]);
  expect((await deps.messages.get(accepted.id))?.deliveries.ops?.status).toBe('queued');
  await expect(requeued({ ...deps })).rejects.toThrow('the queue is down');
  down = false;
  expect(await requeued({ ...deps })).toBe(1);
  expect(queued).toEqual([{ messageId: accepted.id, destination: 'ops' }]);
  expect(await requeued({ ...deps })).toBe(0);
});

test('equal requests that are written differently are one message', async () => {
  const deps = {
    messages: createMessageTable(tables.client, 'messages'),
    merges: createMergeTable(tables.client, 'messages', () => 0),
    outbox: { put: async () => undefined },
    destinations: { get: async () => undefined },
    notQueued: () => undefined,
    now: () => 1_800_000_000_000,
    randomId: () => `written${Math.random()}`,
  };
  const content = { kind: 'text' as const, text: 'once' };
  const key = { caller: 'ci', idempotencyKey: 'written twice' };
  const first = await acceptMessage(deps, { ...key, to: ['ops', 'project'], content });
  const delivery = 'at-least-once' as const;
  const again = { to: ['project', 'ops'], content: { text: 'once', kind: 'text' as const }, delivery };
  expect((await acceptMessage(deps, { ...again, priority: 'normal', ...key })).id).toBe(first.id);
  const other = acceptMessage(deps, { ...again, priority: 'high', ...key });
  await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
});

test('the same key with another body is refused, with the message it stands for', async () => {
  let ids = 0;
  const deps = {
    messages: createMessageTable(tables.client, 'messages'),
    merges: createMergeTable(tables.client, 'messages', () => 0),
    outbox: { put: async () => undefined },
    destinations: { get: async () => undefined },
    now: () => 1_800_000_000_000,
    notQueued: () => undefined,
    randomId: () => `other${ids++}`,
  };
  const input = { caller: 'ci', idempotencyKey: 'k', to: ['ops'], content: { kind: 'text' as const, text: 'one' } };
  const first = await acceptMessage(deps, input);
  expect((await acceptMessage(deps, input)).id).toBe(first.id);
  expect((await acceptMessage(deps, { ...input, caller: 'other' })).id).not.toBe(first.id);
  await expect(acceptMessage(deps, { ...input, content: { kind: 'text', text: 'two' } })).rejects.toMatchObject({
    code: 'idempotency_key_reused',
    faults: [{ message: expect.stringContaining(first.id) }],
  });
});

test('what a crash left between table and queue is queued a quarter of an hour later, once', async () => {
  let now = 1_800_000_000_000;
  const queued: OutboxItem[] = [];
  const messages = createMessageTable(tables.client, 'crashed');
  const outbox = { put: async (items: OutboxItem[]) => void queued.push(...items), isEmpty: async () => true };
  await messages.create(message({ id: messageIdAt(now, 'lost') }));
  const sent = { ops: delivery({ status: 'sent' as const }) };
  await messages.create(message({ id: messageIdAt(now, 'sent'), deliveries: sent }));
  now += 14 * 60_000;
  expect(await requeued({ messages, outbox, now: () => now })).toBe(0);
  now += 2 * 60_000;
  expect(await requeued({ messages, outbox, now: () => now })).toBe(1);
  now += 5 * 60_000;
  expect(await requeued({ messages, outbox, now: () => now })).toBe(0);
  expect(queued).toEqual([{ messageId: messageIdAt(1_800_000_000_000, 'lost'), destination: 'ops' }]);
});

test('a message whose first try died with its key is watched, though the watch has passed its id', async () => {
  let now = 1_900_000_000_000;
  const messages = createMessageTable(tables.client, 'died');
  const queued: OutboxItem[] = [];
  const outbox = { put: async (items: OutboxItem[]) => void queued.push(...items), isEmpty: async () => true };
  const input = { caller: 'ci', idempotencyKey: 'died', to: ['ops'], content: { kind: 'text' as const, text: 'x' } };
  const deps = {
    merges: createMergeTable(tables.client, 'died', () => now),
    destinations: { get: async () => undefined },
    notQueued: () => undefined,
    now: () => now,
    randomId: () => 'first',
  };
  const dies = { ...messages, create: async () => Promise.reject(new Error('killed')) };
  await expect(acceptMessage({ ...deps, outbox, messages: dies }, input)).rejects.toThrow('killed');
  now += 60 * 60_000;
  await requeued({ messages, outbox, now: () => now });
  const never = Promise.withResolvers<void>();
  // the second try dies between table and queue
  void acceptMessage({ ...deps, messages, outbox: { put: () => never.promise } }, input);
  await expect.poll(() => messages.get(messageIdAt(1_900_000_000_000, 'first'))).toBeDefined();
  now += 16 * 60_000;
  await expect.poll(() => requeued({ messages, outbox, now: () => now })).toBe(1);
  expect(queued).toEqual([{ messageId: messageIdAt(1_900_000_000_000, 'first'), destination: 'ops' }]);
});

test('what is told late is one message at each try, and is watched though the watch has passed its id', async () => {
  const happened = 1_900_000_000_000;
  let now = happened + 60 * 60_000;
  const messages = createMessageTable(tables.client, 'late');
  const queued: OutboxItem[] = [];
  const outbox = { put: async (items: OutboxItem[]) => void queued.push(...items), isEmpty: async () => true };
  const content = { kind: 'text' as const, text: 'x' };
  const input = { caller: 'tasks', idempotencyKey: 't_1#1', tellsOf: happened, to: ['ops'], content };
  const deps = {
    messages,
    merges: createMergeTable(tables.client, 'late', () => now),
    destinations: { get: async () => undefined },
    notQueued: () => undefined,
    now: () => now,
    randomId: () => 'any',
  };
  const sent = { ops: delivery({ status: 'sent' as const }) };
  await messages.create(message({ id: messageIdAt(now - 30 * 60_000, 'other'), deliveries: sent }));
  expect(await requeued({ messages, outbox, now: () => now })).toBe(0);
  const dies = { put: () => new Promise<void>(() => undefined) };
  void acceptMessage({ ...deps, outbox: dies }, input);
  const { id } = await expect
    .poll(() => messages.listDay('2030-03-17', { limit: 10 }))
    .toMatchObject({ messages: [{}, { caller: 'tasks' }] })
    .then(() => acceptMessage({ ...deps, outbox: { put: async () => undefined } }, input));
  now += 16 * 60_000;
  await expect.poll(() => requeued({ messages, outbox, now: () => now })).toBe(1);
  expect(queued).toEqual([{ messageId: id, destination: 'ops' }]);
});

test('what is told late is watched by the next try, where an outage came between it and its watch', async () => {
  const happened = 1_900_000_000_000;
  let now = happened + 60 * 60_000;
  const messages = createMessageTable(tables.client, 'outage');
  const queued: OutboxItem[] = [];
  const outbox = { put: async (items: OutboxItem[]) => void queued.push(...items), isEmpty: async () => true };
  const content = { kind: 'text' as const, text: 'x' };
  const input = { caller: 'tasks', idempotencyKey: 't_1#1', tellsOf: happened, to: ['ops'], content };
  const deps = {
    merges: createMergeTable(tables.client, 'outage', () => now),
    destinations: { get: async () => undefined },
    notQueued: () => undefined,
    now: () => now,
    randomId: () => 'any',
  };
  const sent = { ops: delivery({ status: 'sent' as const }) };
  await messages.create(message({ id: messageIdAt(now - 30 * 60_000, 'other'), deliveries: sent }));
  expect(await requeued({ messages, outbox, now: () => now })).toBe(0);
  const down = { ...messages, watch: async () => Promise.reject(new Error('outage')) };
  await expect(acceptMessage({ ...deps, outbox, messages: down }, input)).rejects.toThrow('outage');
  now += 5 * 60_000;
  const { id } = await acceptMessage({ ...deps, outbox, messages }, input);
  now += 16 * 60_000;
  expect(await requeued({ messages, outbox, now: () => now })).toBe(1);
  expect(queued).toEqual([{ messageId: id, destination: 'ops' }]);
});
