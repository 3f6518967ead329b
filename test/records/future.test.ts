import { readdirSync, readFileSync } from 'node:fs';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEEPING } from '../../lib/aws/tables/keeping.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { requeueStuck } from '../../lib/messages/deliver/requeue-stuck.ts';
import { listMessages } from '../../lib/messages/list-messages.ts';
import { messageIdAt, OutboxRecord } from '../../lib/messages/message.ts';
import { access } from '../support/access.ts';
import { delivery, message } from '../support/messages.ts';
import { startMessageTable, startTables } from '../support/tables.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const LATER = NOW + 20 * 60_000;

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
  for (const name of ['messages', 'fixtures']) await startMessageTable(tables.client, name);
});
afterAll(() => tables.close());

const put = (TableName: string, item: object) =>
  tables.client.send(new PutItemCommand({ TableName, Item: marshall(item, { removeUndefinedValues: true }) }));

function world(table: string) {
  const passed: number[] = [];
  const queue: OutboxRecord[] = [];
  const messages = createMessageTable(tables.client, table, {
    ...KEEPING,
    now: () => NOW,
    unreadable: (_, count) => void passed.push(count),
  });
  const outbox = { put: async (items: OutboxRecord[]) => void queue.push(...items), isEmpty: async () => true };
  const stuck = { messages, outbox, lanes: { all: async () => new Map() }, metric: () => undefined, now: () => LATER };
  const list = (asked: object) => listMessages({ messages, keepDays: 90, now: () => LATER }, asked, access());
  return { messages, queue, stuck, list, passed: () => passed.splice(0).reduce((sum, count) => sum + count, 0) };
}

test('a record of a schema from the future stops nothing, and is counted', async () => {
  const { messages, queue, stuck, list, passed } = world('messages');
  const createdAt = new Date(NOW).toISOString();
  const future = { ...message(), id: messageIdAt(NOW, 'future'), createdAt, schema: 3, kind: 'message' };
  const due = { watch: 'due#2026-05-01T12', dueAt: NOW };
  await put('messages', { part: '20260501', ...future, ...due });
  await put('messages', { part: 'to#ops', id: future.id, messageId: future.id });
  const good = messageIdAt(NOW + 1, 'good');
  await messages.create(message({ id: good, createdAt }));
  await requeueStuck(stuck);
  expect(queue.map(({ messageId }) => messageId)).toEqual([good]);
  expect(passed()).toBeGreaterThan(0);
  for (const asked of [{}, { to: 'ops' }, { status: 'queued' }]) {
    expect((await list(asked)).messages.map(({ id }) => id)).toEqual([good]);
  }
  expect(passed()).toBeGreaterThan(1);
  // asked for by itself it says what it is
  await expect(messages.get(future.id)).rejects.toMatchObject({ code: 'record_unreadable' });
});

test('a record in the queue whose message is of the future is one without it, and no broken one', () => {
  const item = { messageId: 'm_1', destination: 'ops' };
  const read = (more: object) => v.parse(OutboxRecord, { ...item, ...more }).message;
  expect(read({})).toBeUndefined();
  expect(read({ message: message() })).toEqual(message());
  expect(read({ message: { ...message(), content: { kind: 'hologram' } } })).toBeUndefined();
});

test('records of earlier releases are read, or passed over with a count', async () => {
  const { messages, list, passed } = world('fixtures');
  const files = readdirSync('test/fixtures/records').filter((file) => file.startsWith('message'));
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) await put('fixtures', JSON.parse(readFileSync(`test/fixtures/records/${file}`, 'utf8')));
  const good = messageIdAt(NOW, 'good');
  await messages.create(message({ id: good, deliveries: { ops: delivery() } }));
  const day = '2026-05-01';
  const listed = (await list({ day })).messages.map(({ id }) => id);
  expect(listed).toContain(good);
  expect(listed.length + passed()).toBe(files.length + 1);
});
