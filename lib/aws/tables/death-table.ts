import * as v from 'valibot';
import type { Dynamodb } from '../dynamodb.ts';
import { changedItem, changeItem, fromItem, toItem } from './item.ts';

/** As long as a queue keeps its records. */
const KEEP_S = 4 * 24 * 3600;
const Begun = v.object({ begun: v.number() });

/** How often work on a record began and had no end: one item a record, written only for those that came again and again. */
export function createDeathTable(client: Dynamodb, table: string, now: () => number) {
  const placeOf = (recordId: string) => ({ TableName: table, Key: toItem({ id: `begun#${recordId}` }) });
  return {
    async begun(recordId: string, by: 1 | -1): Promise<number> {
      const set = { ttl: Math.floor(now() / 1000) + KEEP_S };
      const item = await changedItem(client, placeOf(recordId), { set, add: { begun: by } });
      return item ? fromItem(Begun, item).begun : 1;
    },

    async ended(recordId: string): Promise<void> {
      await changeItem(client, placeOf(recordId), { set: { begun: undefined } });
    },
  };
}
