import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

type TokenRecord = {
  token?: { sealed: string; expiresAt: number };
  leaseEndsAt?: number;
  pauseEndsAt?: number;
};
type LeaseClaim = { owner: string; over: number; endsAt: number; seen: string | undefined; pauseOver?: number };

/** Keeps one access token an item, `id` its key, sealed by its user; times in epoch ms. */
export function createTokenTable(client: DynamoDBClient, tableName: string) {
  const itemOf = (key: string) => ({ TableName: tableName, Key: { id: { S: key } } });

  return {
    async read(key: string): Promise<TokenRecord> {
      const { Item = {} } = await client.send(new GetItemCommand({ ...itemOf(key), ConsistentRead: true }));
      const sealed = Item.sealed?.S;
      const expiresAt = ms(Item.expiresAt?.N);
      const leaseEndsAt = ms(Item.leaseEndsAt?.N);
      const pauseEndsAt = ms(Item.pauseEndsAt?.N);
      return {
        ...(sealed !== undefined && expiresAt !== undefined && { token: { sealed, expiresAt } }),
        ...(leaseEndsAt !== undefined && { leaseEndsAt }),
        ...(pauseEndsAt !== undefined && { pauseEndsAt }),
      };
    },

    claim(key: string, { owner, over, endsAt, seen, pauseOver }: LeaseClaim): Promise<boolean> {
      const leaseIsFree = '(attribute_not_exists(leaseOwner) OR leaseEndsAt < :over)';
      const leaseIsMine = 'leaseOwner = :owner'; // the SDK repeated a claim whose answer was lost
      const tokenIsTheOneSeen = seen === undefined ? 'attribute_not_exists(sealed)' : 'sealed = :seen';
      const pauseIsOver = '(attribute_not_exists(pauseEndsAt) OR pauseEndsAt <= :pauseOver)';
      return applied(client, {
        ...itemOf(key),
        UpdateExpression: 'SET leaseOwner = :owner, leaseEndsAt = :endsAt',
        ConditionExpression: [
          `(${leaseIsFree} OR ${leaseIsMine})`,
          tokenIsTheOneSeen,
          ...(pauseOver === undefined ? [] : [pauseIsOver]),
        ].join(' AND '),
        ExpressionAttributeValues: {
          ':owner': { S: owner },
          ':over': { N: String(over) },
          ':endsAt': { N: String(endsAt) },
          ...(seen !== undefined && { ':seen': { S: seen } }),
          ...(pauseOver !== undefined && { ':pauseOver': { N: String(pauseOver) } }),
        },
      });
    },

    put(
      key: string,
      owner: string,
      { sealed, expiresAt }: { sealed: string; expiresAt: number },
      pauseEndsAt: number,
    ): Promise<boolean> {
      const leaseIsMine = 'leaseOwner = :owner';
      const alreadyPut = 'sealed = :sealed'; // the SDK repeated a put whose answer was lost
      return applied(client, {
        ...itemOf(key),
        UpdateExpression:
          'SET sealed = :sealed, expiresAt = :expiresAt, pauseEndsAt = :pauseEndsAt REMOVE leaseOwner, leaseEndsAt',
        ConditionExpression: `${leaseIsMine} OR ${alreadyPut}`,
        ExpressionAttributeValues: {
          ':owner': { S: owner },
          ':sealed': { S: sealed },
          ':expiresAt': { N: String(expiresAt) },
          ':pauseEndsAt': { N: String(pauseEndsAt) },
        },
      });
    },

    async release(key: string, owner: string, pauseEndsAt?: number): Promise<void> {
      const leaseIsMine = 'leaseOwner = :owner';
      await applied(client, {
        ...itemOf(key),
        UpdateExpression:
          pauseEndsAt === undefined
            ? 'REMOVE leaseOwner, leaseEndsAt'
            : 'SET pauseEndsAt = :pauseEndsAt REMOVE leaseOwner, leaseEndsAt',
        ConditionExpression: leaseIsMine,
        ExpressionAttributeValues: {
          ':owner': { S: owner },
          ...(pauseEndsAt !== undefined && { ':pauseEndsAt': { N: String(pauseEndsAt) } }),
        },
      });
    },
  };
}

/** Whether the update's condition held. */
async function applied(client: DynamoDBClient, update: UpdateItemCommandInput): Promise<boolean> {
  try {
    await client.send(new UpdateItemCommand(update));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function ms(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
