import { createHmac, randomBytes } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { input } from '../../contract/faults.ts';
import { Destination } from '../../contract/requests/destinations.ts';
import { PutSource } from '../../contract/requests/sources.ts';
import { MAX_BODY_BYTES, receiveRobotMessage } from '../../functions/receive-callback/receive-callback.ts';
import { createJsonCall } from '../../lib/aws/json-call.ts';
import { createSecondStore } from '../../lib/aws/second-store.ts';
import { createConversationTable } from '../../lib/aws/tables/conversation-table.ts';
import { createDestinationTable } from '../../lib/aws/tables/destination-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createReplyTable } from '../../lib/aws/tables/records/reply-table.ts';
import { createSourceTable } from '../../lib/aws/tables/source-table.ts';
import { createSeal } from '../../lib/base/seal.ts';
import { rememberConversation } from '../../lib/events/conversation.ts';
import { keepReply } from '../../lib/events/reactions/keep-reply.ts';
import { type Attempt, withAttempt } from '../../lib/messages/message.ts';
import { runCli } from '../support/cli.ts';
import { largestItems } from '../support/item-kinds.ts';
import { delivery, message } from '../support/messages.ts';
import { startDestinationTable, startEventTable, startMessageTable, startTables } from '../support/tables.ts';

// The largest that the contract lets in of what a stage is set up with, and what grows by itself.

let tables: Awaited<ReturnType<typeof startTables>>;
let items: ReturnType<typeof largestItems>;
const seal = createSeal('sealing key of the test', 'x');
beforeAll(async () => {
  tables = await startTables('conversations', 'dingdock-prod-keys');
  for (const name of ['records', 'messages']) await startMessageTable(tables.client, name);
  await startDestinationTable(tables.client, 'destinations');
  await startEventTable(tables.client, 'events');
  items = largestItems(tables.client);
});
afterAll(() => tables.close());

/** What the contract reads; its faults where it refuses. */
const [destination, source] = [input(Destination), input(PutSource)];
const people = (length: number, sign: string) => Array.from({ length: 2_000 }, (_, n) => `${n}-`.padEnd(length, sign));

test('a destination with the most people, departments and robots; longer ids are refused', async () => {
  const store = createDestinationTable(tables.client, 'destinations', seal, Date.now);
  const files = { types: Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(20, 'x')) };
  const departmentIds = Array.from({ length: 2_000 }, (_, n) => 9_007_199_254_730_000 + n);
  const robots = Array.from({ length: 20 }, (_, n) => ({
    accessToken: `${n}`.padEnd(128, 't'),
    secret: `${n}`.padEnd(128, '字'),
  }));
  const kinds = {
    people: { kind: 'robot-users', userIds: people(64, 'u'), files },
    all: { kind: 'work-notification', userIds: people(21, '字'), departmentIds, files },
    pool: { kind: 'custom-robot-pool', robots, keyword: '字'.repeat(64), files },
  };
  for (const [name, rules] of Object.entries(kinds)) {
    const given = destination.read(rules);
    if (!('value' in given)) expect.fail(JSON.stringify(given));
    await store.put(name, given.value);
  }
  await items.look();
  // thousands of faults are told by their first hundred
  expect(destination.read({ kind: 'robot-users', userIds: people(128, '字') })).toHaveLength(100);
});

test('a source with the most rules, people and templates; more are refused', async () => {
  const store = createSourceTable(tables.client, { table: 'records', seal }, Date.now);
  const next = Array.from({ length: 5 }, (_, n) => ({
    afterMinutes: n,
    people: Array.from({ length: 20 }, (_, m) => `${m}`.padEnd(128, '字')),
  }));
  const labels = (many: number) =>
    Object.fromEntries(Array.from({ length: many }, (_, n) => [`${n}`.padEnd(200, '字'), '字'.repeat(200)]));
  const incidents = (many: number) => ({
    next,
    rules: Array.from({ length: 20 }, () => ({ to: 'project', labels: labels(many) })),
  });
  const [hmac, text] = [{ secret: '字'.repeat(128) }, '字'.repeat(4_000)];
  const kinds = {
    rules: { kind: 'alertmanager', to: 'project', hmac, incidents: incidents(4) },
    templates: { kind: 'json', to: 'project', hmac, template: { title: text, text, identity: text } },
  };
  for (const [name, rules] of Object.entries(kinds)) {
    const given = source.read(rules);
    if (!('value' in given)) expect.fail(JSON.stringify(given));
    await store.put({ name, owner: 'key:ci', rules: given.value, keyHash: 'f'.repeat(64) });
  }
  await items.look();
  expect(source.read({ kind: 'alertmanager', to: 'project', incidents: incidents(5) })).toMatchObject([
    { path: 'incidents.rules', code: 'too_long' },
  ]);
});

