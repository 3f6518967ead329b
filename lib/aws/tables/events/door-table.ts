import { DeleteItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { StoredCallback } from '../../../events/event.ts';
import type { FailedListTimes } from '../../../events/fetch-missed.ts';
import type { KeptCallbacks } from '../../../events/move-kept.ts';
import { REFUSED_ID } from '../../second-store.ts';
import { changeItem, fromItem, getItem, keyCondition, toItem } from '../item.ts';

const PAGE = 25;
const Kept = v.object({ id: v.string(), callback: v.pipe(v.string(), v.parseJson(), StoredCallback) });
const Noted = v.object({ at: v.number() });

/** What `second-store.ts` wrote, in the table of events; the index `by-kept` holds nothing but the callbacks. */
export function createKeptCallbacks(client: DynamoDBClient, TableName: string): KeptCallbacks {
  return {
    async list() {
      const query = {
        TableName,
        IndexName: 'by-kept',
        ...keyCondition('#kept = :kept', { kept: 'kept' }),
        Limit: PAGE,
      };
      const { Items = [] } = await client.send(new QueryCommand(query));
      return Items.map((item) => fromItem(Kept, item));
    },
    async remove(id) {
      await client.send(new DeleteItemCommand({ TableName, Key: toItem({ id }) }));
    },
  };
}

/** When a door last refused something, and when each app's failed list was last asked for. */
export function createFailedListTimes(client: DynamoDBClient, table: string): FailedListTimes {
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
