import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { makeDue as makeDueIn, watchedIn } from '../support/due.ts';
import { filesClient } from '../support/files.ts';
import { delivery, message } from '../support/messages.ts';

// Nobody's digest is due by itself while the tests run.
const app = { failedListMinutes: 5, digest: { at: '09:00', destinations: ['project', 'gone', 'worded', 'held'] } };
const { api, sim, urls, schedule, busEvents, messagesIn, put, request, shareOf, shares } = await filesClient(app);
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
afterAll(() => dynamodb.destroy());

const TASKS = 'dingdock-local-tasks';

/** What somebody looks after: `watched` are tasks, `digest` the people and destinations that get one. */
const watched = (watch: 'watched' | 'digest') => watchedIn(dynamodb, TASKS, watch);
type Item = Record<string, AttributeValue>;
const set = (TableName: string, Key: Item, UpdateExpression: string, ExpressionAttributeValues: Item) =>
  dynamodb.send(new UpdateItemCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues }));
const makeDue = (id: string) => makeDueIn(dynamodb, TASKS, { id: { S: id } });

test('a message that got lost between table and queue is delivered after the next run of reconcile', async () => {
  const messages = createMessageTable(dynamodb, 'dingdock-local-messages');
  const content = { kind: 'text' as const, text: 'lost and found' };
  const createdAt = new Date(Date.now() - 20 * 60_000).toISOString();
  const lost = message({ id: 'm_lost', createdAt, content, deliveries: { project: delivery() } });
  await messages.create(lost);
  await messages.watch(lost.id, Date.now());
  await schedule('reconcile');
  await expect.poll(async () => (await api('GET', `/messages/${lost.id}`)).body.status).toBe('sent');
  const shown = (await messagesIn('cidProject=')).filter(({ text }: { text: string }) => text === 'lost and found');
  expect(shown).toHaveLength(1);
});

test('an event that DingTalk could not push is on the bus after the next run of reconcile', async () => {
  await sim('POST', '/settings', { callbackUrl: 'http://127.0.0.1:9', retryPlanMs: [1] });
  await sim('POST', '/events', { EventType: 'user_add_org', userId: ['missed'] });
  await expect.poll(async () => (await sim('GET', '/failed-list')).body.length).toBe(1);
  const Key = { id: { S: 'failed-list#default' } };
  await dynamodb.send(new DeleteItemCommand({ TableName: 'dingdock-local-events', Key })); // asked already, a moment ago
  await schedule('reconcile');
  const heard = () => busEvents().filter(({ detail }) => JSON.stringify(detail.data).includes('missed'));
  await expect.poll(() => heard().length).toBe(1);
});

test('a task that is due for a look is looked after by chase-tasks, and not again at once', async () => {
  const { body } = await api('POST', '/tasks', { title: 'watched', assignees: ['lisi'], due: '2036-01-31T08:00:00Z' });
  const due = async () => (await watched('watched')).find(({ id }) => id === body.id)?.dueAt;
  // once it was followed it waits for its due time
  await expect.poll(due).toBeGreaterThan(Date.parse('2036-01-01'));
  await makeDue(body.id);
  await schedule('chase-tasks');
  await expect.poll(due).toBeGreaterThan(Date.parse('2036-01-01'));
});

test('a task whose worker died as it was made is looked after by chase-tasks', async () => {
  const { body } = await api('POST', '/tasks', { title: 'left', assignees: ['lisi'], due: '2036-01-31T08:00:00Z' });
  const due = async () => (await watched('watched')).find(({ id }) => id === body.id)?.dueAt;
  await expect.poll(due).toBeGreaterThan(Date.parse('2036-01-01'));
  await set(TASKS, { id: { S: body.id } }, 'SET leaseOwner = :dead, leaseUntil = :long REMOVE dueAt, watch', {
    ':dead': { S: 'dead' },
    ':long': { N: '1' },
  });
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: TASKS, Key: { id: { S: body.id } } }));
  // numbers are looked at in their order, so those before it are old too
  for (let number = Number(Item?.number?.N); number > 0; number -= 1) {
    const row = { part: { S: 'tasks#number' }, id: { S: String(number).padStart(12, '0') } };
    await set('dingdock-local-records', row, 'SET takenAt = :long', { ':long': { N: '1' } });
  }
  expect(await due()).toBeUndefined();
  await schedule('chase-tasks');
  await expect.poll(due).toBeGreaterThan(Date.parse('2036-01-01'));
});

test('who comes to a task later is on the way to a digest too', async () => {
  const { body } = await api('POST', '/tasks', { title: 'later', assignees: ['lisi'] });
  expect((await api('PATCH', body.links.self, { add: ['zhangsan'] })).status).toBe(200);
  await expect.poll(async () => (await watched('digest')).some(({ id }) => id.includes('zhangsan'))).toBe(true);
});

