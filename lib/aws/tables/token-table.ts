import * as v from 'valibot';
import { defined } from '../../base/defined.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { type Change, changeItem, getItem, toItem } from './item.ts';
import { acquiring, releasing } from './lease.ts';

const Stored = v.object({
  sealed: v.optional(v.string()),
  expiresAt: v.optional(v.number()),
  leaseUntil: v.optional(v.number()),
  pauseEndsAt: v.optional(v.number()),
});

type TokenRecord = { token?: { sealed: string; expiresAt: number }; leaseEndsAt?: number; pauseEndsAt?: number };
type LeaseClaim = { owner: string; over: number; endsAt: number; seen: string | undefined; pauseOver?: number };

/** Keeps one access token an item, `id` its key, sealed by its user; times in epoch ms. */
export function createTokenTable(client: Dynamodb, tableName: string) {
  const placeOf = (id: string) => ({ TableName: tableName, Key: toItem({ id }) });
  const change = (id: string, by: Change) => changeItem(client, placeOf(id), by);

  return {
    async read(key: string): Promise<TokenRecord> {
      const item = await getItem(client, placeOf(key), Stored);
      const { sealed, expiresAt, leaseUntil, pauseEndsAt } = item ?? {};
      const token = sealed === undefined || expiresAt === undefined ? undefined : { sealed, expiresAt };
      return defined({ token, leaseEndsAt: leaseUntil, pauseEndsAt });
    },

    claim(key: string, { owner, over, endsAt, seen, pauseOver }: LeaseClaim): Promise<boolean> {
      const tokenIsTheOneSeen = seen === undefined ? 'attribute_not_exists(#sealed)' : '#sealed = :seen';
      const pauseIsOver = 'attribute_not_exists(#pauseEndsAt) OR #pauseEndsAt <= :pauseOver';
      const when = pauseOver === undefined ? tokenIsTheOneSeen : `${tokenIsTheOneSeen} AND (${pauseIsOver})`;
      return change(key, acquiring({ owner, until: endsAt, now: over }, { when, values: { seen, pauseOver } }));
    },

    put(
      key: string,
      owner: string,
      { sealed, expiresAt }: { sealed: string; expiresAt: number },
      pauseEndsAt: number,
    ): Promise<boolean> {
      return change(key, releasing(owner, { set: { sealed, expiresAt, pauseEndsAt } }, '#sealed = :sealed'));
    },

    async release(key: string, owner: string, pauseEndsAt?: number): Promise<void> {
      await change(key, releasing(owner, { set: defined({ pauseEndsAt }) }));
    },
  };
}
