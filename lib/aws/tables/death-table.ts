import * as v from 'valibot';
import type { Dynamodb } from '../dynamodb.ts';
import { changedItem, changeItem, fromItem, toItem } from './item.ts';

/** As long as a queue keeps its records. */
const KEEP_S = 4 * 24 * 3600;
const Begun = v.object({ starts: v.optional(v.set(v.string()), new Set()) });

/**
 * Starts of work on a record that had no end, each a text of its own, so that a write that is repeated counts once: one item a
 * record, written only for those that came again and again.
 */
export function createDeathTable(client: Dynamodb, table: string, now: () => number) {
  const placeOf = (recordId: string) => ({ TableName: table, Key: toItem({ id: `begun#${recordId}` }) });
  return {
    async begun(recordId: string, start: string): Promise<string[]> {
      const set = { ttl: Math.floor(now() / 1000) + KEEP_S };
      const item = await changedItem(client, placeOf(recordId), { set, add: { starts: new Set([start]) } });
      return item ? [...fromItem(Begun, item).starts] : [start];
    },

    async spared(recordId: string, start: string): Promise<void> {
      await changeItem(client, placeOf(recordId), { drop: { starts: new Set([start]) } });
    },

    async ended(recordId: string): Promise<void> {
      await changeItem(client, placeOf(recordId), { set: { starts: undefined } });
    },
  };
}
