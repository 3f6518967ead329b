import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBus } from '../../../lib/aws/bus.ts';
import { createJsonCall } from '../../../lib/aws/json-call.ts';
import { createCallbackQueue } from '../../../lib/aws/queues/callback-queue.ts';
import { createInboundQueue } from '../../../lib/aws/queues/inbound-queue.ts';
import { createOutboxQueue } from '../../../lib/aws/queues/outbox-queue.ts';
import { createTaskQueue } from '../../../lib/aws/queues/task-queue.ts';
import { createWorkedQueue } from '../../../lib/aws/queues/worked-queue.ts';
import { readSecret } from '../../../lib/aws/secret.ts';
import { clientOf, startEmulator } from '../../local/emulator.ts';

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let sqs: SQSClient;
beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
  emulator = await startEmulator();
  sqs = new SQSClient(clientOf(emulator.url));
});
afterAll(async () => {
  sqs.destroy();
  await emulator.close();
});

const callOf = (service: 'events' | 'secretsmanager' | 'sqs') =>
  createJsonCall({ url: emulator.url, service, region: 'us-east-1', timeoutMs: 5_000, attempts: 1 });

async function queue(QueueName: string) {
  const Attributes: Record<string, string> = QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const receive = async () => {
    const asked = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const] };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(asked));
    return Messages.map(({ Body = '', Attributes: { MessageGroupId = '' } = {}, ReceiptHandle = '' }) => ({
      body: JSON.parse(Body),
      group: MessageGroupId,
      receipt: ReceiptHandle,
    }));
  };
  return { url: QueueUrl, receive };
}

const itemTo = (destination: string, messageId = 'm_1') => ({ messageId, destination });

test('the outbox takes more than a call of SQS does, each destination in a group of its own, and the same only once', async () => {
  const { url, receive } = await queue('outbox.fifo');
  const outbox = createOutboxQueue(callOf('sqs'), url);
  const items = Array.from({ length: 11 }, (_, index) => itemTo(`组${index}`));
  await outbox.put(items);
  await outbox.put(items.slice(0, 1));
  const seen = [...(await receive()), ...(await receive())];
  expect(seen.map(({ body }) => body)).toEqual(items);
  expect(new Set(seen.map(({ group }) => group)).size).toBe(11);
  await outbox.put(items.slice(0, 1), 'second round');
  const urgent = { ...itemTo('组0', 'm_2'), priority: 'high' as const };
  await outbox.put([urgent]);
  // the group of the first is held by the one that is out
  expect((await receive()).map(({ body }) => body)).toEqual([urgent]);
});

test('a task comes once for each version, a file once for each time', async () => {
  const tasks = await queue('tasks.fifo');
  const put = createTaskQueue(callOf('sqs'), tasks.url).put;
  await Promise.all([put('t_1', 3), put('t_1', 3), put('t_2', 3)]);
  expect((await tasks.receive()).map(({ body }) => body.taskId).sort()).toEqual(['t_1', 't_2']);
  const files = await queue('inbound');
  const inbound = {
    app: 'main',
    messageId: 'x',
    receivedAt: '',
    conversation: { id: 'c', group: true },
    sender: {},
    files: [],
  };
  await createInboundQueue(callOf('sqs'), files.url).put(inbound);
  expect((await files.receive()).map(({ body }) => body.messageId)).toEqual(['x']);
});

test('a record that is given back is there again, and one that is set aside is in the dead letters', async () => {
  const { url, receive } = await queue('events');
  const dead = await queue('dead.fifo');
  const worked = createWorkedQueue(callOf('sqs'), { url, deadLettersUrl: dead.url });
  const callbacks = createCallbackQueue(callOf('sqs'), url);
  const callback = { door: 'events' as const, app: 'main', receivedAt: '', stamp: '', payload: '你好 \u0001 😀' };
  await callbacks.putAll([callback]);
  const [first] = await receive();
  expect(first?.body).toEqual(callback);
  expect(await receive()).toEqual([]);
  await worked.hide([first?.receipt ?? ''], 0);
  expect((await receive()).map(({ body }) => body)).toEqual([callback]);
  for (let times = 0; times < 2; times += 1) await worked.setAside({ id: 'x', body: '{"a":1}', group: 'g' });
  expect(await dead.receive()).toMatchObject([{ body: { a: 1 }, group: 'g' }]);
});

test('what one of many is refused for is told, and so is a queue that is not there', async () => {
  const refusing = async () => ({ Successful: [], Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] });
  const refused = createOutboxQueue(refusing, 'http://queue').put([itemTo('ops')]);
  await expect(refused).rejects.toMatchObject({ code: 'InternalError', retryable: true });
  const gone = createOutboxQueue(callOf('sqs'), `${emulator.url}/000000000000/gone.fifo`).put([itemTo('ops')]);
  await expect(gone).rejects.toMatchObject({ code: 'QueueDoesNotExist', retryable: true });
});

test('the bus gets an event with its own time, and one that it does not take is told although AWS says 200', async () => {
  const event = {
    id: 'e',
    type: 'task.done',
    app: 'main',
    occurredAt: '2026-01-02T03:04:05.678Z',
    data: {},
    raw: '{}',
  };
  await createBus(callOf('events'), 'dingdock-local').publish(event);
  const { occurredAt: time } = event;
  expect(emulator.events).toEqual([
    { time, source: 'dingdock', detailType: 'task.done', detail: event, bus: 'dingdock-local' },
  ]);
  const refusing = async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] });
  const refused = createBus(refusing, 'dingdock-local').publish(event);
  await expect(refused).rejects.toMatchObject({ code: 'InternalFailure', retryable: true });
});

test('an event that is too much for a bus in China goes without what DingTalk wrote, and says so', async () => {
  const published: unknown[] = [];
  const bus = createBus(async (_, body) => {
    published.push(Object(body).Entries[0].Detail);
    return { Entries: [{}] };
  }, 'dingdock-local');
  const event = { id: 'e', type: 'robot.message', app: 'main', occurredAt: '2026-01-02T03:04:05.678Z' };
  const text = '你'.repeat(40_000);
  await bus.publish({ ...event, data: { text }, raw: JSON.stringify({ text }) });
  await bus.publish({ ...event, data: { text: '你' }, raw: '{}' });
  const [large = '', small = ''] = published.map(String);
  expect(JSON.parse(large)).toEqual({ ...event, data: { text }, raw: '', rawLeftOut: true });
  expect(Buffer.byteLength(large)).toBeLessThan(200_000);
  expect(JSON.parse(small)).toEqual({ ...event, data: { text: '你' }, raw: '{}' });
});

test('a secret is read, and one that nobody wrote says what to do', async () => {
  expect(await readSecret(callOf('secretsmanager'), 'dingdock/local')).toBe('{"a":1}');
  await expect(readSecret(callOf('secretsmanager'), 'dingdock/prod')).rejects.toMatchObject({
    code: 'secret_missing',
    retryable: false,
    remedy: expect.stringContaining('dingdock init --stage prod'),
  });
});
