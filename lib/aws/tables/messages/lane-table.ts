import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { sha256 } from '../../../base/hash.ts';
import type { Lanes } from '../../../messages/deliver/lanes.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { pagesOf } from '../cursor.ts';
import { keyCondition, refusedMeans, toItem, updateOf } from '../item.ts';
import { KEEPING, type Keeping, readable } from '../keeping.ts';

const PART = 'lanes';
/** A lane that nobody noted for so long was not slow. */
const KEEP_S = 7 * 24 * 3600;

const Stored = v.object({ lane: v.string(), at: v.number(), quietUntil: v.number(), reachedAt: v.number() });

/** How far slow lanes have come, in the table of the messages. */
export function createLaneTable(client: Dynamodb, table: string, keeping: Keeping = KEEPING): Lanes {
  return {
    async note(lane, { at, quietUntil, reachedAt }) {
      const set = { lane, at, quietUntil, ttl: Math.floor(at / 1000) + KEEP_S };
      const place = { TableName: table, Key: toItem({ part: PART, id: sha256(lane) }) };
      const change = (more: Parameters<typeof updateOf>[0]) =>
        client.send(new UpdateItemCommand({ ...place, ...updateOf(more) })).then(() => true, refusedMeans(false));
      const further = 'attribute_not_exists(#reachedAt) OR #reachedAt <= :reachedAt';
      // what was put back later is passed by what was always there
      if (!(await change({ set: { ...set, reachedAt }, when: further }))) await change({ set });
    },

    async all() {
      const query = { TableName: table, ...keyCondition('#part = :part', { part: PART }), ConsistentRead: true };
      const lanes = new Map<string, v.InferOutput<typeof Stored>>();
      for await (const items of pagesOf(client, query)) {
        for (const found of readable(Stored, items, { table, keeping })) lanes.set(found.lane, found);
      }
      return lanes;
    },
  };
}
