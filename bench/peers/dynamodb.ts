// A building block: the client that whatever keeps something in a table has to load, and one call of it.
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

export const handler = async () => new DynamoDBClient().send(new GetItemCommand({ TableName: '', Key: {} }));
