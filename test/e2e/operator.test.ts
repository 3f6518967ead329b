import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJsonCall } from '../../lib/aws/json-call.ts';
import { createOutboxQueue } from '../../lib/aws/queues/outbox-queue.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { cliOf } from '../support/cli.ts';
import { filesClient } from '../support/files.ts';
import { delivery, message } from '../support/messages.ts';

const { api, request, urls, sqs, messagesIn } = await filesClient();
const { dingdock } = cliOf(urls);
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
const POISONED = ['dlq-a', 'dlq-b', 'dlq-c'];

let outbox: string;
let policy: string;
beforeAll(async () => {
  outbox = (await sqs.send(new GetQueueUrlCommand({ QueueName: 'dingdock-local-outbox.fifo' }))).QueueUrl ?? '';
  const asked = { QueueUrl: outbox, AttributeNames: ['RedrivePolicy' as const] };
  policy = (await sqs.send(new GetQueueAttributesCommand(asked))).Attributes?.RedrivePolicy ?? '';
});
afterAll(async () => {
  await setPolicy(policy);
  dynamodb.destroy();
});
const setPolicy = (RedrivePolicy: string) =>
  sqs.send(new SetQueueAttributesCommand({ QueueUrl: outbox, Attributes: { RedrivePolicy } }));

// Both wait for something, so they wait side by side.
describe.concurrent('the operator', () => {
  test('a revoked key is refused within 60 s', async ({ expect }) => {
    const { key, keyId } = (
      await dingdock(['keys', 'create', 'op-short', '--scope', 'messages:send', '--to', 'zhangsan'])
    ).json;
    // of a place that it is not for: whatever was sent could be a dead letter, which the test beside counts
    const ask = async () =>
      (await request('POST', `${urls.api}/messages`, { to: 'ops', text: 'x' }, { authorization: `Bearer ${key}` }))
        .body;
    expect((await ask()).code).toBe('destination_not_allowed');
    expect((await dingdock(['keys', 'revoke', keyId])).code).toBe(0);
    await expect.poll(async () => (await ask()).code, { interval: 1_000 }).toBe('key_revoked');
    const { code, text } = await dingdock(['send', '--to', 'zhangsan', 'x'], { env: { DINGDOCK_API_KEY: key } });
    expect([code, text]).toEqual([3, expect.stringContaining('was revoked')]);
    expect(text).not.toContain(key);
  });

  test('what broke its worker lies in the dead letters; mended and redriven, it is delivered, one after the other', async ({
    expect,
  }) => {
    // a destination that nothing can unseal fails its worker each time; here twice are enough
    await setPolicy(JSON.stringify({ ...JSON.parse(policy), maxReceiveCount: 1 }));
    const call = createJsonCall({ url: urls.aws, service: 'sqs', region: 'us-east-1', timeoutMs: 5_000, attempts: 1 });
    for (const name of POISONED) {
      const Item = { id: { S: name }, kind: { S: 'custom-robot' }, sealed: { S: 'of another key' } };
      await dynamodb.send(new PutItemCommand({ TableName: 'dingdock-local-destinations', Item }));
      const text = { kind: 'text' as const, text: `redriven ${name}` };
      const createdAt = new Date().toISOString();
      const kept = message({ id: `m_${name}`, createdAt, content: text, deliveries: { [name]: delivery() } });
      await createMessageTable(dynamodb, 'dingdock-local-messages').create(kept);
      await createOutboxQueue(call, outbox).put([{ messageId: kept.id, destination: name }]);
    }
    const outboxRow = async () => {
      const rows: { queue: string; dead: number; oldest?: string }[] = (await dingdock(['dlq', 'list'])).json.queues;
      return rows.find(({ queue }) => queue === 'outbox');
    };
    await expect.poll(async () => (await outboxRow())?.dead).toBe(POISONED.length);
    expect(Date.parse((await outboxRow())?.oldest ?? '')).toBeLessThan(Date.now());
    await setPolicy(policy);

    const shown = await dingdock(['dlq', 'show', 'outbox']);
    for (const name of POISONED) expect(shown.text).toContain(`m_${name} to ${name}`);
    expect((await dingdock(['dlq', 'redrive', 'outbox', '--dry-run'])).json).toMatchObject({
      wouldRedrive: 3,
      redriven: 0,
    });

    for (const name of POISONED)
      await api('PUT', `/destinations/${name}`, { kind: 'robot-users', userIds: ['wangwu'] });
    const began = performance.now();
    const { code, json } = await dingdock(['dlq', 'redrive', 'outbox', '--per-second', '2']);
    expect([code, json.redriven]).toEqual([0, 3]);
    expect(performance.now() - began).toBeGreaterThanOrEqual(1_000); // two pauses of half a second
    for (const name of POISONED) {
      await expect.poll(async () => (await api('GET', `/messages/m_${name}`)).body.status).toBe('sent');
      const said = (await messagesIn('wangwu')).filter(({ text }: { text: string }) => text === `redriven ${name}`);
      expect(said).toHaveLength(1);
    }
    expect((await outboxRow())?.dead).toBe(0);
  });
});