test('a digest that is due goes to the person and to the destination, once', async () => {
  await api('POST', '/tasks', { title: 'of the day', assignees: ['wangwu'], notify: 'project' });
  const due = async () => (await watched('digest')).filter(({ id }) => /wangwu|project/.test(id));
  await expect.poll(async () => (await due()).length).toBe(2);
  for (const { id } of await due()) await makeDue(id);
  await schedule('chase-tasks');
  const told = async (conversation: string) =>
    (await messagesIn(conversation)).filter(
      ({ text }: { text: string }) => text.includes('个待办任务') && text.includes('of the day'),
    ).length;
  await expect.poll(() => told('wangwu')).toBe(1);
  await expect.poll(() => told('cidProject=')).toBe(1);
  const now = Date.now();
  for (const { dueAt } of await due()) expect(dueAt).toBeGreaterThan(now);
});

test.each([
  { to: 'a dissolved group', name: 'gone', code: '400013', group: { dissolved: true } },
  { to: 'a robot that wants a keyword', name: 'worded', code: '310000.keyword', robot: { keywords: ['公告'] } },
  { to: 'a robot that DingTalk holds', name: 'held', code: '660026' },
])(
  'a share, news of a task, a question, an incident and a digest to $to say what their messages say',
  async ({ name, code, group, robot }) => {
    const conversation = `cid-${name}`;
    const isHeld = name === 'held';
    await sim('POST', '/groups', { openConversationId: conversation, title: name, members: ['lisi'], ...group });
    await sim('POST', '/robots', { accessToken: name, name, conversation, ...robot });
    expect((await api('PUT', `/destinations/${name}`, { kind: 'custom-robot', accessToken: name })).status).toBe(200);
    if (isHeld) {
      const hello = { msgtype: 'text', text: { content: 'hello' } };
      const tell = () => request('POST', `${urls.simulator}/robot/send?access_token=${name}`, hello);
      await expect.poll(async () => (await tell()).body.errcode).toBe(660026);
    }

    const { body: task } = await api('POST', '/tasks', { title: name, assignees: ['lisi'], notify: name });
    const troubles = async () => (await api('GET', task.links.self)).body.troubles;
    const message = { code, reason: expect.stringMatching(`^${name}: .`), remedy: expect.any(String) };
    await expect.poll(troubles).toMatchObject({ message });

    // behind one that the robot holds it waits for its turn
    const behind = { message: isHeld ? { code: expect.any(String), reason: message.reason } : message };
    const asked = { question: name, approvers: { people: ['lisi'] }, to: name };
    const { links } = (await api('POST', '/approvals', asked)).body;
    await expect.poll(async () => (await api('GET', links.self)).body.troubles).toMatchObject(behind);

    const source = { kind: 'alertmanager', to: name, incidents: {} };
    const { pathname } = new URL((await api('PUT', `/sources/${name}`, source)).body.address);
    const alerts = [{ status: 'firing', labels: { alertname: name }, startsAt: '2026-11-28T16:26:35Z' }];
    const key = { version: '4', groupKey: name, groupLabels: { alertname: name }, alerts };
    expect((await request('POST', `${urls.api}${pathname}`, key)).status).toBe(202);
    const incident = async () => {
      const { incidents } = (await api('GET', '/incidents')).body;
      const found = incidents.find((one: { source: string }) => one.source === name);
      return found && (await api('GET', found.links.self)).body.troubles;
    };
    await expect.poll(incident).toMatchObject(behind);

    await put(`share/${name}/a.txt`, Buffer.from(name));
    const share = async () => (await shareOf(`share/${name}/a.txt`)) ?? { targets: [] };
    const status = isHeld ? 'sending' : 'failed';
    const why = isHeld ? {} : { code, reason: expect.any(String), remedy: expect.any(String) };
    await expect.poll(share).toMatchObject({ status, targets: [{ destination: name, status, ...why }] });
    const { id, targets } = await share();
    const listed = (await shares()).find((one: { id: string }) => one.id === id);
    expect(listed.targets).toEqual(targets);
    expect((await api('GET', targets[0].links.messages[0])).body.status).toBe(isHeld ? 'queued' : 'failed');

    const digest = async () => (await watched('digest')).find(({ id }) => id.endsWith(`#${name}`))?.id;
    await expect.poll(digest).toBeDefined();
    await makeDue((await digest()) ?? '');
    await schedule('chase-tasks');
    await expect.poll(troubles).toMatchObject({ message, digest: { code: isHeld ? expect.any(String) : code } });
  },
);
