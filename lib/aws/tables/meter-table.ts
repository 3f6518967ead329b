import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { MeterStore } from '../../messages/limits/meter.ts';
import { changedItem, fromItem, toItem } from './item.ts';

const KEEP_S = 100 * 24 * 3600;
const Counted = v.object({ used: v.number() });

/** Calls a calendar month (Beijing time, as DingTalk counts), one item a meter and month. */
export function createMeterTable(client: DynamoDBClient, table: string, now: () => number): MeterStore {
  return {
    async add(name, count) {
      const month = new Date(now() + 8 * 3_600_000).toISOString().slice(0, 7);
      const place = { TableName: table, Key: toItem({ id: `month:${name}:${month}` }) };
      const ttl = Math.floor(now() / 1000) + KEEP_S;
      return fromItem(Counted, (await changedItem(client, place, { add: { used: count }, set: { ttl } })) ?? {}).used;
    },
  };
}