test('an alarm that no source took is shown by its dead letter, and to clear it says that it is lost', async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dingdock-local-schedule-dead-letters' }));
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:alarms';
  const Sns = {
    TopicArn,
    MessageId: 'm1',
    Subject: 'ALARM: disk',
    Message: '{"AlarmName":"disk","token":"t0psecret"}',
  };
  const requestPayload = { Records: [{ EventSource: 'aws:sns', Sns }] };
  const failed = (name: string, more: object) => ({
    requestContext: { functionArn: `arn:aws:lambda:us-east-1:000000000000:function:dingdock-local-${name}:$LATEST` },
    ...more,
  });
  const responsePayload = { errorMessage: 'sources.receive: unknown_topic' };
  for (const letter of [
    failed('receive-source', { requestPayload, responsePayload }),
    failed('reconcile', { requestPayload: { source: 'aws.scheduler' } }),
  ])
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(letter) }));

  const { json } = await dingdock(['dlq', 'show', 'schedule']);
  expect(json.letters).toHaveLength(2);
  const ofTopic = json.letters.find(({ about }: { about: string }) => about.endsWith('receive-source'));
  const Message = '{"AlarmName":"disk","token":"…"}';
  expect(ofTopic).toMatchObject({
    why: 'sources.receive: unknown_topic',
    payload: { Records: [{ EventSource: 'aws:sns', Sns: { ...Sns, Message } }] },
  });
  expect(json.letters.filter((letter: object) => 'payload' in letter)).toEqual([ofTopic]);
  expect((await dingdock(['dlq', 'show', 'schedule'])).text).toMatch(/:alarms .*ALARM: disk.*AlarmName/);
  const lost = /what topics delivered is lost/i;
  expect((await dingdock(['dlq', 'clear', 'schedule', '--dry-run'])).text).toMatch(lost);
  expect((await dingdock(['dlq', 'clear', 'schedule'])).text).toMatch(lost);
  expect((await dingdock(['dlq', 'clear', 'schedule', '--yes'])).json.deleted).toBe(2);
});

test('a queue that is none is refused with those that are', async () => {
  const { code, text } = await dingdock(['dlq', 'show', 'letters']);
  expect(code).toBe(6);
  expect(text).toMatch(/events, inbound, outbox/);
});

test('dingdock quota tells the calls of the month', async () => {
  const { code, json, text } = await dingdock(['quota']);
  expect(code).toBe(0);
  expect(json.meters).toEqual([
    { name: 'api', used: expect.any(Number), unanswered: expect.any(Number), quota: 5000, acts: expect.any(Array) },
    { name: 'webhook', used: expect.any(Number), unanswered: expect.any(Number), quota: 3000, acts: expect.any(Array) },
  ]);
  expect(text).toMatch(/of 5000 \(\d+ %\)/);
});
