import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLimitTable } from '../../lib/aws/tables/limit-table.ts';
import { createMergeTable } from '../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createLaneTable } from '../../lib/aws/tables/messages/lane-table.ts';
import { DingTalkRefusal, DingTalkUnreachable } from '../../lib/base/dingtalk-errors.ts';
import { ServiceError } from '../../lib/base/errors.ts';
import { acceptMessage } from '../../lib/messages/accept.ts';
import type { Content } from '../../lib/messages/content.ts';
import { deliverMessage } from '../../lib/messages/deliver/deliver-message.ts';
import { createLaneNotes } from '../../lib/messages/deliver/lanes.ts';
import { requeueStuck } from '../../lib/messages/deliver/requeue-stuck.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { quotaOf } from '../../lib/messages/limits/quota.ts';
import { createSlotCache } from '../../lib/messages/limits/slot-cache.ts';
import { listMessages } from '../../lib/messages/list-messages.ts';
import type { Message, OutboxRecord } from '../../lib/messages/message.ts';
import { messageReceipts } from '../../lib/messages/recall.ts';
import { getMessage } from '../../lib/messages/view.ts';
import { access, EVERYTHING } from '../support/access.ts';
import { APP_PEOPLE } from '../support/app-people.ts';
import { memoryLog } from '../support/memory-log.ts';
import { startMessageTable, startTables } from '../support/tables.ts';

const START = Date.parse('2026-03-01T02:00:00Z');
const MINUTE_MS = 60_000;
/** How often it is looked after what left the queue. */
const LOOK_MS = 2 * MINUTE_MS;
const unasked = async () => expect.fail('nobody asks for it');
const UNASKED = {
  recallFromGroup: unasked,
  recallFromUsers: unasked,
  recallNotification: unasked,
  readersAmongUsers: unasked,
  readersOfNotification: unasked,
};
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:gone';
const BY_TOPIC: Destination = { kind: 'robot-group', openConversationId: 'cidTopic', fallback: { topicArn: TOPIC } };
const DESTINATIONS: Record<string, Destination> = {
  ops: { kind: 'robot-group', openConversationId: 'cidOps', fallback: { to: 'backup', afterMs: 10 * MINUTE_MS } },
  merging: {
    ...{ kind: 'robot-group', openConversationId: 'cidOps', merge: { windowMs: 1_000 } },
    fallback: { to: 'backup', afterMs: 10 * MINUTE_MS },
  },
  backup: { kind: 'custom-robot', accessToken: 'backup' },
  hook: { kind: 'custom-robot', accessToken: 'hook', fallback: { to: 'group', afterMs: 10 * MINUTE_MS } },
  group: { kind: 'robot-group', openConversationId: 'cidOps' },
  pager: BY_TOPIC,
};

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables('limits');
});
afterAll(() => tables.close());

let now = START;
let sent: string[] = [];
let published: object[] = [];
let queue: OutboxRecord[] = [];
/** What is gone: `api` and `webhook` as a whole, or the month of one. */
let gone: { unreachable?: 'api' | 'webhook'; unanswered?: 'api'; month?: 'api'; topic?: boolean } = {};
let worlds = 0;
beforeEach(() => {
  now = START;
  [sent, published, queue, gone] = [[], [], [], {}];
});

