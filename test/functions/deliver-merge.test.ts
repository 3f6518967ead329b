import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMergeTable } from '../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { acceptMessage } from '../../lib/messages/accept.ts';
import { mergeStep } from '../../lib/messages/deliver/merge-step.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { APP_PEOPLE } from '../support/app-people.ts';
import { startMessageTable, startTables } from '../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
  await startMessageTable(tables.client, 'messages');
});
afterAll(() => tables.close());

const robot: Destination = { kind: 'custom-robot', accessToken: 'robot', merge: { windowMs: 60_000 } };

function world(destination: string) {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let ids = 0;
  const deps = {
    messages: createMessageTable(tables.client, 'messages'),
    merges: createMergeTable(tables.client, 'messages', () => now),
    outbox: { put: async () => undefined },
    notQueued: () => undefined,
    destinations: { get: async () => robot },
    ...APP_PEOPLE,
    now: () => now,
    randomId: () => `${destination}-${ids++}`,
  };
  return {
    deps,
    wait: (ms: number) => {
      now += ms;
    },
    say: async (text: string, more: { priority?: 'high' } = {}) =>
      (await acceptMessage(deps, { caller: 'ci', to: [destination], content: { kind: 'text', text }, ...more })).id,
    /** What comes of a message when its turn has come. */
    go: async (messageId: string) => {
      const message = (await deps.messages.get(messageId))!;
      const delivery = message.deliveries[destination]!;
      const merged = await mergeStep(deps, { item: { messageId, destination }, message, delivery, destination: robot });
      return typeof merged === 'object' && 'message' in merged ? merged.message.content : merged;
    },
    end: (messageId: string) =>
      deps.messages.record({ messageId, destination }, { status: 'sent', receipts: ['r'], attempts: [] }),
    delivery: async (messageId: string) => (await deps.messages.get(messageId))!.deliveries[destination]!,
  };
}

test('twenty alerts of one minute go as one message with counts, and each has its outcome', async () => {
  const { say, go, wait, end, delivery } = world('alerts');
  const ids = [];
  for (let n = 0; n < 20; n += 1) ids.push(await say(n % 2 === 0 ? 'disk full' : 'cpu hot'));
  const [leader = '', second = '', ...rest] = ids;
  expect(await go(leader)).toEqual({ retryInMs: 60_000 });
  wait(60_000);
  const text = '20 条消息\ndisk full ×10\ncpu hot ×10';
  expect(await go(leader)).toEqual({ kind: 'text', text });
  expect(await go(leader)).toEqual({ kind: 'text', text }); // tried again, it says the same
  expect(await go(second)).toEqual({ retryInMs: 5_000 });
  await end(leader);
  for (const id of [second, ...rest]) expect(await go(id)).toBe('done');
  expect(await delivery(second)).toMatchObject({ status: 'sent', mergedInto: leader, receipts: ['r'] });
  // a leader that is redriven says it all again
  expect(await go(leader)).toEqual({ kind: 'text', text });
});

test('the next window has a leader of its own, and what is urgent waits for nobody', async () => {
  const { say, go, wait } = world('windows');
  const first = await say('one');
  wait(61_000);
  const next = await say('two');
  const urgent = await say('now', { priority: 'high' });
  expect(await go(urgent)).toEqual({ kind: 'text', text: 'now' });
  expect(await go(first)).toEqual({ kind: 'text', text: 'one' });
  expect(await go(next)).toEqual({ retryInMs: 60_000 });
});

test('beyond two hundred another leads, and of those that come at the same moment nobody is left out or said twice', async () => {
  const { say, go, wait, end } = world('many');
  const ids: string[] = [];
  for (let n = 0; n < 210; n += 1) ids.push(await say(`alert ${n}`));
  ids.push(...(await Promise.all(Array.from({ length: 20 }, (_, n) => say(`at once ${n}`)))));
  wait(60_000);
  const said: string[] = [];
  let messages = 0;
  for (const id of ids) {
    const content = await go(id);
    if (typeof content !== 'object' || !('text' in content)) continue;
    messages += 1;
    said.push(...content.text.split('\n').filter((line) => !line.includes('条消息')));
    await end(id);
  }
  expect(said.sort()).toEqual([...ids.keys()].map((n) => (n < 210 ? `alert ${n}` : `at once ${n - 210}`)).sort());
  expect(messages).toBeLessThan(10);
});

test('whoever has its turn first takes the others along, the one that led too, and says the same after a crash', async () => {
  const { say, go, wait, end, delivery } = world('turns');
  const ids: string[] = [];
  for (const text of ['one', 'two', 'three']) {
    ids.push(await say(text));
    wait(1);
  }
  const [leader = '', second = '', third = ''] = ids;
  wait(60_000);
  const all = { kind: 'text', text: '3 条消息\none\ntwo\nthree' };
  expect(await go(second)).toEqual(all);
  expect(await go(second)).toEqual(all);
  expect(await go(leader)).toEqual({ retryInMs: 5_000 });
  await end(second);
  expect([await go(leader), await go(third)]).toEqual(['done', 'done']);
  expect(await delivery(leader)).toMatchObject({ status: 'sent', mergedInto: second });
});

test('a message whose gathering was lost goes by itself', async () => {
  const { deps, say, go, wait } = world('lost');
  const leader = await say('first');
  const lone = await say('second');
  await deps.messages.record({ messageId: leader, destination: 'lost' }, { status: 'expired' });
  wait(60_000);
  expect(await go(lone)).toEqual({ kind: 'text', text: 'second' });
});

test('texts that stand apart from their records are merged too', async () => {
  const { say, go, wait, end } = world('long');
  const [leader = '', second = ''] = [await say('甲'.repeat(2_000)), await say('乙'.repeat(2_000))];
  wait(60_000);
  const text = `2 条消息\n${'甲'.repeat(2_000)}\n${'乙'.repeat(2_000)}`;
  expect(await go(leader)).toEqual({ kind: 'text', text });
  await end(leader);
  expect(await go(second)).toBe('done');
});
