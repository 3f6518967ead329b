import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startWorld, type World } from '../../bench/bed.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { sqsEvent } from '../support/events.ts';
import { delivery, message } from '../support/messages.ts';

const READS = { tokens: 0 };
const Read = v.object({ TableName: v.string() });

let world: World;
beforeAll(async () => {
  world = await startWorld({
    onRequest({ headers, body }) {
      if (headers['x-amz-target'] !== 'DynamoDB_20120810.GetItem') return;
      const { TableName } = v.parse(Read, JSON.parse(String(body)));
      if (TableName === world.environment.TOKENS_TABLE) READS.tokens += 1;
    },
  });
  for (const [name, value] of Object.entries(world.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
});

test('texts and pictures that go out side by side share one token, read once and asked for once', async () => {
  const { handler } = await import('../../functions/deliver-message/handler.ts');
  const { region, environment, urls } = world;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint: urls.aws, region, credentials });
  await s3.send(new PutObjectCommand({ Bucket: environment.UPLOADS_BUCKET, Key: 'media/chart.png', Body: PNG }));
  s3.destroy();
  const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region, credentials });
  const messages = createMessageTable(dynamodb, environment.MESSAGES_TABLE ?? '');
  const kinds = [
    { kind: 'text', text: '你好' },
    { kind: 'image', mediaId: 's3:media/chart.png' },
  ] as const;
  const items = ['project', 'zhangsan', 'notice'].flatMap((destination) =>
    kinds.map((content) => ({ destination, content, messageId: `m_${destination}_${content.kind}` })),
  );
  const createdAt = new Date().toISOString();
  for (const { messageId: id, destination, content } of items) {
    await messages.create(message({ id, createdAt, content, deliveries: { [destination]: delivery() } }));
  }
  const records = items.map(({ messageId, destination }) => ({
    id: messageId,
    body: JSON.stringify({ messageId, destination }),
    group: messageId,
  }));
  expect(await handler(sqsEvent(records))).toEqual({ batchItemFailures: [] });
  for (const { messageId, destination } of items) {
    expect((await messages.get(messageId))?.deliveries[destination]?.status).toBe('sent');
  }
  dynamodb.destroy();
  const calls = await fetch(`${urls.simulator}/_sim/calls?path=${encodeURIComponent('/v1.0/oauth2/accessToken')}`);
  expect(await calls.json()).toHaveLength(1);
  expect(READS.tokens).toBe(1);
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
