import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { Share, type ShareStore } from '../../files/share/share.ts';
import { cursorOf, startKeyOf } from './cursor.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** A claim that is not renewed lapses: its worker died. Ended by the time the queue brings the record back. */
const CLAIM_MS = 8_500;
const KEEP_S = 90 * 24 * 3600;
const PAGE = 50;

const Cursor = v.object({ id: v.string(), day: v.string(), createdAt: v.string() });

/** Shares, keyed by `id`; `by-day` lists those of one UTC day, newest first. */
export function createShareTable(client: DynamoDBClient, table: string, now: () => number): ShareStore {
  const item = (share: Share, more: Record<string, unknown> = {}) => ({
    TableName: table,
    Item: toItem({ ...share, day: share.createdAt.slice(0, 10), ttl: ttlOf(share.createdAt), ...more }),
  });
  const mine = (owner: string) => ({
    ConditionExpression: 'claimedBy = :me',
    ExpressionAttributeValues: toItem({ ':me': owner }),
  });
  const putNew = (share: Share, more?: Record<string, unknown>) =>
    client
      .send(new PutItemCommand({ ...item(share, more), ConditionExpression: 'attribute_not_exists(id)' }))
      .then(() => true, refusedMeans(false));
  const get = async (id: string) => {
    const read = new GetItemCommand({ TableName: table, Key: toItem({ id }), ConsistentRead: true });
    const { Item } = await client.send(read);
    return Item && fromItem(Share, Item);
  };

  return {
    create: (share) => putNew(share),

    async claim(share, owner) {
      const attempt = { at: new Date(now()).toISOString() };
      const first = { ...share, attempts: [attempt] };
      if (await putNew(first, { claimedBy: owner, claimedUntil: now() + CLAIM_MS })) return first;
      const taken = await client
        .send(
          new UpdateItemCommand({
            TableName: table,
            Key: toItem({ id: share.id }),
            UpdateExpression:
              'SET claimedBy = :me, claimedUntil = :until, #status = :received, attempts = list_append(attempts, :attempt)',
            ConditionExpression:
              '#status IN (:received, :awaiting) AND (attribute_not_exists(claimedUntil) OR claimedUntil < :now)',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: toItem({
              ':me': owner,
              ':until': now() + CLAIM_MS,
              ':now': now(),
              ':received': 'received',
              ':awaiting': 'awaiting',
              ':attempt': [attempt],
            }),
            ReturnValues: 'ALL_NEW',
          }),
        )
        .catch(refusedMeans(undefined));
      if (taken?.Attributes) return fromItem(Share, taken.Attributes);
      return (await get(share.id))?.status === 'received' ? 'busy' : 'done';
    },

    async renew(id, owner) {
      const { ConditionExpression } = mine(owner);
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: toItem({ id }),
          UpdateExpression: 'SET claimedUntil = :until',
          ConditionExpression,
          ExpressionAttributeValues: toItem({ ':me': owner, ':until': now() + CLAIM_MS }),
        }),
      );
    },

    async save(share, owner) {
      const claim = { claimedBy: owner, claimedUntil: now() + CLAIM_MS };
      await client.send(new PutItemCommand({ ...item(share, claim), ...mine(owner) }));
    },

    async finish(share, owner) {
      await client.send(new PutItemCommand({ ...item(share), ...mine(owner) }));
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
          ...(cursor !== undefined && { ExclusiveStartKey: startKeyOf(Cursor, cursor) }),
        }),
      );
      return { shares: Items.map((found) => fromItem(Share, found)), ...cursorOf(LastEvaluatedKey) };
    },
  };
}

function ttlOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000) + KEEP_S;
}