async function world() {
  worlds += 1;
  const table = `messages-${worlds}`;
  await startMessageTable(tables.client, table);
  const clock = () => now;
  const destinations = {
    get: async (name: string) => DESTINATIONS[name],
    list: async () => ({ destinations: [] }),
  };
  let ids = 0;
  const { log } = memoryLog();
  const deps = {
    messages: createMessageTable(tables.client, table),
    merges: createMergeTable(tables.client, table, clock),
    lanes: createLaneNotes(createLaneTable(tables.client, table), clock),
    destinations,
    outbox: { put: async (items: OutboxRecord[]) => void queue.push(...items), isEmpty: async () => true },
    deadLetters: { put: async () => expect.fail('nothing is a dead letter') },
    limiter: createSlotCache(createLimitTable(tables.client, 'limits', clock, Math.random), clock),
    meter: {
      used: async () => 0,
      goneUntil: async (quota: string) => (gone.month === quota ? now + 1_000 : 0),
      probe: async () => false,
      markGone: async () => undefined,
      took: async () => undefined,
    },
    policy: { quotas: { api: 5_000, webhook: 3_000 }, reserve: 0 },
    topics: {
      async publish(topicArn: string, said: object) {
        if (gone.topic) throw new ServiceError('topics.publish', { code: 'NotFound', retryable: true });
        published.push({ topicArn, ...said });
      },
    },
    withMedia: async (_: Destination, content: Content) => content,
    async send(to: Destination) {
      const quota = quotaOf(to);
      if (gone.unreachable === quota) {
        throw new DingTalkUnreachable('robot.send', { code: 'ECONNREFUSED', arrived: 'no', cause: undefined });
      }
      if (gone.unanswered === quota) {
        throw new DingTalkUnreachable('robot.send', { code: 'no_answer', arrived: 'maybe', cause: undefined });
      }
      if (gone.month === quota) {
        const refusal = { code: 'quota', class: 'rate', usedUp: 'month', status: 403, description: 'used up' } as const;
        throw new DingTalkRefusal('robot.send', refusal);
      }
      sent.push(to.kind);
      return quota === 'api' ? { receipt: 'key', people: [{ userId: 'lisi', outcome: 'accepted' as const }] } : {};
    },
    counts: { count: () => undefined },
    notQueued: () => undefined,
    log,
    ahead: 0,
    now: clock,
    async sleep(ms: number) {
      now += ms;
    },
    random: () => 0.5,
    randomId() {
      ids += 1;
      return String(ids).padStart(20, '0');
    },
    ...APP_PEOPLE,
  };
  const stuck = { ...deps, lanes: { all: async () => new Map() }, metric: () => undefined };
  /** Works off the queue, and looks after what left it, for so long. */
  async function pass(ms: number) {
    const until = now + ms;
    let lookedAt = now;
    while (now < until) {
      const [next] = queue.splice(0, 1);
      const later = next && (await deliverMessage(deps, next));
      if (next && later) {
        queue.push(next);
        now += Math.max(1_000, later.retryInMs);
      }
      if (queue.length > 0 && now < lookedAt + LOOK_MS) continue;
      if (queue.length === 0) now += LOOK_MS;
      lookedAt = now;
      await requeueStuck(stuck);
    }
  }
  return {
    pass,
    deps,
    async accept(to: string, over: Partial<Message> = {}) {
      const content = { kind: 'text' as const, text: '数据库满了' };
      return (await acceptMessage(deps, { caller: 'key:ci', to: [to], content, ...over })).id;
    },
    async view(id: string, by = EVERYTHING) {
      const slots = { next: async () => [] };
      return getMessage({ ...deps, slots }, id, by);
    },
    list: (asked: object) =>
      listMessages({ messages: deps.messages, keepDays: 90, now: clock }, asked, EVERYTHING).then(({ messages }) =>
        messages.map(({ id }) => id),
      ),
  };
}

const of = (view: Awaited<ReturnType<Awaited<ReturnType<typeof world>>['view']>>, name: string) =>
  view.deliveries?.find(({ destination }) => destination === name);

test('a message goes to the fallback once DingTalk is gone for longer than it says, and the record tells both ways', async () => {
  const { accept, pass, view, list } = await world();
  gone = { unreachable: 'api' };
  const id = await accept('ops');
  await pass(9 * MINUTE_MS);
  expect(of(await view(id), 'ops')).toMatchObject({ status: 'queued' });
  expect(sent).toEqual([]);
  await pass(3 * MINUTE_MS);
  const told = await view(id);
  expect(told.status).toBe('sent');
  expect(of(told, 'ops')).toMatchObject({ status: 'failed', fallback: { to: 'backup', code: 'ECONNREFUSED' } });
  expect(of(told, 'ops')?.waits).toBeUndefined();
  expect(of(told, 'backup')).toMatchObject({ status: 'sent', fallbackFor: { destination: 'ops' } });
  expect(sent).toEqual(['custom-robot']);
  // it is on the list of where it went, and on none of what failed or waits
  expect(await list({ to: 'backup' })).toEqual([id]);
  expect(await list({ to: 'ops' })).toEqual([id]);
  expect([await list({ status: 'failed' }), await list({ status: 'queued' })]).toEqual([[], []]);
  // whoever may send to the destination may read what became of it
  expect((await view(id, access({ destinations: ['ops'] }))).status).toBe('sent');
  gone = {};
  await pass(20 * MINUTE_MS);
  expect(sent).toEqual(['custom-robot']);
});

test('who has read it at the fallback is for keys of that destination', async () => {
  const { accept, pass, deps, view } = await world();
  gone = { unreachable: 'webhook' };
  const id = await accept('hook');
  await pass(12 * MINUTE_MS);
  expect(sent).toEqual(['robot-group']);
  const sentMessages = { readersInGroup: async () => ({ read: ['lisi'], unread: ['wangwu'] }) };
  const asked = { ...deps, appNamed: () => ({ sentMessages: { ...UNASKED, ...sentMessages } }) };
  const readers = async (destinations: string[]) =>
    (await messageReceipts(asked, id, access({ destinations }))).deliveries.find(
      ({ destination }) => destination === 'group',
    );
  expect(await readers(['hook', 'group'])).toMatchObject({ read: ['lisi'], unread: ['wangwu'] });
  expect(await readers(['hook'])).toEqual({ destination: 'group', reason: expect.stringContaining('fallback') });
  // nor whom it reached there
  expect(of(await view(id), 'group')?.reach).toMatchObject({ reached: ['lisi'] });
  const shown = of(await view(id, access({ destinations: ['hook'] })), 'group');
  expect([shown?.status, shown?.people, shown?.reach]).toEqual(['sent', undefined, undefined]);
});

