import { CreateTableCommand, DynamoDBClient, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { Template } from './template.ts';

const Keys = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }));
const Indexes = v.array(
  v.object({
    IndexName: v.string(),
    KeySchema: Keys,
    Projection: v.object({
      ProjectionType: v.picklist(['ALL', 'KEYS_ONLY', 'INCLUDE']),
      NonKeyAttributes: v.exactOptional(v.array(v.string())),
    }),
  }),
);
/** What decides how a table behaves; encryption, recovery and TTL mean nothing on a laptop. */
const Table = v.object({
  TableName: v.string(),
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) })),
  KeySchema: Keys,
  GlobalSecondaryIndexes: v.exactOptional(Indexes),
  LocalSecondaryIndexes: v.exactOptional(Indexes),
});
const Queue = v.objectWithRest({ QueueName: v.string() }, v.unknown());
const Bucket = v.object({ BucketName: v.string() });

export function resourcesOf(template: Template, type: string) {
  return [...template.resources.values()]
    .filter((resource) => resource.type === type)
    .map(({ properties }) => properties);
}

export type Addresses = { aws: string; dynamodb: string };

/** Creates the tables, queues and buckets of serverless.yml in the emulators. */
export async function createResources(template: Template, addresses: Addresses) {
  const common = { region: template.region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const dynamodb = new DynamoDBClient({ ...common, endpoint: addresses.dynamodb });
  const sqs = new SQSClient({ ...common, endpoint: addresses.aws });
  const s3 = new S3Client({ ...common, endpoint: addresses.aws, forcePathStyle: true });
  try {
    await Promise.all([
      ...resourcesOf(template, 'AWS::DynamoDB::Table').map((table) => createTable(dynamodb, v.parse(Table, table))),
      ...resourcesOf(template, 'AWS::SQS::Queue').map((queue) => createQueue(sqs, v.parse(Queue, queue))),
      ...resourcesOf(template, 'AWS::S3::Bucket').map((bucket) =>
        s3.send(new CreateBucketCommand({ Bucket: v.parse(Bucket, bucket).BucketName })),
      ),
    ]);
  } finally {
    for (const client of [dynamodb, sqs, s3]) client.destroy();
  }
}

async function createTable(client: DynamoDBClient, table: v.InferOutput<typeof Table>) {
  try {
    await client.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST' }));
  } catch (error) {
    // An outside DynamoDB keeps its tables from the last time.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

/** CloudFormation's queue properties carry the names of the API's attributes; the API wants every value as text. */
async function createQueue(client: SQSClient, { QueueName, Tags: _, ...properties }: v.InferOutput<typeof Queue>) {
  const Attributes = Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
  await client.send(new CreateQueueCommand({ QueueName, Attributes }));
}
