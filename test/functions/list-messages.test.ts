import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListMessages } from '../../contract/requests/messages.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { listMessages } from '../../lib/messages/list-messages.ts';
import { type DeliveryStatus, messageIdAt } from '../../lib/messages/message.ts';
import { access as accessOf } from '../support/access.ts';
import { delivery, message } from '../support/messages.ts';
import { startMessageTable, startTables } from '../support/tables.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const HOUR_MS = 3_600_000;
const idOf = (n: number) => messageIdAt(NOW - n * HOUR_MS, 'x');

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
  await startMessageTable(tables.client, 'messages');
  const messages = createMessageTable(tables.client, 'messages');
  // one an hour, over five days: every tenth failed, every third for `project`
  const statusOf = (n: number): DeliveryStatus => (n % 10 === 0 ? 'failed' : 'sent');
  for (let n = 0; n < 120; n += 1) {
    const createdAt = new Date(NOW - n * HOUR_MS).toISOString();
    const deliveries = { [n % 3 === 0 ? 'project' : 'ops']: delivery({ status: statusOf(n) }) };
    await messages.create(message({ id: idOf(n), createdAt, deliveries }));
  }
});
afterAll(() => tables.close());

const deps = () => ({ messages: createMessageTable(tables.client, 'messages'), keepDays: 90, now: () => NOW });
const access = accessOf({ owner: 'test' });

async function all(wish: Omit<ListMessages, 'cursor'>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages += 1) {
    expect(pages).toBeLessThan(50);
    const page = await listMessages(deps(), { ...wish, ...(cursor !== undefined && { cursor }) }, access);
    ids.push(...page.messages.map(({ id }) => id));
    cursor = page.cursor;
  }
  return ids;
}

test('every message is listed once, the newest first, over all the days', async () => {
  expect(await all({})).toEqual(Array.from({ length: 120 }, (_, n) => idOf(n)));
});

test('a destination and a status say which', async () => {
  expect(await all({ to: 'project', status: 'failed' })).toEqual([0, 30, 60, 90].map(idOf));
  expect(await all({ to: 'nobody' })).toEqual([]);
});

test('a cursor of somebody else is refused', async () => {
  const ofDay = (day: string, page: string) => Buffer.from(JSON.stringify({ day, page })).toString('base64url');
  const keyOf = (part: string, id: string) => Buffer.from(JSON.stringify({ part, id })).toString('base64url');
  const otherDay = keyOf('20260309', idOf(30));
  const pages = ['junk', otherDay, keyOf('20260310', ''), keyOf('20260310', 'x'.repeat(1_500))];
  const never = Buffer.from('{"day":"never"}').toString('base64url');
  for (const cursor of ['junk', never, ...pages.map((page) => ofDay('2026-03-10', page))])
    await expect(listMessages(deps(), { cursor }, access)).rejects.toMatchObject({ code: 'invalid_cursor' });
});
