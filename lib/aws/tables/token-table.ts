import {
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromItem, refusedMeans, toItem } from './item.ts';

const Stored = v.object({
  sealed: v.optional(v.string()),
  expiresAt: v.optional(v.number()),
  leaseEndsAt: v.optional(v.number()),
  pauseEndsAt: v.optional(v.number()),
});

type TokenRecord = { token?: { sealed: string; expiresAt: number }; leaseEndsAt?: number; pauseEndsAt?: number };
type LeaseClaim = { owner: string; over: number; endsAt: number; seen: string | undefined; pauseOver?: number };

/** Keeps one access token an item, `id` its key, sealed by its user; times in epoch ms. */
export function createTokenTable(client: DynamoDBClient, tableName: string) {
  const itemOf = (id: string) => ({ TableName: tableName, Key: toItem({ id }) });

  /** Whether the update's condition held. */
  const update = (input: UpdateItemCommandInput): Promise<boolean> =>
    client.send(new UpdateItemCommand(input)).then(() => true, refusedMeans(false));

  return {
    async read(key: string): Promise<TokenRecord> {
      const { Item = {} } = await client.send(new GetItemCommand({ ...itemOf(key), ConsistentRead: true }));
      const { sealed, expiresAt, leaseEndsAt, pauseEndsAt } = fromItem(Stored, Item);
      return {
        ...(sealed !== undefined && expiresAt !== undefined && { token: { sealed, expiresAt } }),
        ...(leaseEndsAt !== undefined && { leaseEndsAt }),
        ...(pauseEndsAt !== undefined && { pauseEndsAt }),
      };
    },

    claim(key: string, { owner, over, endsAt, seen, pauseOver }: LeaseClaim): Promise<boolean> {
      const leaseIsFree = 'attribute_not_exists(leaseOwner) OR leaseEndsAt < :over';
      const leaseIsMine = 'leaseOwner = :owner'; // the SDK repeats a claim whose answer was lost
      const tokenIsTheOneSeen = seen === undefined ? 'attribute_not_exists(sealed)' : 'sealed = :seen';
      const pauseIsOver = 'attribute_not_exists(pauseEndsAt) OR pauseEndsAt <= :pauseOver';
      const asked = pauseOver === undefined ? '' : ` AND (${pauseIsOver})`;
      return update({
        ...itemOf(key),
        UpdateExpression: 'SET leaseOwner = :owner, leaseEndsAt = :endsAt',
        ConditionExpression: `(${leaseIsFree} OR ${leaseIsMine}) AND ${tokenIsTheOneSeen}${asked}`,
        ExpressionAttributeValues: toItem({
          ':owner': owner,
          ':over': over,
          ':endsAt': endsAt,
          ':seen': seen,
          ':pauseOver': pauseOver,
        }),
      });
    },

    put(
      key: string,
      owner: string,
      { sealed, expiresAt }: { sealed: string; expiresAt: number },
      pauseEndsAt: number,
    ): Promise<boolean> {
      const leaseIsMine = 'leaseOwner = :owner';
      const alreadyPut = 'sealed = :sealed'; // the SDK repeats a put whose answer was lost
      return update({
        ...itemOf(key),
        UpdateExpression:
          'SET sealed = :sealed, expiresAt = :expiresAt, pauseEndsAt = :pauseEndsAt REMOVE leaseOwner, leaseEndsAt',
        ConditionExpression: `${leaseIsMine} OR ${alreadyPut}`,
        ExpressionAttributeValues: toItem({
          ':owner': owner,
          ':sealed': sealed,
          ':expiresAt': expiresAt,
          ':pauseEndsAt': pauseEndsAt,
        }),
      });
    },

    async release(key: string, owner: string, pauseEndsAt?: number): Promise<void> {
      const leaseIsMine = 'leaseOwner = :owner';
      const pause = pauseEndsAt === undefined ? '' : 'SET pauseEndsAt = :pauseEndsAt ';
      await update({
        ...itemOf(key),
        UpdateExpression: `${pause}REMOVE leaseOwner, leaseEndsAt`,
        ConditionExpression: leaseIsMine,
        ExpressionAttributeValues: toItem({ ':owner': owner, ':pauseEndsAt': pauseEndsAt }),
      });
    },
  };
}
