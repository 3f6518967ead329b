import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, expect, test } from 'vitest';
import { monthId } from '../../lib/aws/tables/meter-table.ts';
import { sqsEvent } from '../support/events.ts';
import { notification } from '../support/files.ts';
import { robotOf } from '../support/robot.ts';
import { by, troubledStack } from '../support/troubled-stack.ts';

// What functions do only on a bad day, each of which its role has to allow: workers that cannot start, records that
// nobody can read, a queue or a table that is down for one of them.

const { api, faults, heal, messagesIn, put, request, schedule, shareOf, shares, sim, sqs, tell, urlOf, ...stack } =
  await troubledStack();
const { act, busEvents, invoke, log, urls } = stack;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
afterAll(() => dynamodb.destroy());

const WORKERS = {
  'deliver-message': 'outbox.fifo',
  'follow-task': 'tasks.fifo',
  'follow-record': 'records.fifo',
  'render-source': 'sources.fifo',
  'share-file': 'uploads',
  'fetch-file': 'inbound',
  'handle-event': 'events',
};
const deadLettersOf = (queue: string) => queue.replace(/(\.fifo)?$/, '-dead-letters$1');
const said = (name: string, event: string, from = 0) =>
  log.slice(from).some((line) => line.includes(`"${name}"`) && line.includes(event));

async function waitingIn(queue: string): Promise<number> {
  const asked = { QueueUrl: await urlOf(queue), AttributeNames: ['All' as const] };
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
  return Number(Attributes?.ApproximateNumberOfMessages);
}

test('records go back while no worker can start; then what nobody can read is in the dead letters', async () => {
  faults.set('secrets', 'fails');
  for (const queue of Object.values(WORKERS)) {
    const fifo = queue.endsWith('.fifo') ? { MessageGroupId: 'g', MessageDeduplicationId: queue } : {};
    await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(queue), MessageBody: 'no record', ...fifo }));
  }
  for (const name of Object.keys(WORKERS))
    await expect.poll(() => said(name, 'start-failed'), { message: name }).toBe(true);
  heal();
  for (const [name, queue] of Object.entries(WORKERS)) {
    await expect.poll(() => waitingIn(deadLettersOf(queue)), { message: queue }).toBe(1);
    await expect.poll(() => said(name, 'record-set-aside')).toBe(true);
  }
});

test('a record that came back often is watched for the deaths of its workers', async () => {
  const QueueUrl = await urlOf(deadLettersOf('sources.fifo'));
  const record = { id: 'often', body: 'no record', group: 'g', receives: 4 };
  expect(await invoke('render-source', sqsEvent([record]))).toEqual({ batchItemFailures: [] });
  const received = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }))).Messages;
  await expect.poll(received).toMatchObject([{ Body: 'no record' }]);
});

test('a callback that the queue did not take is kept apart, and on the bus after the next run of reconcile', async () => {
  faults.set('sqs', 'fails', by('receive-callback'));
  await sim('POST', '/events', { EventType: 'user_leave_org', userId: ['kept-apart'] });
  const pushes = async () => (await sim('GET', '/pushes')).body;
  await expect.poll(pushes).toMatchObject([{ state: 'delivered' }]);
  heal();
  expect(await waitingIn('events')).toBe(0);
  await schedule('reconcile');
  const heard = () => busEvents().filter(({ detail }) => JSON.stringify(detail.data).includes('kept-apart'));
  await expect.poll(() => heard().length).toBe(1);
});

test('a sender hears that nothing was kept, in the words that it reads, and is heard again later', async () => {
  const put = (name: string, kind: string) => api('PUT', `/sources/${name}`, { kind, to: 'ops' });
  const [robot, hook] = await Promise.all([put('bad-robot', 'dingtalk-robot'), put('bad-hook', 'json')]);
  const at = (address: string, body: object) => {
    const { pathname, search } = new URL(address);
    return request('POST', `${urls.api}${pathname}${search}`, body);
  };
  const text = { msgtype: 'text', text: { content: 'said twice on a bad day' } };
  faults.set('sqs', 'fails', by('receive-source'));
  const lost = await at(robot.body.address, text);
  expect([lost.status, lost.body.errcode]).toEqual([503, -1]);
  const unheard = await at(hook.body.address, { message: 'x' });
  expect([unheard.status, unheard.body.code, unheard.headers.get('retry-after')]).toEqual([503, 'not_kept', '5']);
  heal();
  const kept = await at(robot.body.address, text);
  expect([kept.status, kept.body]).toEqual([200, { errcode: 0, errmsg: 'ok' }]);
  const inOps = async () => (await messagesIn('cidOps=')).map(({ text: said }: { text: string }) => said);
  await expect.poll(inOps).toEqual([text.text.content]);
});

test('what DingTalk took and the table did not note is noted by the next worker, and not sent again', async () => {
  let isSent = false;
  const spoilsNothing = ({ url }: { url?: string | undefined }) => {
    isSent ||= url?.startsWith('/robot/send') === true;
    return false;
  };
  faults.set('oapi', 'slow', spoilsNothing);
  faults.set('dynamodb', 'fails', (request) => isSent && by('deliver-message', 'UpdateItem')(request));
  const { body } = await api('POST', '/messages', { to: 'ops', text: 'taken, not noted' });
  await expect.poll(() => said('deliver-message', 'outcome-queued')).toBe(true);
  heal();
  await expect.poll(async () => (await api('GET', body.links.self)).body.status).toBe('sent');
  const texts = (await messagesIn('cidOps=')).filter(({ text }: { text: string }) => text === 'taken, not noted');
  expect(texts).toHaveLength(1);
});

