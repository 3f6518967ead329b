import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { SCOPES } from '../../base/access.ts';
import { sha256 } from '../../base/hash.ts';
import { quotaMonth } from '../../base/quota/month.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { changedItem, changeItem, fromItem, toItem } from './item.ts';
import { countInMinute } from './minute-count.ts';

/** A key is remembered for so long by a running function, so a burst costs one read: a revoked key lives no longer. */
const REMEMBER_MS = 5_000;
const MOST_REMEMBERED = 1_000;
const LAST_USED_STEP_MS = 10 * 60_000;

const moment = v.optional(v.string());
/** One API key as the table keeps it. `id` is the SHA-256 of the key in hex; `keyId` is the part that may be shown. */
export const ApiKey = v.object({
  id: v.string(),
  keyId: v.string(),
  /** What people call it. */
  name: v.string(),
  /** Whose records and Idempotency-Keys these are: keys that follow one another share it. */
  owner: v.string(),
  scopes: v.array(v.picklist([...SCOPES, '*'])),
  /** Names of destinations, or `*`. */
  destinations: v.array(v.string()),
  /** People beside destinations by their userId, and apps by their name; or `*`. */
  people: v.array(v.string()),
  apps: v.array(v.string()),
  /** Requests a minute. */
  rate: v.optional(v.number()),
  /** Calls to DingTalk a month, and how many of them were taken in which month. */
  budget: v.optional(v.number()),
  month: v.optional(v.string()),
  monthUsed: v.optional(v.number()),
  createdAt: v.string(),
  expiresAt: moment,
  revokedAt: moment,
  lastUsedAt: moment,
});
export type ApiKey = v.InferOutput<typeof ApiKey>;

/** The table holds no key that works. Finding one by its hash compares nothing, so its time tells nothing either. */
export function hashOfKey(key: string): string {
  return sha256(key);
}

export function createKeyTable(client: Dynamodb, table: string, now: () => number) {
  const remembered = new Map<string, { key: ApiKey | undefined; until: number }>();
  const placeOf = (id: string) => ({ TableName: table, Key: toItem({ id }) });

  return {
    /** A key, whether it still works or not; undefined for one that was never made. Both are remembered. */
    async find(key: string): Promise<ApiKey | undefined> {
      const id = hashOfKey(key);
      const known = remembered.get(id);
      if (known && known.until > now()) return known.key;
      remembered.delete(id);
      const { Item } = await client.send(new GetItemCommand(placeOf(id)));
      const found = Item && fromItem(ApiKey, Item);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(id, { key: found, until: now() + REMEMBER_MS });
      return found;
    },

    /** Notes that the key is in use, to ten minutes. */
    async touch({ id, lastUsedAt }: ApiKey): Promise<void> {
      if (lastUsedAt !== undefined && now() - Date.parse(lastUsedAt) < LAST_USED_STEP_MS) return;
      const at = new Date(now()).toISOString();
      const known = remembered.get(id);
      if (known?.key) known.key = { ...known.key, lastUsedAt: at };
      const when = 'attribute_exists(#id) AND (attribute_not_exists(#lastUsedAt) OR #lastUsedAt < :lastUsedAt)';
      await changeItem(client, placeOf(id), { set: { lastUsedAt: at }, when });
    },

    /** Counts a request; how many there were in this minute, and when the next one begins (s). */
    count({ id }: ApiKey): Promise<{ used: number; nextMinuteInS: number }> {
      return countInMinute(client, placeOf(id), now());
    },

    /** Takes calls from a key's budget of the month, if there are so many left; a number below zero gives back. */
    async spend({ id, budget = 0 }: ApiKey, calls: number): Promise<{ granted: boolean; used: number }> {
      const place = placeOf(id);
      const month = quotaMonth(now());
      const [when, values] = ['#month = :month AND #monthUsed <= :room', { month, room: budget - calls }];
      const further = () => changedItem(client, place, { add: { monthUsed: calls }, when, values });
      const isFirst = 'attribute_exists(#id) AND (attribute_not_exists(#month) OR #month < :month)';
      const first = () => changedItem(client, place, { set: { month, monthUsed: calls }, when: isFirst });
      // what another month took is not given back to this one
      const taken =
        (await further()) ?? (calls > 0 && calls <= budget ? ((await first()) ?? (await further())) : undefined);
      const item = taken ?? (await client.send(new GetItemCommand({ ...place, ConsistentRead: true }))).Item;
      const kept = item && fromItem(ApiKey, item);
      return { granted: taken !== undefined, used: kept?.month === month ? (kept.monthUsed ?? 0) : 0 };
    },
  };
}