test('a key for the most destinations and people; one for more is refused', async () => {
  const names = (many: number) => Array.from({ length: many }, (_, n) => `${n}`.padEnd(64, '字')).join(',');
  const make = (destinations: string, people: string) =>
    runCli({ AWS_REGION: 'us-east-1' }, [
      ...['keys', 'create', 'most', '--stage', 'prod'],
      ...['--scope', '*', '--to', destinations, '--people', people],
    ]);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', tables.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', tables.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', tables.credentials.secretAccessKey);
  const userIds = Array.from({ length: 400 }, (_, n) => `${n}-`.padEnd(64, 'u')).join(',');
  expect((await make(names(450), userIds)).code).toBe(0);
  expect((await make(names(900), userIds)).code).not.toBe(0);
  vi.unstubAllEnvs();
  await items.look();
});

test('a group of which events tell members again and again', async () => {
  const remember = rememberConversation({ conversations: createConversationTable(tables.client, 'conversations') });
  const openConversationId = 'c'.repeat(200);
  const told = (type: string, data: object) =>
    remember({
      id: type,
      type,
      app: 'default',
      corpId: 'corp',
      occurredAt: new Date().toISOString(),
      data: { openConversationId, ...data },
    } as never)?.run();
  await told('chat_update_title', { title: '字'.repeat(3_000), chatId: 'c'.repeat(128) });
  // of 128 kB, which is the most that a door takes
  for (let n = 0; n < 6; n += 1)
    await told('chat_add_member', { userId: Array.from({ length: 1_200 }, (_, m) => `${n}-${m}-`.padEnd(100, 'u')) });
  await told('chat_add_member', { userId: ['x'.repeat(10_000)] });
  await items.look();
  await told('chat_remove_member', { userId: Array.from({ length: 1_200 }, (_, m) => `0-${m}-`.padEnd(100, 'u')) });
  const Key = { id: { S: `default#${openConversationId}` } };
  const { Item } = await tables.client.send(new GetItemCommand({ TableName: 'conversations', Key }));
  expect(Item?.members?.SS).toHaveLength(1_200);
});

test('a place to answer at, of the longest ids and address; what is longer is not kept', async () => {
  const keep = keepReply({ replies: createReplyTable(tables.client, 'records', seal), now: Date.now });
  const said = (length: number) =>
    keep({
      ...{ id: 'm'.repeat(length), type: 'robot.message', app: 'default', raw: '' },
      occurredAt: new Date().toISOString(),
      data: {
        ...{ conversationType: '1', conversationId: 'c'.repeat(length), senderStaffId: '字'.repeat(length) },
        sessionWebhook: 'u'.repeat(length),
      },
    });
  await said(2_000)?.run();
  await items.look();
  expect(said(2_001)).toBeUndefined();
});

test('a message to twenty destinations of the longest names, tried again and again', async () => {
  const store = createMessageTable(tables.client, 'messages');
  const names = Array.from({ length: 20 }, (_, n) => `${n}`.padEnd(64, '字'));
  const deliveries = Object.fromEntries(names.map((name) => [name, delivery()]));
  const made = message({ id: 'm_20260301100000000x', createdAt: '2026-03-01T10:00:00.000Z', deliveries });
  await store.create(made);
  const attempt: Attempt = {
    ...{ at: '2026-03-01T10:00:00.000Z', outcome: 'refused', code: 'c'.repeat(64) },
    // DingTalk's words are cut at 300 characters
    ...{ reason: '字'.repeat(400), remedy: '字'.repeat(400) },
  };
  for (const destination of names) {
    let attempts: Attempt[] = [];
    for (let n = 0; n < 6; n += 1) {
      attempts = withAttempt({ ...delivery(), attempts }, attempt);
      await store.record({ messageId: made.id, destination }, { status: 'queued', attempts, waiting: true });
    }
  }
  // the newest three of each stand in the state
  await items.look();
});

test('a callback that a door keeps while its queue is away', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', tables.credentials.accessKeyId).stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const limits = { timeoutMs: 600_000, attempts: 1 };
  const call = createJsonCall({ url: tables.url, service: 'dynamodb', region: 'us-east-1', ...limits });
  const [appSecret, timestamp] = ['secret', String(Date.now())];
  const app = { name: 'default', corpId: 'corp', appKey: 'key', appSecret, callbacks: [], cardSecrets: [] };
  const sign = createHmac('sha256', appSecret).update(`${timestamp}\n${appSecret}`).digest('base64');
  // quotes take the most room in JSON within JSON
  const text = '"'.repeat(Math.floor((MAX_BODY_BYTES - 11) / 2));
  const deps = {
    apps: [app],
    queue: { put: () => Promise.reject(new Error('the queue is away')) },
    store: createSecondStore(call, 'events', Date.now),
    now: Date.now,
    random: randomBytes,
  };
  const bytes = Buffer.from(JSON.stringify({ text }));
  expect(bytes.length).toBeGreaterThan(MAX_BODY_BYTES - 2);
  const { signal } = new AbortController();
  await receiveRobotMessage(deps, { app: undefined, headers: { timestamp, sign }, query: {}, bytes, signal });
  await items.look();
});

test('each of these kinds was among them', () => {
  items.told([
    ...['destination', 'source', 'key', 'conversation', 'message', 'earlier tries', 'row of a message'],
    ...['callback that is kept', 'place of an answer'],
  ]);
});