test('an upload to DingTalk that failed is made by the next worker', async () => {
  await sim('POST', '/faults', { path: '/media/upload', fault: { status: 503 }, times: 1 });
  await put('share/project/again.txt', Buffer.from('again'));
  await expect.poll(async () => (await shareOf('share/project/again.txt'))?.status).toBe('shared');
});

test('the parts of a file that could not be stored whole are let go, and it is stored later', async () => {
  faults.set('s3', 'fails', (request) => by('fetch-file')(request) && /partNumber=2/.test(request.url ?? ''));
  const already = log.length;
  const base64 = Buffer.alloc(12_000_000, 7).toString('base64');
  await act('/say', { from: 'zhangsan', file: { name: 'parts.bin', base64 } });
  await expect.poll(() => said('fetch-file', 'record-failed', already)).toBe(true);
  heal();
  const stored = () => busEvents().filter(({ detail }) => detail.type === 'file.received');
  await expect.poll(() => stored().map(({ detail }) => detail.data.size)).toEqual([12_000_000]);
});

test('that a file is over is told once, whatever was down when it was found out', async () => {
  const fault = { code: 'invalidParameter.robotCode.downloadCode', message: 'expired', status: 400 };
  await sim('POST', '/faults', { path: '/v1.0/robot/messageFiles/download', fault, times: 2 });
  faults.set('sqs', 'fails', by('fetch-file', 'SendMessageBatch'));
  let changes = Number.NEGATIVE_INFINITY;
  faults.set('dynamodb', 'fails', (request) => {
    if (by('fetch-file', 'BatchWriteItem')(request)) changes = Math.max(changes, 0);
    changes += by('fetch-file', 'UpdateItem')(request) ? 1 : 0;
    // that the message waits is noted, and what became of the file is not
    return changes > 2;
  });
  const already = log.length;
  await act('/say', { from: 'wangwu', file: { name: 'over.bin', base64: 'eA==' } });
  await expect.poll(() => said('fetch-file', 'record-failed', already)).toBe(true);
  heal();
  const refused = () => busEvents().filter(({ detail }) => detail.type === 'file.refused');
  await expect.poll(() => refused().length).toBe(1);
  await schedule('reconcile');
  const asked = async () =>
    (await messagesIn('wangwu')).filter(({ text }: { text?: string }) => text?.includes('over.bin”已过期')).length;
  await expect.poll(asked).toBe(1);
});

/** Those that wait for something are listed as queued. */
const waiting = async (): Promise<string[]> =>
  (await api('GET', '/messages?status=queued')).body.messages.map(({ id }: { id: string }) => id);

test('a message for later that is taken back leaves the list of what waits', async () => {
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const { body } = await api('POST', '/messages', { to: 'ops', text: 'not yet', sendAt });
  await expect.poll(waiting).toContain(body.id);
  expect((await api('POST', `${body.links.self}/recall`)).status).toBe(200);
  expect(await waiting()).not.toContain(body.id);
});

test('a message whose time came has left the list of what waits', async () => {
  const sendAt = new Date(Date.now() + 8_000).toISOString();
  const { body } = await api('POST', '/messages', { to: 'ops', text: 'a little later', sendAt });
  const status = async () => {
    await schedule('reconcile');
    return (await api('GET', body.links.self)).body.status;
  };
  await expect.poll(status).toBe('sent');
  expect(await waiting()).not.toContain(body.id);
});

test('a level of the quota of the month is told once', async () => {
  // a month may turn meanwhile, and each tells its own
  for (const id of new Set([0, 3_600_000].map((ms) => monthId(Date.now() + ms))))
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: 'dingdock-local-limits',
        Key: { id: { S: id } },
        UpdateExpression: 'ADD webhook :used',
        ExpressionAttributeValues: { ':used': { N: '2450' } },
      }),
    );
  await schedule('reconcile');
  await schedule('reconcile');
  const told = busEvents().filter(({ detail }) => detail.type === 'quota.reached');
  const months = Map.groupBy(told, ({ detail }) => detail.data.month);
  expect(months.size).toBeGreaterThan(0);
  for (const [{ detail } = expect.fail(), ...more] of months.values()) {
    expect(detail.data).toMatchObject({ quota: 'webhook', percent: 80 });
    expect(more).toEqual([]);
  }
});

test('of an object with versions the named one is shared, and opened by its link', async () => {
  await robotOf({ api, sim, messagesIn }, 'versions', 60_000);
  const key = 'share/versions/a.txt';
  const { ETag = '' } = await put(key, Buffer.from('one'));
  await expect.poll(async () => (await shareOf(key))?.status).toBe('shared');
  const event = notification('uploads', key, ETag, 3);
  for (const { s3 } of event.Records) Object.assign(s3.object, { versionId: 'v2' });
  await tell([event]);
  const both = async () => (await shares()).filter((one: { key: string }) => one.key === key);
  await expect.poll(both).toMatchObject([{ status: 'shared' }, { status: 'shared' }]);
  const [{ id }] = await both();
  const { link } = (await api('GET', `/shares/${id}`)).body;
  const opened = await request('GET', link.url);
  const location = opened.headers.get('location') ?? '';
  expect(new URL(location).searchParams.get('versionId')).toBe('v2');
  expect((await request('GET', location)).text).toBe('one');
});
