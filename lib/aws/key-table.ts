import { createHash } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromItem, toItem } from './item.ts';

const ApiKey = v.object({ name: v.string(), expiresAt: v.optional(v.string()) });
export type ApiKey = v.InferOutput<typeof ApiKey>;

/** API keys, keyed by `id` = SHA-256 of the key in hex: the table does not hold a key that works. */
export function createKeyTable(client: DynamoDBClient, table: string) {
  return {
    async find(key: string): Promise<ApiKey | undefined> {
      const id = createHash('sha256').update(key).digest('hex');
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: toItem({ id }) }));
      return Item && fromItem(ApiKey, Item);
    },
  };
}
