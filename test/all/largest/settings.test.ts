import { createHmac, randomBytes } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { input } from '../../../contract/faults.ts';
import { Destination } from '../../../contract/requests/destinations.ts';
import { AlertmanagerSource, PutSource, TopicArn } from '../../../contract/requests/sources.ts';
import { MAX_BODY_BYTES, receiveRobotMessage } from '../../../functions/receive-callback/receive-callback.ts';
import { createJsonCall } from '../../../lib/aws/json-call.ts';
import { createSecondStore } from '../../../lib/aws/second-store.ts';
import { createConversationTable } from '../../../lib/aws/tables/conversation-table.ts';
import { createDestinationTable } from '../../../lib/aws/tables/destination-table.ts';
import { createReplyTable } from '../../../lib/aws/tables/records/reply-table.ts';
import { createSourceTable } from '../../../lib/aws/tables/source-table.ts';
import { createSeal } from '../../../lib/base/seal.ts';
import { rememberConversation } from '../../../lib/events/conversation.ts';
import { keepReply } from '../../../lib/events/reactions/keep-reply.ts';
import { runCli } from '../../support/cli.ts';
import { largestItems } from '../../support/item-kinds.ts';
import { filled, forInputs, forLargest, taken } from '../../support/largest.ts';
import fc from '../../support/property.ts';
import { startDestinationTable, startEventTable, startMessageTable, startTables } from '../../support/tables.ts';

// The largest that the contract lets in of what a stage is set up with, and that comes by the doors.

let tables: Awaited<ReturnType<typeof startTables>>;
let items: ReturnType<typeof largestItems>;
const seal = createSeal('sealing key of the test', 'x');
beforeAll(async () => {
  tables = await startTables('conversations', 'dingdock-prod-keys');
  await startMessageTable(tables.client, 'records');
  await startDestinationTable(tables.client, 'destinations');
  await startEventTable(tables.client, 'events');
  items = largestItems(tables.client);
});
afterAll(() => tables.close());

test.each(Destination.options.map((schema) => [schema.entries.kind.literal, schema] as const))(
  'a destination: %s',
  async (kind, schema) => {
    const store = createDestinationTable(tables.client, 'destinations', seal, Date.now);
    await forLargest(schema, async (make) => {
      await store.put(kind, await taken(Destination, make));
      await items.look();
    });
  },
);

test('thousands of faults are told by their first hundred', () => {
  const userIds = Array.from({ length: 2_000 }, (_, n) => `${n}-`.padEnd(128, '字'));
  expect(input(Destination).read({ kind: 'robot-users', userIds })).toHaveLength(100);
});

test.each(PutSource.options.map((schema) => [schema.entries.kind.literal, schema] as const))(
  'a source, and its troubles: %s',
  async (kind, schema) => {
    const store = createSourceTable(tables.client, { table: 'records', seal }, Date.now);
    await forLargest(schema, async (make) => {
      const rules = await taken(PutSource, make);
      await store.put({ name: kind, owner: 'key:ci', rules, keyHash: 'f'.repeat(64) });
      await items.look();
    });
    const problem = { code: 'template_failed', reason: '字'.repeat(4_000) };
    await store.note(kind, { refused: true, problem });
    await items.look();
  },
);

test('the longest topic that a source holds', async () => {
  const store = createSourceTable(tables.client, { table: 'records', seal }, Date.now);
  await forLargest(TopicArn, async (make) => {
    await store.claimTopic(await taken(TopicArn, make), 's'.repeat(40));
  });
  await items.look();
});

test('the incidents of a source go to few places: rules that name more are refused', () => {
  const to = (n: number) => Array.from({ length: 20 }, (_, m) => `${n}-${m}`);
  const rules = (many: number) => Array.from({ length: many }, (_, n) => ({ labels: { n: `${n}` }, to: to(n) }));
  const read = (many: number) =>
    input(AlertmanagerSource).read({ kind: 'alertmanager', to: 'project', incidents: { rules: rules(many) } });
  expect(read(5)).toHaveProperty('value');
  expect(read(6)).toMatchObject([{ path: 'incidents.rules', code: 'too_many' }]);
});

test('a key for the most destinations and people; one for more is refused', async () => {
  const names = (many: number, sign: string) =>
    Array.from({ length: many }, (_, n) => `${n}`.padEnd(64, sign)).join(',');
  const make = (destinations: string, people: string) =>
    runCli({ AWS_REGION: 'us-east-1' }, [
      ...['keys', 'create', 'most', '--stage', 'prod'],
      ...['--scope', '*', '--to', destinations, '--people', people],
    ]);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', tables.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', tables.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', tables.credentials.secretAccessKey);
  const most = fc.record({ sign: fc.constantFrom('字', 'u'), less: fc.nat(20) });
  await forInputs(most, async ({ sign, less }) => {
    const userIds = Array.from({ length: 400 - less }, (_, n) => `${n}-`.padEnd(64, 'u')).join(',');
    expect((await make(names(450 - less, sign), userIds)).code).toBe(0);
  });
  expect((await make(names(900, '字'), 'zhangsan')).code).not.toBe(0);
  vi.unstubAllEnvs();
  await items.look();
});

