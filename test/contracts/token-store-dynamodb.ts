import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamodb } from '../../local/aws/dynamodb.ts';

export const TABLE = 'tokens';

/** The tokens table as serverless.yml makes it, empty, in a DynamoDB of its own. */
export async function startTokenTable() {
  const { url, close } = await startDynamodb(0);
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return {
    url,
    client,
    async close() {
      client.destroy();
      await close();
    },
  };
}
