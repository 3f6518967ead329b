import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDynamodb } from '../../local/aws/dynamodb.ts';
import { createResources } from '../../local/template/resources.ts';
import { readTemplate, type Template } from '../../local/template/template.ts';
import { triggersOf } from '../../local/triggers/triggers.ts';
import { clientOf, startEmulator } from './emulator.ts';

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let database: Awaited<ReturnType<typeof startDynamodb>>;
let dynamodb: DynamoDBClient;
let template: Template;

beforeAll(async () => {
  emulator = await startEmulator();
  database = await startDynamodb(0);
  dynamodb = new DynamoDBClient(clientOf(database.url));
  const params = { publicUrl: 'http://127.0.0.1:3000', apiUrl: 'http://127.0.0.1:3100' };
  template = readTemplate('serverless.yml', { stage: 'local', queuesUrl: emulator.url, params });
  await createResources(template, { aws: emulator.url, dynamodb: database.url });
});
afterAll(async () => {
  dynamodb.destroy();
  await Promise.all([emulator.close(), database.close()]);
});

test('gives the functions plain values where CloudFormation would put them', () => {
  expect(template.environment).toMatchObject({
    DINGTALK_SECRET_ID: 'dingdock/local',
    DINGTALK_API_URL: 'http://127.0.0.1:3100',
    DINGTALK_OAPI_URL: 'https://oapi.dingtalk.com',
    PUBLIC_URL: 'http://127.0.0.1:3000',
    MESSAGES_TABLE: 'dingdock-local-messages',
    OUTBOX_QUEUE_URL: `${emulator.url}/000000000000/dingdock-local-outbox.fifo`,
    EVENTS_QUEUE_URL: `${emulator.url}/000000000000/dingdock-local-events`,
  });
});

test('creates every table of serverless.yml, with its indexes', async () => {
  const named = [...template.resources.values()].filter(({ type }) => type === 'AWS::DynamoDB::Table');
  const { TableNames } = await dynamodb.send(new ListTablesCommand({}));
  expect(TableNames?.toSorted()).toEqual(named.map(({ properties }) => properties.TableName).toSorted());
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'dingdock-local-shares' }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  expect(Table?.GlobalSecondaryIndexes).toMatchObject([
    {
      IndexName: 'by-day',
      KeySchema: [
        { AttributeName: 'day', KeyType: 'HASH' },
        { AttributeName: 'createdAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ]);
});

test('creates every queue of serverless.yml, with its attributes', async () => {
  const named = [...template.resources.values()].filter(({ type }) => type === 'AWS::SQS::Queue');
  const { QueueUrls } = await emulator.sqs.send(new ListQueuesCommand({}));
  expect(QueueUrls).toHaveLength(named.length);
  const outbox = new GetQueueAttributesCommand({
    QueueUrl: template.environment.OUTBOX_QUEUE_URL,
    AttributeNames: ['All'],
  });
  const { Attributes } = await emulator.sqs.send(outbox);
  expect(Attributes).toMatchObject({ FifoQueue: 'true', DeduplicationScope: 'messageGroup' });
  expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toMatchObject({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dingdock-local-outbox-dead-letters.fifo',
  });
});

test('creates the bucket', async () => {
  await expect(emulator.s3.send(new HeadBucketCommand({ Bucket: 'uploads' }))).resolves.toBeDefined();
});

test('creates the same again without complaint, as with a DynamoDB that outlives the stack', async () => {
  await expect(createResources(template, { aws: emulator.url, dynamodb: database.url })).resolves.toBeUndefined();
});

test('finds the queues that call a function', () => {
  expect(triggersOf(template, emulator.url)).toContainEqual({
    functionName: 'deliver-message',
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:dingdock-local-outbox.fifo',
    queueUrl: `${emulator.url}/000000000000/dingdock-local-outbox.fifo`,
    batchSize: 10,
    partial: true,
  });
});
