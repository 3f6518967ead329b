import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamodb } from '../../local/aws/dynamodb.ts';

/** A DynamoDB of AWS's own that runs elsewhere (DynamoDB Local): a database for each access key. */
const OUTSIDE = process.env.DYNAMODB_OF_TESTS;

/** An empty DynamoDB with tables keyed by `id`, and what closes it. */
export async function startTables(...names: string[]) {
  const { url, close } =
    OUTSIDE === undefined ? await startDynamodb(0) : { url: OUTSIDE, close: () => Promise.resolve() };
  const accessKeyId = OUTSIDE === undefined ? 'local' : randomBytes(8).toString('hex');
  const credentials = { accessKeyId, secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials });
  for (const TableName of names) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await active(client, TableName);
  }
  return {
    client,
    url,
    credentials,
    async close() {
      client.destroy();
      await close();
    },
  };
}

/** A table of messages by day, with the index that finds them by the time they are due. */
export async function startMessageTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await startIndexed(client, TableName, { 'by-due': ['watch', 'dueAt'] }, { key: ['part', 'id'] });
}

/** A table with the index of tasks: by the time they are due. Their lists stand in the table of records. */
export async function startTaskTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await startIndexed(client, TableName, { 'by-due': ['watch', 'dueAt'] });
}

/** A table of shares, with the index that lists a day. */
export async function startShareTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await startIndexed(client, TableName, { 'by-day': ['day', 'createdAt'] });
}

/** A table of events, with the index of what the doors kept. */
export async function startEventTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await startIndexed(client, TableName, { 'by-kept': ['kept', 'keptAt'] }, { shown: ['callback'] });
}

/** A table of destinations, with the index that lists them. */
export async function startDestinationTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const shown = ['kind', 'app', 'openConversationId'];
  await startIndexed(client, TableName, { 'by-name': ['part', 'id'] }, { shown });
}

/** A table with indexes, each with its two keys; times are numbers, all else is text. */
async function startIndexed(
  client: DynamoDBClient,
  TableName: string,
  indexes: Record<string, [string, string]>,
  { key = ['id'], shown = [] }: { key?: string[]; shown?: string[] } = {},
) {
  const names = [...new Set([...key, ...Object.values(indexes).flat()])];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((name) => ({
        AttributeName: name,
        AttributeType: ['dueAt', 'keptAt'].includes(name) ? 'N' : 'S',
      })),
      KeySchema: key.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, [hash, range]]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: hash, KeyType: 'HASH' },
          { AttributeName: range, KeyType: 'RANGE' },
        ],
        Projection:
          shown.length > 0 ? { ProjectionType: 'INCLUDE', NonKeyAttributes: shown } : { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  );
  await active(client, TableName);
}

/** Until the table takes writes: a busy machine takes a moment. */
async function active(client: DynamoDBClient, TableName: string): Promise<void> {
  const status = async () => (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
  while ((await status()) !== 'ACTIVE');
}
