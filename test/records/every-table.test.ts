import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConversationTable } from '../../lib/aws/tables/conversation-table.ts';
import { createDestinationTable } from '../../lib/aws/tables/destination-table.ts';
import { createKeptCallbacks } from '../../lib/aws/tables/events/door-table.ts';
import { KEEPING, type Keeping } from '../../lib/aws/tables/keeping.ts';
import { keyStore } from '../../lib/aws/tables/key-store.ts';
import { createMergeTable } from '../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createLaneTable } from '../../lib/aws/tables/messages/lane-table.ts';
import { createPeopleTable } from '../../lib/aws/tables/people-table.ts';
import { createShareTable } from '../../lib/aws/tables/share-table.ts';
import { createSourceTable } from '../../lib/aws/tables/source-table.ts';
import { createTaskTable } from '../../lib/aws/tables/task-table.ts';
import { createSeal } from '../../lib/base/seal.ts';
import { acceptMessage } from '../../lib/messages/accept.ts';
import { mergeStep } from '../../lib/messages/deliver/merge-step.ts';
import { followRecord } from '../../lib/records/follow.ts';
import { chaseTasks } from '../../lib/tasks/follow/chase-tasks.ts';
import { APP_PEOPLE } from '../support/app-people.ts';
import { delivery, message } from '../support/messages.ts';
import {
  startDestinationTable,
  startEventTable,
  startMessageTable,
  startShareTable,
  startTables,
  startTaskTable,
} from '../support/tables.ts';
import { task } from '../support/tasks.ts';

// In every table one record of a version to come stands among those of today: they go on, and it is counted where several
// are read. Keys and secrets are none of it: who cannot be proved is refused.

const NOW = Date.parse('2026-05-01T12:00:00Z');
const DAY = '2026-05-01';
const seal = createSeal('sealing key of the test', 'x');
/** What no version of today writes. */
const FUTURE = { schema: 9, kind: 'of the future', status: 7, content: 3, attempts: 'none', deliveries: [], at: {} };

let tables: Awaited<ReturnType<typeof startTables>>;
const passed: string[] = [];
const keeping: Keeping = { ...KEEPING, now: () => NOW, unreadable: (table) => void passed.push(table) };
beforeAll(async () => {
  tables = await startTables('keys', 'conversations');
  for (const name of ['messages', 'records', 'merged']) await startMessageTable(tables.client, name);
  await startTaskTable(tables.client, 'tasks');
  await startDestinationTable(tables.client, 'destinations');
  await startShareTable(tables.client, 'shares');
  await startEventTable(tables.client, 'events');
});
afterAll(() => tables.close());

const put = (TableName: string, item: object) =>
  tables.client.send(new PutItemCommand({ TableName, Item: marshall(item, { removeUndefinedValues: true }) }));
const counted = () => passed.splice(0).length;

test('tasks: the others are chased, followed and listed; the one of the future waits for its version', async () => {
  const store = createTaskTable(tables.client, { table: 'tasks', lists: 'records' }, () => NOW, keeping);
  const queued: string[] = [];
  await put('tasks', { ...FUTURE, id: 't_future', watch: 'watched', dueAt: NOW - 1, version: 'x' });
  const rowOf = (id: string) => ({ part: 'tasks#all#open', id: `2026#${id}`, task: id });
  await put('records', rowOf('t_future'));
  await store.create(task({ id: 't_good' }));
  await put('records', rowOf('t_good'));
  await chaseTasks({
    tasks: store,
    queue: { put: async (id) => void queued.push(id) },
    now: () => NOW + 5 * 60_000,
    metric: () => undefined,
  });
  expect(queued.sort()).toEqual(['t_future', 't_good']);
  const kind = {
    store,
    now: () => NOW,
    randomId: () => 'me',
    checks: () => [],
    work: async (_: unknown, record: never) => ({ record }),
  };
  const follow = (id: string) => followRecord({ ...kind, withNote: (record) => record }, id);
  expect(await follow('t_future')).toEqual({ missing: true });
  expect(await follow('t_good')).toMatchObject({ record: { id: 't_good' } });
  expect(counted()).toBe(1);
  expect((await store.list('all#open', { limit: 10 })).tasks.map(({ id }) => id)).toEqual(['t_good']);
  expect(counted()).toBe(1);
});

test('people: one that cannot be read is looked up anew', async () => {
  const people = createPeopleTable(tables.client, 'tasks', () => NOW);
  await put('tasks', { ...FUTURE, id: 'person#userId#future' });
  expect(await people.get('person#userId#future')).toBeUndefined();
});

