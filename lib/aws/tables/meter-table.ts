import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { MeterStore } from '../../messages/limits/meter.ts';
import { fromItem, toItem } from './item.ts';

const KEEP_S = 100 * 24 * 3600;
const Counted = v.object({ used: v.number() });

/** Calls a calendar month (Beijing time, as DingTalk counts), one item a meter and month. */
export function createMeterTable(client: DynamoDBClient, table: string, now: () => number): MeterStore {
  return {
    async add(name, count) {
      const month = new Date(now() + 8 * 3_600_000).toISOString().slice(0, 7);
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: toItem({ id: `month:${name}:${month}` }),
          UpdateExpression: 'ADD used :count SET #ttl = :ttl',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: toItem({ ':count': count, ':ttl': Math.floor(now() / 1000) + KEEP_S }),
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return fromItem(Counted, Attributes).used;
    },
  };
}
