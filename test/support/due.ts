import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

type Place = Record<string, { S: string }>;

/** What a table looks after: its items under one `watch`, with the time each is due. */
export async function watchedIn(client: DynamoDBClient, TableName: string, watch: string) {
  const query = new QueryCommand({
    TableName,
    IndexName: 'by-due',
    KeyConditionExpression: '#watch = :watch',
    ExpressionAttributeNames: { '#watch': 'watch' },
    ExpressionAttributeValues: { ':watch': { S: watch } },
  });
  const { Items = [] } = await client.send(query);
  return Items.map((item) => ({
    id: item.id?.S ?? '',
    dueAt: Number(item.dueAt?.N),
    place: Object.fromEntries(['part', 'id'].flatMap((name) => (item[name]?.S ? [[name, { S: item[name].S }]] : []))),
  }));
}

/** Makes it due long ago, as if its time had come. */
export async function makeDue(client: DynamoDBClient, TableName: string, Key: Place): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET dueAt = :long',
      ExpressionAttributeValues: { ':long': { N: '1' } },
    }),
  );
}
