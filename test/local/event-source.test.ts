import { ChangeMessageVisibilityCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Invoke, startEventSources, type Trigger } from '../../local/triggers/event-source.ts';
import { lambdaInvoke } from '../../local/triggers/lambda-invoke.ts';
import { stackPorts } from '../support/run.ts';
import { startEmulator } from './emulator.ts';

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let sources: ReturnType<typeof startEventSources> | undefined;
let number = 0;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => sources?.stop());
afterAll(() => emulator.close());

type Queue = Awaited<ReturnType<typeof emulator.createQueue>>;

const queue = (attributes: Record<string, string> = {}) =>
  emulator.createQueue(`queue-${++number}${attributes.FifoQueue ? '.fifo' : ''}`, attributes);

function run(from: Queue, invoke: Invoke, options: Partial<Trigger & { pollers: number }> = {}) {
  const { pollers, ...trigger } = options;
  const problems: unknown[] = [];
  sources = startEventSources({
    sqs: emulator.sqs,
    region: 'us-east-1',
    triggers: [{ functionName: 'work', ...from, batchSize: 10, partial: true, ...trigger }],
    invoke,
    onProblem: (_, error) => problems.push(error),
    ...(pollers === undefined ? {} : { pollers }),
  });
  return problems;
}

async function send({ queueUrl }: Queue, body: string, group?: string) {
  const fifo = group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: body };
  const { MessageId } = await emulator.sqs.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, ...fifo }),
  );
  return MessageId!;
}

async function waiting({ queueUrl }: Queue) {
  const { Attributes } = await emulator.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
}

/** Remembers every record and answers as told. */
function worker(answer: (event: SQSEvent) => unknown = () => undefined) {
  const records: SQSRecord[] = [];
  const invoke: Invoke = async (_, event) => {
    records.push(...event.Records);
    return answer(event);
  };
  return { invoke, records, bodies: () => records.map(({ body }) => body) };
}

const failing =
  (...bodies: string[]) =>
  (event: SQSEvent) => ({
    batchItemFailures: event.Records.filter(({ body }) => bodies.includes(body)).map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  });

test('hands a function the event that Lambda makes of a FIFO message', async () => {
  const from = await queue({ FifoQueue: 'true' });
  await emulator.sqs.send(
    new SendMessageCommand({
      QueueUrl: from.queueUrl,
      MessageBody: '你好',
      MessageGroupId: 'ops',
      MessageDeduplicationId: 'd1',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: '文本' },
        raw: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
      },
    }),
  );
  const { invoke, records } = worker();
  run(from, invoke);
  await expect.poll(() => records).toHaveLength(1);
  expect(records[0]).toEqual({
    messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    receiptHandle: expect.any(String),
    body: '你好',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      MessageGroupId: 'ops',
      MessageDeduplicationId: 'd1',
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
    },
    messageAttributes: {
      kind: { dataType: 'String', stringValue: '文本', stringListValues: [], binaryListValues: [] },
      raw: { dataType: 'Binary', binaryValue: 'AP8=', stringListValues: [], binaryListValues: [] },
    },
    md5OfBody: '7eca689f0d3389d9dea66ae112e5cfd7',
    eventSource: 'aws:sqs',
    eventSourceARN: from.queueArn,
    awsRegion: 'us-east-1',
  });
  await expect.poll(() => waiting(from)).toBe(0);
});

test('deletes what succeeded and gives back only what the function named', async () => {
  const from = await queue({ VisibilityTimeout: '1' });
  for (const body of ['good', 'bad', 'fine']) await send(from, body);
  let rejected = 0;
  const { invoke, bodies } = worker((event) => (rejected++ === 0 ? failing('bad')(event) : null));
  run(from, invoke, { pollers: 1 });
  await expect.poll(() => bodies()).toEqual(['good', 'bad', 'fine', 'bad']);
  await expect.poll(() => waiting(from)).toBe(0);
});

test.each([
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
  ['a missing identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
  ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'nobody' }] }],
  ['something else than a list', { batchItemFailures: 'all' }],
])('keeps the whole batch when the answer has %s', async (_, answer) => {
  const from = await queue({ VisibilityTimeout: '30' });
  await send(from, 'one');
  const { invoke, records } = worker(() => answer);
  run(from, invoke);
  await expect.poll(() => records).toHaveLength(1);
  await sources?.stop();
  expect(await waiting(from)).toBe(1);
});

