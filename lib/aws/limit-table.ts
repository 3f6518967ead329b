import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { ServiceError } from '../errors.ts';
import { nextSlot, type SlotLimiter } from '../messages/pace.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

const Stored = v.object({
  taken: v.optional(v.array(v.number()), []),
  blockedUntil: v.optional(v.number(), 0),
  version: v.optional(v.number(), 0),
});

/** How often a slot is fought for before the message goes back to the queue. */
const TRIES = 10;
const KEEP_S = 24 * 3600;

/** Slots of the sliding log, one item a target; every grant is a compare-and-swap on its version. */
export function createLimitTable(client: DynamoDBClient, table: string, now: () => number): SlotLimiter {
  const ttl = () => Math.floor(now() / 1000) + KEEP_S;

  return {
    async take(target, pace) {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: table, Key: toItem({ id: target }), ConsistentRead: true }),
        );
        const { taken, blockedUntil, version } = fromItem(Stored, Item ?? {});
        if (blockedUntil > now()) return { granted: false, retryAt: blockedUntil };
        if (!pace) return { granted: true };
        const slot = nextSlot(taken, pace, now());
        if (!slot.granted) return slot;
        const swapped = await client
          .send(
            new UpdateItemCommand({
              TableName: table,
              Key: toItem({ id: target }),
              UpdateExpression: 'SET taken = :taken, version = :next, #ttl = :ttl',
              ConditionExpression: Item?.version ? 'version = :seen' : 'attribute_not_exists(version)',
              ExpressionAttributeNames: { '#ttl': 'ttl' },
              ExpressionAttributeValues: toItem({
                ':taken': slot.taken,
                ':next': version + 1,
                ':ttl': ttl(),
                ':seen': Item?.version ? version : undefined,
              }),
            }),
          )
          .then(() => true, refusedMeans(false));
        if (swapped) return { granted: true };
      }
      throw new ServiceError('limits.take', { code: 'slots_contended', retryable: true });
    },

    async block(target, until) {
      await client
        .send(
          new UpdateItemCommand({
            TableName: table,
            Key: toItem({ id: target }),
            UpdateExpression: 'SET blockedUntil = :until, #ttl = :ttl',
            ConditionExpression: 'attribute_not_exists(blockedUntil) OR blockedUntil < :until',
            ExpressionAttributeNames: { '#ttl': 'ttl' },
            ExpressionAttributeValues: toItem({ ':until': until, ':ttl': ttl() }),
          }),
        )
        .catch(refusedMeans(undefined));
    },
  };
}
