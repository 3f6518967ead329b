import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { Share, type ShareStore } from '../../files/share/share.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { pageOf } from './cursor.ts';
import { changedItem, changeItem, conditionOf, getItems, keyCondition, putNew, toItem } from './item.ts';
import { KEEPING, type Keeping, readable, readOne, SCHEMA, schemaEntry, ttlOf } from './keeping.ts';
import { acquiring, holding, leased } from './lease.ts';

/** For each renewal. Over by the time the queue brings back the record of a worker that died. */
const LEASE_MS = 8_500;

const Stored = v.object({ ...Share.entries, ...schemaEntry });
const Listed = v.object({ id: v.string() });

/** Below what DynamoDB takes for a key. */
const KeyText = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

/** Shares, keyed by `id`; `by-day` lists those of one UTC day, newest first. It holds keys only, so that work on a share writes it once. */
export function createShareTable(
  client: Dynamodb,
  table: string,
  now: () => number,
  keeping: Keeping = KEEPING,
): ShareStore {
  const recordOf = (share: Share) => ({
    schema: SCHEMA,
    ...share,
    day: share.createdAt.slice(0, 10),
    ttl: ttlOf(keeping, Date.parse(share.createdAt)),
  });
  const putAs = (owner: string, record: Record<string, unknown>) =>
    client.send(new PutItemCommand({ TableName: table, Item: toItem(record), ...conditionOf(holding(owner)) }));
  const placeOf = (id: string) => ({ TableName: table, Key: toItem({ id }) });
  const get = async (id: string) => {
    const { Item } = await client.send(new GetItemCommand({ ...placeOf(id), ConsistentRead: true }));
    return readOne(Stored, Item, { table, keeping });
  };
  const leaseOf = (owner: string) => ({ owner, until: now() + LEASE_MS });

  return {
    create: (share) => putNew(client, table, recordOf(share)),

    async claim(share, owner) {
      const lease = leaseOf(owner);
      const attempt = { at: new Date(now()).toISOString() };
      const first = { ...share, attempts: [attempt] };
      if (await putNew(client, table, { ...recordOf(first), ...leased(lease) })) return first;
      const taken = await changedItem(
        client,
        placeOf(share.id),
        acquiring(
          { ...lease, now: now() },
          {
            set: { status: 'received' },
            also: ['#attempts = list_append(#attempts, :attempt)'],
            when: '#status IN (:status, :awaiting)',
            values: { attempt: [attempt], awaiting: 'awaiting' },
          },
        ),
      );
      const claimed = readOne(Stored, taken, { table, keeping });
      if (claimed) return claimed;
      return (await get(share.id))?.status === 'received' ? 'busy' : 'done';
    },

    async renew(id, owner) {
      const { until } = leaseOf(owner);
      await changeItem(client, placeOf(id), holding(owner, {}, until));
    },

    async save(share, owner) {
      await putAs(owner, { ...recordOf(share), ...leased(leaseOf(owner)) });
    },

    async finish(share, owner) {
      await putAs(owner, recordOf(share));
    },

    get,

    async listDay(day, { cursor, limit }) {
      const query = {
        TableName: table,
        IndexName: 'by-day',
        ...keyCondition('#day = :day', { day }),
        ScanIndexForward: false,
        Limit: limit,
      };
      const OfDay = v.object({ id: KeyText, day: v.literal(day), createdAt: KeyText });
      const { items, ...next } = await pageOf(client, query, OfDay, cursor);
      const ids = readable(Listed, items, { table, keeping }).map(({ id }) => id);
      const found = await getItems(
        client,
        table,
        ids.map((id) => toItem({ id })),
      );
      const shares = new Map(readable(Stored, found, { table, keeping }).map((share) => [share.id, share]));
      return { shares: ids.flatMap((id) => shares.get(id) ?? []), ...next };
    },
  };
}
