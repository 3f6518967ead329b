import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { Task, type TaskStore } from '../tasks/task.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Tasks, keyed by `id`. */
export function createTaskTable(client: DynamoDBClient, table: string): TaskStore {
  return {
    async create(task) {
      const put = { TableName: table, Item: toItem(task), ConditionExpression: 'attribute_not_exists(id)' };
      return client.send(new PutItemCommand(put)).then(() => true, refusedMeans(false));
    },

    async get(id) {
      const read = new GetItemCommand({ TableName: table, Key: toItem({ id }), ConsistentRead: true });
      const { Item } = await client.send(read);
      return Item && fromItem(Task, Item);
    },

    async advance(id, step) {
      const entries = Object.entries(step).filter(([, value]) => value !== undefined);
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: toItem({ id }),
          UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: 'attribute_exists(id)',
          ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: toItem(Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value]))),
        }),
      );
    },
  };
}