/** Most of what one event tells, which is 128 kB at a door. */
const people = fc.record({ length: fc.constantFrom(20, 64, 65, 98, 100), sign: fc.constantFrom('u', '字', '"') });

test('a group of which events tell everything again and again', async () => {
  const remember = rememberConversation({ conversations: createConversationTable(tables.client, 'conversations') });
  const openConversationId = 'c'.repeat(200);
  const told = (type: string, data: object) =>
    remember({
      ...{ id: type, type, app: 'default', corpId: 'corp', raw: '' },
      ...{ occurredAt: new Date().toISOString(), data: { openConversationId, ...data } },
    })?.run();
  const long = filled(90_000);
  const news = fc.record({ groups: fc.array(people, { minLength: 2, maxLength: 4 }), title: long, id: long });
  const one = { length: 100, sign: 'u' };
  const worst = { groups: [one, one, one], title: '字'.repeat(200), id: '字'.repeat(200) };
  const run = async ({ groups, title, id }: typeof worst) => {
    await told('chat_update_title', { title, chatId: id });
    await told('chat_update_owner', { owner: id });
    for (const [n, { length, sign }] of groups.entries()) {
      const many = Math.floor(98_000 / (length + 3));
      const userId = Array.from({ length: many }, (_, m) => `${n}-${m}-`.padEnd(length, sign));
      await told('chat_add_member', { userId });
    }
    await items.look();
  };
  await forInputs(news, run, worst);
  const Key = { id: { S: `default#${openConversationId}` } };
  const members = async () => {
    const { Item } = await tables.client.send(new GetItemCommand({ TableName: 'conversations', Key }));
    return Item?.members?.SS ?? [];
  };
  const before = await members();
  expect(before.length).toBeGreaterThan(1_500);
  await told('chat_remove_member', { userId: before.slice(0, 900) });
  expect(await members()).toHaveLength(before.length - 900);
});

test('a place to answer at, of the longest ids and address; what is longer is not kept', async () => {
  const keep = keepReply({ replies: createReplyTable(tables.client, 'records', seal), now: Date.now });
  const said = (conversationId: string, senderStaffId: string) =>
    keep({
      ...{ id: randomBytes(1_000).toString('hex'), type: 'robot.message', app: 'default', raw: '' },
      occurredAt: new Date().toISOString(),
      data: { conversationType: '1', conversationId, senderStaffId, sessionWebhook: conversationId },
    });
  const long = filled(2_000);
  await forInputs(fc.tuple(long, long), async ([id, staff]) => said(id, staff)?.run());
  await items.look();
  expect(said('c'.repeat(2_001), 'u')).toBeUndefined();
});

test('a callback that a door keeps while its queue is away, and what it refuses', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', tables.credentials.accessKeyId).stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const limits = { timeoutMs: 600_000, attempts: 1 };
  const call = createJsonCall({ url: tables.url, service: 'dynamodb', region: 'us-east-1', ...limits });
  const [appSecret, timestamp] = ['secret', String(Date.now())];
  const app = { name: 'default', corpId: 'corp', appKey: 'key', appSecret, callbacks: [], cardSecrets: [] };
  const sign = createHmac('sha256', appSecret).update(`${timestamp}\n${appSecret}`).digest('base64');
  const store = createSecondStore(call, 'events', Date.now);
  const deps = {
    ...{ apps: [app], store, now: Date.now, random: randomBytes },
    queue: { put: () => Promise.reject(new Error('the queue is away')) },
  };
  /** The largest JSON of this sign that the door takes. */
  const bytesOf = (one: string) => {
    const room = MAX_BODY_BYTES - Buffer.byteLength(JSON.stringify({ text: '' }));
    const text = one.repeat(Math.floor(room / (Buffer.byteLength(JSON.stringify(one)) - 2)));
    return Buffer.from(JSON.stringify({ text }));
  };
  const { signal } = new AbortController();
  // quotes take the most room in JSON within JSON
  for (const one of ['"', '\\', '\u0001', '字', '😀', '\ud800', '\n']) {
    const bytes = bytesOf(one);
    expect(bytes.length).toBeGreaterThan(MAX_BODY_BYTES - 16);
    await receiveRobotMessage(deps, { app: undefined, headers: { timestamp, sign }, query: {}, bytes, signal });
  }
  await store.noteRefusal();
  await items.look();
});

test('each of these kinds was among them', () => {
  items.told([
    ...['destination', 'source', 'what was seen of a source', 'holder of a topic', 'key', 'conversation'],
    ...['callback that is kept', 'last refusal of a door', 'place of an answer'],
  ]);
});