test('messages: others are merged, and lanes are read', async () => {
  const robot = { kind: 'custom-robot', accessToken: 'x', merge: { windowMs: 1_000 } } as const;
  let ids = 0;
  const deps = {
    messages: createMessageTable(tables.client, 'merged', keeping),
    merges: createMergeTable(tables.client, 'merged', () => NOW),
    outbox: { put: async () => undefined },
    notQueued: () => undefined,
    destinations: { get: async () => robot },
    ...APP_PEOPLE,
    now: () => NOW,
    randomId: () => `abc${String(ids++).padStart(17, '0')}`,
  };
  const say = (text: string) => acceptMessage(deps, { caller: 'ci', to: ['ops'], content: { kind: 'text', text } });
  const [leader] = [await say('one'), await say('two')];
  const state = message({ id: 'm_20260501120000000future', deliveries: { ops: delivery() } });
  await put('merged', { part: '20260501', ...state, schema: 9, kind: 'message' });
  const item = { messageId: leader.id, destination: 'ops' };
  const gathered = [state.id, 'm_20260501120000000abc00000000000000001'];
  const found = (await deps.messages.get(leader.id)) ?? expect.fail();
  const errand = { item, message: found, delivery: { ...delivery(), closed: leader.id, gathered }, destination: robot };
  const merged = await mergeStep({ ...deps, now: () => NOW + 5_000 }, errand);
  expect(merged).toMatchObject({ message: { content: { text: expect.stringContaining('one\ntwo') } } });
  const lanes = createLaneTable(tables.client, 'messages', keeping);
  await put('messages', { ...FUTURE, part: 'lanes', id: 'future' });
  await lanes.note('ops', { at: NOW, quietUntil: NOW, reachedAt: NOW });
  expect([...(await lanes.all()).keys()]).toEqual(['ops']);
  expect(counted()).toBe(1);
});

test('shares: a list goes on, and the one of the future says what it is', async () => {
  const { client } = tables;
  const shares = createShareTable(client, 'shares', () => NOW, keeping);
  await shares.create({
    ...{ id: 's_good', createdAt: `${DAY}T10:00:00.000Z`, bucket: 'b', key: 'k', eTag: 'e', size: 1 },
    ...{ status: 'received' as const, attempts: [], targets: [] },
  });
  const Item = marshall({ ...FUTURE, id: 's_future', day: DAY, createdAt: `${DAY}T11:00:00.000Z` });
  await client.send(new PutItemCommand({ TableName: 'shares', Item }));
  expect((await shares.listDay(DAY, { limit: 10 })).shares.map(({ id }) => id)).toEqual(['s_good']);
  expect(counted()).toBe(1);
  await expect(shares.get('s_future')).rejects.toMatchObject({ code: 'record_unreadable' });
  counted();
});

test('events: what the doors kept is moved on', async () => {
  const { client } = tables;
  const kept = createKeptCallbacks(client, 'events', keeping);
  const callback = {
    app: 'default',
    door: 'events',
    receivedAt: new Date(NOW).toISOString(),
    stamp: '1',
    payload: '{}',
  };
  for (const [id, one] of [
    ['a', { future: true }],
    ['b', callback],
  ] as const) {
    const Item = marshall({ id, kept: 'kept', keptAt: id === 'a' ? 1 : 2, callback: JSON.stringify(one) });
    await client.send(new PutItemCommand({ TableName: 'events', Item }));
  }
  expect((await kept.list()).map(({ id }) => id)).toEqual(['b']);
  expect(counted()).toBe(1);
});

test('destinations, conversations, keys and sources', async () => {
  const destinations = createDestinationTable(tables.client, 'destinations', seal, () => NOW);
  await destinations.put('good', { kind: 'robot-users', userIds: ['lisi'] });
  const later = seal.seal(JSON.stringify({ kind: 'hologram' }), 'future');
  await put('destinations', { id: 'future', part: 'destination', kind: 'hologram', sealed: later });
  expect((await destinations.list({ limit: 10 })).destinations.map(({ name }) => name)).toEqual(['good']);
  await expect(destinations.read('future')).rejects.toMatchObject({ code: 'record_unreadable', retryable: false });

  const conversations = createConversationTable(tables.client, 'conversations', keeping);
  await put('conversations', { ...FUTURE, id: 'default#future', title: {} });
  const news = { app: 'default', at: new Date(NOW).toISOString(), joined: [], left: [], disbanded: false };
  await conversations.learn({ ...news, openConversationId: 'good', title: '项目群' });
  const groups = ['good', 'future'].map((openConversationId) => ({ app: 'default', openConversationId }));
  expect(await conversations.titles(groups)).toEqual(['项目群', undefined]);
  expect(counted()).toBe(1);

  await put('keys', { ...FUTURE, id: 'future' });
  expect(await keyStore(tables.client, 'keys').list()).toEqual([]);

  const sources = createSourceTable(tables.client, { table: 'records', seal, keeping }, () => NOW);
  await sources.put({ name: 'good', owner: 'key:ci', rules: { kind: 'dingtalk-robot', to: ['ops'] }, keyHash: 'h' });
  await put('records', {
    ...FUTURE,
    part: 'source',
    id: 'future',
    sealed: seal.seal('{"name":"future"}', 'source/future'),
  });
  expect((await sources.list()).map(({ name }) => name)).toEqual(['good']);
  expect(counted()).toBe(1);
});
