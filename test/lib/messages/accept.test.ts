import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMergeTable } from '../../../lib/aws/merge-table.ts';
import { createMessageTable } from '../../../lib/aws/message-table.ts';
import { acceptMessage } from '../../../lib/messages/accept.ts';
import type { OutboxItem } from '../../../lib/messages/message.ts';
import { requeueStuck } from '../../../lib/messages/stuck.ts';
import { startMessageTable, startTables } from '../../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
  await startMessageTable(tables.client, 'messages');
});
afterAll(() => tables.close());

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
    },
    destinations: { get: async () => undefined },
    notQueued: (messageId: string, error: unknown) => told.push([messageId, String(error)]),
    now: () => 1_800_000_000_000,
    randomId: () => 'random',
  };
  const accepted = await acceptMessage(deps, { caller: 'ci', to: ['ops'], content: { kind: 'text', text: 'kept' } });
  expect(told).toEqual([[accepted.id, 'Error: the queue is down']]);
  expect((await deps.messages.get(accepted.id))?.deliveries.ops?.status).toBe('queued');
  await expect(requeueStuck(deps)).rejects.toThrow('the queue is down');
  down = false;
  expect(await requeueStuck(deps)).toBe(1);
  expect(queued).toEqual([{ messageId: accepted.id, destination: 'ops' }]);
  expect(await requeueStuck(deps)).toBe(0);
});

test('the same key with another body is refused, with the message it stands for', async () => {
  const deps = {
    messages: createMessageTable(tables.client, 'messages'),
    merges: createMergeTable(tables.client, 'messages', () => 0),
    outbox: { put: async () => undefined },
    destinations: { get: async () => undefined },
    now: () => 1_800_000_000_000,
    notQueued: () => undefined,
    randomId: () => 'other',
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
