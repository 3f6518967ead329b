import { type DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { Link, type LinkStore, Share, type ShareStore } from '../files/share.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Longer than the function that holds a claim may run. */
const CLAIM_MS = 150_000;
const KEEP_S = 90 * 24 * 3600;
const PAGE = 50;

const Cursor = v.object({ id: v.string(), day: v.string(), createdAt: v.string() });

/** Shares and their download links, keyed by `id`; `by-day` lists shares of one UTC day, newest first. */
export function createShareTable(
  client: DynamoDBClient,
  table: string,
  now: () => number,
): ShareStore & { links: LinkStore } {
  const put = (share: Share, more: Record<string, unknown>) => ({
    TableName: table,
    Item: toItem({ ...share, day: share.createdAt.slice(0, 10), ttl: ttlOf(share.createdAt), ...more }),
  });
  const find = async (id: string) => {
    const read = new GetItemCommand({ TableName: table, Key: toItem({ id }), ConsistentRead: true });
    return (await client.send(read)).Item;
  };
  const get = async (id: string) => {
    const item = await find(id);
    return item && fromItem(Share, item);
  };

  return {
    async claim(share) {
      const claimed = await client
        .send(
          new PutItemCommand({
            ...put(share, { claimedUntil: now() + CLAIM_MS }),
            ConditionExpression: 'attribute_not_exists(id) OR claimedUntil < :now',
            ExpressionAttributeValues: toItem({ ':now': now() }),
          }),
        )
        .then(() => true, refusedMeans(false));
      if (claimed) return 'claimed';
      return (await get(share.id))?.status === 'received' ? 'busy' : 'done';
    },

    async finish(share) {
      await client.send(new PutItemCommand(put(share, {})));
    },

    get,

    async listDay(day, cursor) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'by-day',
          KeyConditionExpression: '#day = :day',
          ExpressionAttributeNames: { '#day': 'day' },
          ExpressionAttributeValues: toItem({ ':day': day }),
          ScanIndexForward: false,
          Limit: PAGE,
          ...(cursor !== undefined && { ExclusiveStartKey: toItem(readCursor(cursor)) }),
        }),
      );
      const next = LastEvaluatedKey && Buffer.from(JSON.stringify(fromItem(Cursor, LastEvaluatedKey)));
      return {
        shares: Items.map((item) => fromItem(Share, item)),
        ...(next && { cursor: next.toString('base64url') }),
      };
    },

    links: {
      async put(link) {
        const item = toItem({ ...link, id: `f_${link.id}`, ttl: ttlOf(link.expiresAt) });
        await client.send(new PutItemCommand({ TableName: table, Item: item }));
      },
      async get(id) {
        const item = await find(`f_${id}`);
        return item && fromItem(Link, item);
      },
    },
  };
}

function readCursor(cursor: string): v.InferOutput<typeof Cursor> {
  return v.parse(Cursor, JSON.parse(Buffer.from(cursor, 'base64url').toString()));
}

function ttlOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000) + KEEP_S;
}
