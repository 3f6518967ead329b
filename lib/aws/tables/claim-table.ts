import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Claims } from '../../events/event.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Longer than the function that holds a claim may run. */
const CLAIM_MS = 60_000;
/** DingTalk's last repeats come within minutes, its failed list within days. */
const KEEP_S = 14 * 24 * 3600;

const Stored = v.object({ status: v.picklist(['in-flight', 'done']), of: v.optional(v.string()) });

/** Claims on pieces of work, keyed by `id`: in flight until the claim runs out, then anybody's again; or done. */
export function createClaimTable(client: DynamoDBClient, table: string, now: () => number): Claims {
  const ttl = () => Math.floor(now() / 1000) + KEEP_S;

  async function stored(id: string) {
    const read = new GetItemCommand({ TableName: table, Key: toItem({ id }), ConsistentRead: true });
    const { Item } = await client.send(read);
    return Item && fromItem(Stored, Item);
  }

  return {
    async claim(id) {
      const claimed = await client
        .send(
          new UpdateItemCommand({
            TableName: table,
            Key: toItem({ id }),
            UpdateExpression: 'SET #status = :inFlight, claimedUntil = :until, #ttl = :ttl',
            ConditionExpression: 'attribute_not_exists(id) OR (#status = :inFlight AND claimedUntil < :now)',
            ExpressionAttributeNames: { '#status': 'status', '#ttl': 'ttl' },
            ExpressionAttributeValues: toItem({
              ':inFlight': 'in-flight',
              ':until': now() + CLAIM_MS,
              ':now': now(),
              ':ttl': ttl(),
            }),
          }),
        )
        .then(() => true, refusedMeans(false));
      if (claimed) return 'claimed';
      return (await stored(id))?.status === 'done' ? 'done' : 'busy';
    },

    async alias(id, of) {
      const put = new UpdateItemCommand({
        TableName: table,
        Key: toItem({ id }),
        UpdateExpression: 'SET #status = :done, #of = :of, #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(id)',
        ExpressionAttributeNames: { '#status': 'status', '#of': 'of', '#ttl': 'ttl' },
        ExpressionAttributeValues: toItem({ ':done': 'done', ':of': of, ':ttl': ttl() }),
      });
      if (await client.send(put).then(() => true, refusedMeans(false))) return 'free';
      const taken = await stored(id);
      // Another's alias is another piece of work that looks alike; both are to be done.
      if (taken?.of !== undefined) return 'free';
      return taken?.status === 'done' ? 'done' : 'busy';
    },

    async release(id) {
      const put = new UpdateItemCommand({
        TableName: table,
        Key: toItem({ id }),
        UpdateExpression: 'SET claimedUntil = :past',
        ConditionExpression: '#status = :inFlight',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: toItem({ ':inFlight': 'in-flight', ':past': 0 }),
      });
      await client.send(put).catch(refusedMeans(undefined));
    },

    async finish(id) {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: toItem({ id }),
          UpdateExpression: 'SET #status = :done, #ttl = :ttl REMOVE claimedUntil',
          ExpressionAttributeNames: { '#status': 'status', '#ttl': 'ttl' },
          ExpressionAttributeValues: toItem({ ':done': 'done', ':ttl': ttl() }),
        }),
      );
    },
  };
}
