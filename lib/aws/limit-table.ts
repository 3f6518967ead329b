import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { ServiceError } from '../errors.ts';
import {
  type Granted,
  type Limited,
  nextSlot,
  type Pace,
  punctualMsOf,
  type SlotLimiter,
  withLateCall,
} from '../messages/pace.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

const Stored = v.object({
  taken: v.optional(v.array(v.number()), []),
  blockedUntil: v.optional(v.number(), 0),
  /** Until then the next free slot is kept for a message with priority. */
  keptUntil: v.optional(v.number(), 0),
  version: v.optional(v.number(), 0),
});

/** How often a slot is fought for before the message goes back to the queue. */
const TRIES = 10;
const KEEP_S = 24 * 3600;
/** A slot is kept for a message with priority this long after it became free. */
const KEPT_MS = 2_000;

/** Slots of the sliding log, one item a target; every grant is a compare-and-swap on its version. */
export function createLimitTable(client: DynamoDBClient, table: string, now: () => number): SlotLimiter {
  const ttl = () => Math.floor(now() / 1000) + KEEP_S;
  const names = { '#ttl': 'ttl' };

  async function read(target: string) {
    const { Item = {} } = await client.send(
      new GetItemCommand({ TableName: table, Key: toItem({ id: target }), ConsistentRead: true }),
    );
    return fromItem(Stored, Item);
  }

  async function takeOne(target: string, pace: Pace, high: boolean): Promise<Granted> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const { taken, blockedUntil, keptUntil, version } = await read(target);
      if (blockedUntil > now()) return { granted: false, retryAt: blockedUntil };
      if (!high && keptUntil > now()) return { granted: false, retryAt: keptUntil };
      const slot = nextSlot(taken, pace, now());
      if (!slot.granted) {
        if (high) await keep(target, slot.retryAt + KEPT_MS);
        return slot;
      }
      if (await swap(target, slot.taken, version, high ? ' REMOVE keptUntil' : '')) {
        return { granted: true, slots: [{ target, at: slot.taken.at(-1) ?? now(), punctualMs: punctualMsOf(pace) }] };
      }
    }
    throw new ServiceError('limits.take', { code: 'slots_contended', retryable: true });
  }

  /** Writes a log, if it is still the one that was read. */
  async function swap(target: string, taken: number[], version: number, more = ''): Promise<boolean> {
    const update = new UpdateItemCommand({
      TableName: table,
      Key: toItem({ id: target }),
      UpdateExpression: `SET taken = :taken, version = :next, #ttl = :ttl${more}`,
      ConditionExpression: version > 0 ? 'version = :seen' : 'attribute_not_exists(version)',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: toItem({
        ':taken': taken,
        ':next': version + 1,
        ':ttl': ttl(),
        ':seen': version > 0 ? version : undefined,
      }),
    });
    return client.send(update).then(() => true, refusedMeans(false));
  }

  async function keep(target: string, until: number): Promise<void> {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: toItem({ id: target }),
        UpdateExpression: 'SET keptUntil = :until, #ttl = :ttl',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: toItem({ ':until': until, ':ttl': ttl() }),
      }),
    );
  }

  return {
    async take(limited: Limited[], priority) {
      // Blocks first: a slot that is taken for nothing is a slot less.
      const blocks = await Promise.all(limited.filter(({ pace }) => !pace).map(({ target }) => read(target)));
      const blockedUntil = Math.max(0, ...blocks.map((block) => block.blockedUntil));
      if (blockedUntil > now()) return { granted: false, retryAt: blockedUntil };
      const slots = [];
      for (const { target, pace } of limited) {
        if (!pace) continue;
        const granted = await takeOne(target, pace, priority === 'high');
        if (!granted.granted) return granted;
        slots.push(...granted.slots);
      }
      return { granted: true, slots };
    },

    async late({ target, at }, endedAt) {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const { taken, version } = await read(target);
        if (!taken.includes(at) || (await swap(target, withLateCall(taken, at, endedAt), version))) return;
      }
    },

    async block(target, until) {
      await client
        .send(
          new UpdateItemCommand({
            TableName: table,
            Key: toItem({ id: target }),
            UpdateExpression: 'SET blockedUntil = :until, #ttl = :ttl',
            ConditionExpression: 'attribute_not_exists(blockedUntil) OR blockedUntil < :until',
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: toItem({ ':until': until, ':ttl': ttl() }),
          }),
        )
        .catch(refusedMeans(undefined));
    },
  };
}
