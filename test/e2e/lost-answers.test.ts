import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { makeDue, watchedIn } from '../support/due.ts';
import { by, firstTry, troubledStack } from '../support/troubled-stack.ts';

// Every function that sends something, on a day when the table's answers to it get lost and the queue takes nothing of it:
// each of its messages is there once all the same.

const app = { digest: { at: '09:00', destinations: ['project'] }, signIn: true };
const { act, api, busEvents, faults, heal, log, messagesIn, put, request, schedule, send, sim, urls } =
  await troubledStack(app);
// tokens of DingTalk that nobody can use a second time: every function has to get one of its own
await sim('POST', '/settings', { tokenLifeSeconds: 50 });
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
afterAll(() => dynamodb.destroy());
const [TASKS, RECORDS] = ['dingdock-local-tasks', 'dingdock-local-records'];

const notQueued = (name: string) =>
  log.filter((line) => line.includes(`"${name}"`) && line.includes('message-enqueue-failed')).length;

const cancelled = async () => {
  const { body } = await api('POST', '/tasks', { title: 'of follow-task', assignees: ['lisi'], notify: 'project' });
  return () => api('PATCH', body.links.self, { status: 'cancelled' });
};
const alert = async () => {
  const { body } = await api('PUT', '/sources/lost', { kind: 'json', to: 'project' });
  const { pathname, search } = new URL(body.address);
  return () => request('POST', `${urls.api}${pathname}${search}`, { title: 'of render-source', message: 'm' });
};
const digest = async () => {
  await api('POST', '/tasks', { title: 'of chase-tasks', assignees: ['wangwu'] });
  const due = async () => (await watchedIn(dynamodb, TASKS, 'digest')).find(({ id }) => id.includes('wangwu'));
  await expect.poll(due).toBeDefined();
  await makeDue(dynamodb, TASKS, { id: { S: (await due())?.id ?? '' } });
  return () => schedule('chase-tasks');
};

const post = (path: string, body: object) => async () => () => api('POST', path, body);
const ACTS: [name: string, said: string, ready: () => Promise<() => Promise<unknown>>, conversation?: string][] = [
  ['send-message', 'of send-message', post('/messages', { to: 'project', text: 'of send-message' })],
  [
    'dispatch-task',
    'of dispatch-task',
    post('/tasks', { title: 'of dispatch-task', assignees: ['lisi'], notify: 'project' }),
  ],
  [
    'follow-record',
    'of follow-record',
    post('/approvals', { question: 'of follow-record', approvers: { people: ['lisi'] }, to: 'project' }),
  ],
  ['follow-task', '取消', cancelled],
  ['render-source', 'of render-source', alert],
  ['share-file', 'share-file.txt', async () => () => put('share/project/share-file.txt', Buffer.from('x'))],
  ['chase-tasks', 'of chase-tasks', digest, 'wangwu'],
];

test.each(ACTS)('what %s has to say arrives once', async (name, said, ready, conversation = 'cidProject=') => {
  const doIt = await ready();
  const there = async () =>
    (await messagesIn(conversation)).filter((message: object) => JSON.stringify(message).includes(said)).length;
  await expect.poll(there).toBe(0);
  faults.set('dynamodb', 'loses', firstTry(by(name, 'PutItem')));
  faults.set('sqs', 'fails', by(name, 'SendMessage'));
  await doIt();
  await expect.poll(() => notQueued(name)).toBeGreaterThan(0);
  heal();
  const arrived = async () => {
    await schedule('reconcile');
    return there();
  };
  await expect.poll(arrived).toBe(1);
});

test('a record whose time has come is queued by chase-tasks', async () => {
  const asked = { question: 'due', approvers: { people: ['lisi'] }, to: 'project' };
  const { body } = await api('POST', '/approvals', asked);
  const due = async () => (await watchedIn(dynamodb, RECORDS, 'watched')).find(({ id }) => id === body.id);
  await expect.poll(due).toBeDefined();
  await makeDue(dynamodb, RECORDS, (await due())?.place ?? {});
  await schedule('chase-tasks');
  await expect.poll(async () => (await due())?.dueAt).toBeGreaterThan(Date.now());
});

test('a question whose time is over is told to whoever asks, and followed', async () => {
  const expiresAt = new Date(Date.now() + 8_000).toISOString();
  const asked = { question: 'short', approvers: { people: ['lisi'] }, to: 'project', expiresAt };
  const { body } = await api('POST', '/approvals', asked);
  await expect.poll(async () => (await api('GET', body.links.self)).body.status).toBe('expired');
});

test('the digest of an app that is gone is dropped', async () => {
  const id = 'digest#gone#person#lisi';
  const Item = { id: { S: id }, watch: { S: 'digest' }, dueAt: { N: '1' } };
  await dynamodb.send(new PutItemCommand({ TableName: TASKS, Item }));
  await schedule('chase-tasks');
  expect((await watchedIn(dynamodb, TASKS, 'digest')).filter((one) => one.id === id)).toEqual([]);
});

test('every function that calls DingTalk gets a token where the one that is there is old', async () => {
  const person = '13800000002';
  const mention = { users: ['zhangsan'] };
  expect((await send({ to: 'ops', text: 'strict', mention, strict: true })).body).toMatchObject({ status: 'sent' });
  const { body: sent } = await send({ to: 'project', text: 'to take back' });
  expect((await api('POST', `${sent.links.self}/recall`)).status).toBe(200);
  const { body: task } = await api('POST', '/tasks', { title: 'old token', assignees: [person] });
  expect((await api('PATCH', task.links.self, { due: '2036-01-31T08:00:00Z' })).status).toBe(200);
  const todos = async () => (await sim('GET', '/todos')).body.map(({ dueTime }: { dueTime?: number }) => dueTime);
  await expect.poll(todos).toContain(Date.parse('2036-01-31T08:00:00Z'));
  const asked = { question: 'by mobile', approvers: { people: ['13800000003'] }, to: 'project' };
  expect((await api('POST', '/approvals', asked)).status).toBe(201);
  await act('/say', { from: 'zhangsan', file: { name: 'old.txt', base64: 'b2xk' } });
  await expect.poll(() => busEvents().filter(({ detail }) => detail.type === 'file.received').length).toBe(1);
  const code = { userId: 'lisi', corpId: 'dingsimcorp', clientId: 'dingsimapp', url: `${urls.api}/sign-in` };
  const taken = { code: (await sim('POST', '/auth-code', code)).body.code, app: 'default' };
  const ours = { 'sec-fetch-site': 'same-origin' };
  expect((await request('POST', `${urls.api}/sign-in/dingtalk`, taken, ours)).status).toBe(200);
});
