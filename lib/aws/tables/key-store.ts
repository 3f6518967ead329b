import { randomBytes } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { refusedMeans, toItem } from './item.ts';
import { KEEPING, readable } from './keeping.ts';
import { ApiKey, hashOfKey } from './key-table.ts';

/** What only operators do with keys; the functions may find one by its hash and no more. */
export function keyStore(client: DynamoDBClient, table: string) {
  async function list(): Promise<ApiKey[]> {
    const found: ApiKey[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName: table }))
      found.push(...readable(ApiKey, Items, { table, keeping: KEEPING }));
    return found.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  return {
    list,
    async put(key: ApiKey): Promise<void> {
      await client.send(new PutItemCommand({ TableName: table, Item: toItem(key) }));
    },
    /** @returns the keys of that key id that worked until now; more than one does not happen, none may. */
    async revoke(keyId: string, at: string): Promise<ApiKey[]> {
      const held = (await list()).filter((key) => key.keyId === keyId && key.revokedAt === undefined);
      const revoked = await Promise.all(
        held.map(async (key) => {
          const update = new UpdateItemCommand({
            TableName: table,
            Key: toItem({ id: key.id }),
            UpdateExpression: 'SET revokedAt = :at',
            ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(revokedAt)',
            ExpressionAttributeValues: toItem({ ':at': at }),
          });
          return client.send(update).then(() => [key], refusedMeans([]));
        }),
      );
      return revoked.flat();
    },
  };
}

/** A new key: `dd_<what may be shown>_<192 random bits>`. It is told once, the table keeps its hash. */
export function newKey(): { key: string; keyId: string; id: string } {
  const keyId = randomBytes(4).toString('hex');
  const key = `dd_${keyId}_${randomBytes(24).toString('hex')}`;
  return { key, keyId, id: hashOfKey(key) };
}
