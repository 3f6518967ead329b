import {
  type AttributeValue,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ListBackupsCommand,
  PutItemCommand,
  paginateScan,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
} from '@aws-sdk/client-dynamodb';
import { namedResources } from '../../deploy/named.ts';
import { CliError, EXIT } from '../exit.ts';

/** A table, its keys, and the name under which its earlier state is brought back beside it. */
export type Restored = { part: string; table: string; beside: string; keys: string[] };

/** Tokens and limits are of the moment: what they were an hour ago is wrong now. */
const OF_THE_MOMENT = ['tokens', 'limits'];

/** The tables whose earlier state is worth something, or those that are asked for. */
export function tablesOf(stage: string, only: readonly string[] | undefined): Restored[] {
  const all = namedResources(stage).flatMap(({ type, name, keys = [] }) => {
    const part = name.slice(`dingdock-${stage}-`.length);
    return type === 'table' ? [{ part, table: name, beside: `${name}-restored`, keys }] : [];
  });
  const unknown = (only ?? []).filter((part) => !all.some((each) => each.part === part));
  if (unknown.length > 0) {
    const names = all.map(({ part }) => part).join(', ');
    throw new CliError(
      EXIT.refused,
      'unknown_table',
      `no table is called ${unknown.join(', ')}`,
      `There are ${names}.`,
    );
  }
  return all.filter(({ part }) => (only === undefined ? !OF_THE_MOMENT.includes(part) : only.includes(part)));
}

/**
 * Asks for the state that a table had, under another name: AWS restores into a new table only. A table that was deleted
 * comes from the backup that DynamoDB made of it then. One that is there already is left as it is, so that this can be
 * repeated.
 */
export async function makeBeside(
  client: DynamoDBClient,
  { table, beside }: Restored,
  at: Date | undefined,
): Promise<void> {
  if ((await statusOf(client, beside)) !== undefined) return;
  if ((await statusOf(client, table)) === undefined) {
    const asked = new ListBackupsCommand({ TableName: table, BackupType: 'SYSTEM' });
    const BackupArn = (await client.send(asked)).BackupSummaries?.at(-1)?.BackupArn;
    if (BackupArn === undefined) {
      const remedy = 'DynamoDB keeps what a deleted table held for 35 days, where point-in-time recovery was on.';
      throw new CliError(EXIT.failed, 'no_backup', `${table} is gone, and there is no backup of it`, remedy);
    }
    await client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: beside }));
    return;
  }
  const when = at === undefined ? { UseLatestRestorableTime: true } : { RestoreDateTime: at };
  const names = { SourceTableName: table, TargetTableName: beside };
  await client.send(new RestoreTableToPointInTimeCommand({ ...names, ...when }));
}

/** `ACTIVE`, `CREATING` and so on; undefined where there is no such table. */
export async function statusOf(client: DynamoDBClient, TableName: string): Promise<string | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/**
 * Puts the items of the earlier state into the table that is there. What the table still has stays as it is, unless
 * `replace` says that the earlier state is the right one.
 */
export async function copyBack(client: DynamoDBClient, { table, beside, keys }: Restored, replace: boolean) {
  let [put, kept] = [0, 0];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: beside }))
    for (const Item of Items) {
      if (await putBack(client, { table, key: keys[0] ?? 'id', Item, replace })) put += 1;
      else kept += 1;
    }
  return { put, kept };
}

type Put = { table: string; key: string; Item: Record<string, AttributeValue>; replace: boolean };

/** @returns false where the item is there already, and stays. */
export async function putBack(client: DynamoDBClient, { table, key, Item, replace }: Put): Promise<boolean> {
  const absent = { ConditionExpression: 'attribute_not_exists(#key)', ExpressionAttributeNames: { '#key': key } };
  try {
    await client.send(new PutItemCommand({ TableName: table, Item, ...(!replace && absent) }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

export async function dropBeside(client: DynamoDBClient, { beside }: Restored): Promise<void> {
  if ((await statusOf(client, beside)) === undefined) return;
  await client.send(new DeleteTableCommand({ TableName: beside }));
}