test('keeps the whole batch when the function fails, and tells', async () => {
  const from = await queue({ VisibilityTimeout: '30' });
  await send(from, 'one');
  const problems = run(from, async () => {
    throw new Error('boom');
  });
  await expect.poll(() => problems).toEqual([new Error('boom')]);
  expect(await waiting(from)).toBe(1);
});

test('keeps a batch while the functions are not there, as after they were killed', async () => {
  const from = await queue({ VisibilityTimeout: '900' });
  await send(from, 'meanwhile');
  let answers: Invoke = lambdaInvoke(`http://127.0.0.1:${stackPorts().lambda}`, '');
  const tries: string[] = [];
  const problems = run(from, (name, event, signal) => {
    tries.push(event.Records[0]?.body ?? '');
    if (tries.length === 3) answers = async () => undefined;
    return answers(name, event, signal);
  });
  await expect.poll(() => waiting(from)).toBe(0);
  expect([tries, problems]).toEqual([['meanwhile', 'meanwhile', 'meanwhile'], []]);
});

test('takes any answer for success when the trigger reports no partial failures', async () => {
  const from = await queue();
  await send(from, 'one');
  const { invoke } = worker(() => ({ batchItemFailures: [{ itemIdentifier: 'nobody' }] }));
  run(from, invoke, { partial: false });
  await expect.poll(() => waiting(from)).toBe(0);
});

test('respects a visibility that the function set itself', async () => {
  const from = await queue({ VisibilityTimeout: '600' });
  await send(from, 'later');
  const { invoke, records } = worker(async (event) => {
    const [record] = event.Records;
    if (record?.attributes.ApproximateReceiveCount !== '1') return null;
    await emulator.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: from.queueUrl,
        ReceiptHandle: record.receiptHandle,
        VisibilityTimeout: 1,
      }),
    );
    return failing('later')(event);
  });
  run(from, invoke);
  await expect.poll(() => records.map((each) => each.attributes.ApproximateReceiveCount)).toEqual(['1', '2']);
});

test('leaves a poisonous message to the dead-letter queue', async () => {
  const dead = await queue();
  const policy = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 2 });
  const from = await queue({ VisibilityTimeout: '1', RedrivePolicy: policy });
  await send(from, 'poison');
  const { invoke, records } = worker(failing('poison'));
  run(from, invoke);
  await expect.poll(() => emulator.receive(dead.queueUrl, 1)).toMatchObject([{ Body: 'poison' }]);
  expect(records).toHaveLength(2);
});

test('lets no blocked FIFO group delay another, and keeps the order inside each', async () => {
  const from = await queue({ FifoQueue: 'true' });
  await send(from, 'slow-1', 'slow');
  await send(from, 'slow-2', 'slow');
  const { promise: blocked, resolve: release } = Promise.withResolvers<void>();
  const { invoke, bodies } = worker((event) => (event.Records[0]?.body === 'slow-1' ? blocked : undefined));
  run(from, invoke);
  await expect.poll(() => bodies()).toEqual(['slow-1']);
  for (const body of ['quick-1', 'quick-2', 'quick-3']) await send(from, body, 'quick');
  await expect.poll(() => bodies()).toEqual(['slow-1', 'quick-1', 'quick-2', 'quick-3']);
  release();
  await expect.poll(() => bodies().at(-1)).toBe('slow-2');
});

test('stops at once, in the middle of a long poll', async () => {
  const from = await queue();
  const { promise: polling, resolve } = Promise.withResolvers<void>();
  emulator.sqs.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'ReceiveMessageCommand') resolve();
        return next(args);
      },
    { step: 'deserialize', name: 'note' },
  );
  run(from, worker().invoke);
  await polling;
  emulator.sqs.middlewareStack.remove('note');
  // a poll that begins after it and is as long: stopping must not last as long as that
  const leave = new AbortController();
  const another = emulator.receive((await queue()).queueUrl, 20, leave.signal).catch(() => undefined);
  const first = await Promise.race([sources?.stop().then(() => 'stopped'), another]);
  expect(first).toBe('stopped');
  leave.abort();
});