test('DingTalk that comes back in time has the message itself', async () => {
  const { accept, pass, view } = await world();
  gone = { unreachable: 'api' };
  const id = await accept('ops');
  await pass(5 * MINUTE_MS);
  gone = {};
  await pass(6 * MINUTE_MS);
  expect(sent).toEqual(['robot-group']);
  expect((await view(id)).deliveries).toMatchObject([{ destination: 'ops', status: 'sent' }]);
});

test('an urgent message does not wait; one that may have arrived is not told as failed', async () => {
  const { accept, pass, view } = await world();
  gone = { unanswered: 'api' };
  const id = await accept('ops', { priority: 'high' });
  await pass(1_000);
  await pass(1_000);
  expect(of(await view(id), 'ops')).toMatchObject({ status: 'unknown', fallback: { to: 'backup', code: 'no_answer' } });
  expect(of(await view(id), 'backup')?.status).toBe('sent');
  expect((await view(id)).status).toBe('sent');
  // at most once: it ends as it always did
  const once = await accept('ops', { priority: 'high', delivery: 'at-most-once' });
  await pass(1_000);
  expect((await view(once)).deliveries).toMatchObject([{ destination: 'ops', status: 'unknown' }]);
});

test('a month that is used up sends by the other quota', async () => {
  const { accept, pass, view } = await world();
  gone = { month: 'api' };
  const [normal, urgent] = [await accept('ops'), await accept('ops', { priority: 'high' })];
  await pass(2 * MINUTE_MS);
  expect(of(await view(urgent), 'ops')).toMatchObject({ fallback: { to: 'backup', code: 'quota' } });
  expect(of(await view(normal), 'ops')).toMatchObject({ status: 'queued', waits: { for: 'quota' } });
  await pass(12 * MINUTE_MS);
  expect([(await view(urgent)).status, (await view(normal)).status]).toEqual(['sent', 'sent']);
  expect(sent).toEqual(['custom-robot', 'custom-robot']);
});

test('each of the messages that were to go together goes to the fallback', async () => {
  const { accept, pass, view } = await world();
  gone = { unreachable: 'api' };
  const ids = [await accept('merging'), await accept('merging')];
  await pass(20 * MINUTE_MS);
  for (const id of ids) expect(of(await view(id), 'backup')?.status).toBe('sent');
  expect(sent).toEqual(['custom-robot', 'custom-robot']);
});

test('a topic has the text; as long as it is gone too, DingTalk is tried on', async () => {
  const { accept, pass, view } = await world();
  gone = { unreachable: 'api', topic: true };
  const id = await accept('pager', { priority: 'high' });
  await pass(2 * MINUTE_MS);
  expect(of(await view(id), 'pager')?.status).toBe('queued');
  gone = { unreachable: 'api' };
  await pass(10 * MINUTE_MS);
  expect(published).toEqual([
    {
      topicArn: TOPIC,
      subject: 'DingTalk is gone: a message for pager',
      text: '数据库满了',
      about: { messageId: id, destination: 'pager', priority: 'high' },
    },
  ]);
  expect(await view(id)).toMatchObject({ status: 'sent', deliveries: [{ fallback: { topicArn: TOPIC } }] });
});

test('what the fallback cannot carry waits for DingTalk, as does what has nowhere to go', async () => {
  const { accept, pass, view } = await world();
  gone = { unreachable: 'api' };
  const file = await accept('ops', { content: { kind: 'file', mediaId: '@m', fileName: 'a.pdf' } });
  await pass(20 * MINUTE_MS);
  expect((await view(file)).deliveries).toMatchObject([{ destination: 'ops', status: 'queued' }]);
  gone = {};
  await pass(20 * MINUTE_MS);
  expect((await view(file)).status).toBe('sent');
});

test('a worker that dies between the note and the queue loses nothing', async () => {
  const { accept, pass, view, deps } = await world();
  gone = { unreachable: 'api' };
  const id = await accept('ops', { priority: 'high' });
  const [item] = queue.splice(0, 1);
  const put = async () => {
    throw new Error('killed');
  };
  await deliverMessage({ ...deps, outbox: { put } }, item ?? expect.fail());
  await pass(3 * MINUTE_MS);
  expect((await view(id)).status).toBe('sent');
});
