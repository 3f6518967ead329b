import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMergeTable } from '../../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../../lib/aws/tables/message-table.ts';
import { messageIdAt, type OutboxItem } from '../../../lib/messages/message.ts';
import { resendMessage } from '../../../lib/messages/resend-message.ts';
import { EVERYTHING } from '../../support/access.ts';
import { delivery, message } from '../../support/messages.ts';
import { startMessageTable, startTables } from '../../support/tables.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const at = new Date(NOW).toISOString();
const OVER = { expiresAt: new Date(NOW - 1).toISOString() };
let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
  await startMessageTable(tables.client, 'messages');
});
afterAll(() => tables.close());

let made = 0;
/** A message whose deliveries ended so, and what sends it again. */
async function ended(deliveries: Record<string, Parameters<typeof delivery>[0]>, over: object = {}) {
  made += 1;
  const id = messageIdAt(NOW, `resent${made}`);
  const queued: { item: OutboxItem; round: string | undefined }[] = [];
  const deps = {
    messages: createMessageTable(tables.client, 'messages'),
    merges: createMergeTable(tables.client, 'messages', () => NOW),
    outbox: {
      put: async (items: OutboxItem[], round?: string) => void queued.push(...items.map((item) => ({ item, round }))),
    },
    destinations: {
      get: async (name: string) => ({ kind: 'custom-robot' as const, accessToken: name }),
      list: async () => ({ destinations: [] }),
    },
    most: { parts: 20, calls: 200 },
    notQueued: () => expect.fail('all is queued'),
    now: () => NOW,
    randomId: () => `random${made}`,
  };
  const all = Object.entries(deliveries).map(([name, each]) => [name, delivery(each)] as const);
  const kept = { id, createdAt: at, caller: 'key:somebody', priority: 'high' as const, ...over };
  await deps.messages.create(message({ ...kept, deliveries: Object.fromEntries(all) }));
  const again = (access: object = {}) => resendMessage(deps, { access: { ...EVERYTHING, ...access }, id });
  return { id, again, queued, stored: (of: string) => deps.messages.get(of) };
}

test('it goes as a new message, without its times, to where it ended unsent and to nobody else', async () => {
  const { id, again, queued, stored } = await ended(
    {
      failed: { status: 'failed' },
      unknown: { status: 'unknown' },
      expired: { status: 'expired' },
      sent: { status: 'sent' },
      recalled: { status: 'recalled' },
      replaced: { status: 'failed', fallback: { to: 'instead', at, code: 'quota' } },
      instead: { status: 'sent', fallbackFor: { destination: 'replaced', at } },
    },
    OVER,
  );
  const resent = await again();
  expect(resent.id).not.toBe(id);
  const { deliveries = {}, ...kept } = (await stored(resent.id)) ?? {};
  expect(Object.keys(deliveries).sort()).toEqual(['expired', 'failed', 'unknown']);
  expect(kept).toMatchObject({ priority: 'high', content: { text: '你好' }, caller: 'key:somebody' });
  expect(kept).not.toHaveProperty('expiresAt');
  expect(queued).toHaveLength(3);
  // whoever asks again asks for the same
  expect((await again()).id).toBe(resent.id);
  expect((await again({ owner: 'key:other' })).id).toBe(resent.id);
});

test('where the fallback failed too, the first destination gets it', async () => {
  const { again, stored } = await ended({
    first: { status: 'failed', fallback: { to: 'instead', at, code: 'quota' } },
    instead: { status: 'failed', fallbackFor: { destination: 'first', at } },
  });
  expect(Object.keys((await stored((await again()).id))?.deliveries ?? {})).toEqual(['first']);
});

test('a dead letter goes back into the queue as it is, and is found there anew', async () => {
  const { id, again, queued } = await ended({ ops: { status: 'failed', deadLetter: true }, sent: { status: 'sent' } });
  expect((await again()).id).toBe(id);
  const item = { messageId: id, destination: 'ops', priority: 'high' };
  expect(queued).toEqual([{ item, round: expect.stringMatching(/^again/) }]);
  // it is on its way
  await expect(again()).rejects.toMatchObject({ code: 'nothing_unsent' });
  expect(queued).toHaveLength(1);
});

test('of many who put a dead letter back at once one does, and what it may cost is charged once', async () => {
  const { again, queued } = await ended({ ops: { status: 'failed', deadLetter: true } });
  let spent = 0;
  const spend = async (calls: number) => {
    spent += calls;
  };
  await Promise.allSettled(Array.from({ length: 5 }, () => again({ spend })));
  expect([queued.length, spent]).toEqual([1, 1]);
});

test('a dead letter whose time is over goes as a new message', async () => {
  const { id, again, stored } = await ended({ ops: { status: 'failed', deadLetter: true } }, OVER);
  const resent = await again();
  expect(resent.id).not.toBe(id);
  expect(await stored(resent.id)).not.toHaveProperty('expiresAt');
});

test.each([
  ['of a task', { ops: { status: 'failed' } }, { caller: 'tasks' }],
  ['to a person of a task', { '@default:lisi': { status: 'failed' } }, {}],
  ['that answers an event', { 're:bXNnMQ': { status: 'failed' } }, {}],
  ['that is on its way to another', { ops: { status: 'failed' }, other: { status: 'queued' } }, {}],
] as const)('a message %s is not sent again', async (_, deliveries, over) => {
  const { again, queued } = await ended(deliveries, over);
  await expect(again()).rejects.toMatchObject({ code: 'not_resendable' });
  expect(queued).toEqual([]);
});

test('what was a card whose buttons call back goes as a message: taps count on the first card alone', async () => {
  const said = { kind: 'markdown', title: 'disk full', text: '**disk full**' };
  const card = { kind: 'card', templateId: 't', routeKey: 'r', params: {} };
  const { again, stored } = await ended({ ops: { status: 'failed' } }, { content: card, otherwise: [said] });
  const resent = await stored((await again()).id);
  expect([resent?.content, resent?.otherwise]).toEqual([said, undefined]);
});

test('of what waits or was sent nothing is sent again', async () => {
  const { again } = await ended({ ops: { status: 'queued' }, sent: { status: 'sent' } });
  await expect(again()).rejects.toMatchObject({ code: 'nothing_unsent' });
});
