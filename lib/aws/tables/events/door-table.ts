import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { StoredCallback } from '../../../events/event.ts';
import type { FailedListTimes } from '../../../events/fetch-missed.ts';
import type { KeptCallbacks } from '../../../events/move-kept.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { REFUSED_ID } from '../../second-store.ts';
import { pagesOf } from '../cursor.ts';
import { changeItem, getItem, keyCondition, toItem } from '../item.ts';
import { KEEPING, type Keeping, readable } from '../keeping.ts';

const PAGE = 25;
const Kept = v.object({ id: v.string(), callback: v.pipe(v.string(), v.parseJson(), StoredCallback) });
const Noted = v.object({ at: v.number() });

/** What `second-store.ts` wrote, in the table of events; the index `by-kept` holds nothing but the callbacks. */
export function createKeptCallbacks(client: Dynamodb, TableName: string, keeping: Keeping = KEEPING): KeptCallbacks {
  return {
    async list() {
      const query = {
        TableName,
        IndexName: 'by-kept',
        ...keyCondition('#kept = :kept', { kept: 'kept' }),
        Limit: PAGE,
      };
      for await (const items of pagesOf(client, query)) {
        const kept = readable(Kept, items, { table: TableName, keeping });
        if (kept.length > 0) return kept;
      }
      return [];
    },
    async remove(id) {
      await client.send(new DeleteItemCommand({ TableName, Key: toItem({ id }) }));
    },
  };
}

/** When a door last refused something, and when each app's failed list was last asked for. */
export function createFailedListTimes(client: Dynamodb, table: string): FailedListTimes {
  const placeOf = (id: string) => ({ TableName: table, Key: toItem({ id }) });
  const idOf = (app: string) => `failed-list#${app}`;
  return {
    refusedAt: async () => (await getItem(client, placeOf(REFUSED_ID), Noted))?.at,
    askedAt: async (app) => (await getItem(client, placeOf(idOf(app)), Noted))?.at,
    async noteAsked(app, at) {
      await changeItem(client, placeOf(idOf(app)), { set: { at } });
    },
  };
}
