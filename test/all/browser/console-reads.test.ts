import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessageTable } from '../../../lib/aws/tables/message-table.ts';
import { type Message, messageIdAt } from '../../../lib/messages/message.ts';
import { delivery, message, storeMany } from '../../support/messages.ts';
import { startTestStack } from '../../support/stack.ts';
import { browser } from './browser.ts';
import { openConsole, settled } from './console-page.ts';

/** What the views of the console read of DynamoDB, before as many messages as a full run stores. */
const MANY = Number(process.env.STORED ?? 400);
const DESTINATIONS = 120;
const SOURCES = 30;
const PEOPLE = 1_000;
const PAGES = 10;
const MOST_READS = 5;

const chromium = browser();
let stack: Awaited<ReturnType<typeof startTestStack>>;
/** What was read, but for keys. */
const reads: string[] = [];
let ids: string[] = [];

beforeAll(async () => {
  stack = await startTestStack({
    onAwsCall({ caller, action, resource }) {
      const isRead = /^dynamodb:(GetItem|BatchGetItem|Query|Scan)$/.test(action) && !/keys$/i.test(resource);
      if (isRead) reads.push(`${caller} ${action} ${resource}`);
    },
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: stack.urls.dynamodb, region: 'us-east-1', credentials });
  const messages = createMessageTable(dynamodb, 'dingdock-local-messages');
  ids = await storeMany(messages, MANY, Date.now());
  for (const one of [OF_MANY_PEOPLE, WAITING]) await messages.create(one);
  for (let call = 0; call < PAGES; call += 1) {
    const page = { call, receipts: [`receipt${call}`], people: PEOPLE_OF(call) };
    await messages.record({ messageId: OF_MANY_PEOPLE.id, destination: 'notice' }, { status: 'sending', page });
  }
  const item = { messageId: OF_MANY_PEOPLE.id, destination: 'notice' };
  await messages.recordLast(item, { status: 'sent', done: PAGES });
  dynamodb.destroy();
  for (let n = 0; n < DESTINATIONS; n += 1)
    await put(`destinations/d${n}`, { kind: 'robot-group', openConversationId: `cid${n}` });
  for (let n = 0; n < SOURCES; n += 1) await put(`sources/s${n}`, { kind: 'alertmanager', to: 'ops' });
}, 3_600_000);
afterAll(() => stack?.stop());

/** A text too long for the state of its message. */
const LONG = { kind: 'text' as const, text: '长'.repeat(1_000) };
const newMessage = (unique: string, over: Partial<Message>) =>
  message({ id: messageIdAt(Date.now() + 1, unique), createdAt: new Date().toISOString(), content: LONG, ...over });
const OF_MANY_PEOPLE = newMessage('many', { deliveries: { notice: delivery({ status: 'sending' }) } });
const PEOPLE_OF = (call: number) =>
  Array.from({ length: PEOPLE / PAGES }, (_, n) => ({ userId: `p${call}-${n}`, outcome: 'accepted' as const }));
const WAITING = newMessage('waits', {
  deliveries: Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`d${n}`, delivery()])),
});

async function put(path: string, body: object): Promise<void> {
  const headers = { authorization: 'Bearer local', 'content-type': 'application/json' };
  const answer = await fetch(`${stack.urls.api}/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
  expect([path, answer.ok]).toEqual([path, true]);
}

const VIEWS = {
  today: '',
  'all messages': '#/list/',
  'what failed': '#/list/failed',
  'what waits': '#/list/queued',
  'a message': () => `#/m/${ids[0]}`,
  'the oldest message': () => `#/m/${ids.at(-1)}`,
  [`a message to ${PEOPLE} people`]: `#/m/${OF_MANY_PEOPLE.id}`,
  'a message that waits at ten destinations': `#/m/${WAITING.id}`,
  'quota and limits': '#/limits',
  destinations: '#/d',
  'a destination': '#/d/d7',
  sources: '#/s',
  'a source': '#/s/s7',
};

test('each view costs five reads at most, the use of its key apart, and so does its next page', async () => {
  const told: Record<string, number> = {};
  const count = async (view: string, act: () => Promise<unknown>) => {
    reads.length = 0;
    await act();
    told[view] = reads.length;
    expect([view, reads.length <= MOST_READS, reads]).toEqual([view, true, reads]);
  };
  for (const [view, address] of Object.entries(VIEWS)) {
    const hash = typeof address === 'string' ? address : address();
    const open = async () => {
      const { page } = await openConsole(chromium, stack.urls.api, { hash });
      await settled(page);
      return page;
    };
    let page = await open();
    // what the first request of a function reads is not the view's
    await count(view, async () => {
      page = await open();
    });
    const more = page.getByRole('link', { name: 'Next page' });
    if ((await more.count()) === 0) continue;
    await count(`${view}, next page`, async () => {
      const answered = page.waitForResponse(/cursor=/);
      await more.click();
      await answered;
      await settled(page);
    });
  }
  // what a function remembers is not read again
  expect(Object.values(told).filter((n) => n > 0).length).toBeGreaterThan(10);
  console.log(`reads of each view, ${MANY} messages stored: ${JSON.stringify(told)}`);
  expect(Object.keys(told)).toEqual(expect.arrayContaining(['all messages, next page', 'destinations, next page']));
});

test('each list of the API costs three reads at most', async () => {
  const day = new Date().toISOString().slice(0, 10);
  const lists = [
    '',
    'to=to7',
    'owner=key:2',
    'status=failed',
    'to=to7&status=failed',
    `day=${day}`,
    `to=to7&day=${day}`,
  ];
  const headers = { authorization: 'Bearer local' };
  for (const query of lists) {
    const ask = () => fetch(`${stack.urls.api}/messages?${query}`, { headers });
    await ask();
    reads.length = 0;
    const answer = await ask();
    expect([query, answer.status, reads.length > 0, reads.length <= 3, reads]).toEqual([query, 200, true, true, reads]);
  }
});
