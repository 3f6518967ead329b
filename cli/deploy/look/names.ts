import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand } from '@aws-sdk/client-eventbridge';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { Named } from '../../../deploy/named.ts';
import { orAbsent, type StageAws } from '../aws.ts';

/** Something with a name that the deployment needs, of no stack of the stage; `unfit`: why it cannot be taken over. */
export type LeftOver = { type: Named['type'] | 'bucket'; name: string; unfit?: string };

/** Those of the names that are there. */
export async function lookForNames(aws: StageAws, wanted: readonly Named[]): Promise<LeftOver[]> {
  const of = (type: Named['type']) => wanted.filter((each) => each.type === type);
  const found = await Promise.all([
    ...of('table').map((each) => table(aws, each)),
    ...of('queue').map((each) => queue(aws, each)),
    ...of('bus').map((each) => bus(aws, each)),
    logGroups(aws, of('log group')),
  ]);
  return found.flat();
}

async function table({ dynamodb }: StageAws, named: Named): Promise<LeftOver[]> {
  const asked = dynamodb.send(new DescribeTableCommand({ TableName: named.name }));
  const { Table } = await orAbsent(asked, { Table: undefined }, 'ResourceNotFoundException');
  if (Table === undefined) return [];
  const unfit = unfitness(Table, named);
  return [{ type: 'table', name: named.name, ...(unfit !== undefined && { unfit }) }];
}

/** Why a table cannot stand for one of the template: nothing that is taken over is changed by that. */
function unfitness(
  { KeySchema = [], GlobalSecondaryIndexes = [] }: TableDescription,
  { keys = [], indexes = [] }: Named,
) {
  const has = KeySchema.map(({ AttributeName = '' }) => AttributeName).join(', ');
  if (has !== keys.join(', ')) return `its key is ${has}, not ${keys.join(', ')}`;
  const missing = indexes.filter((index) => !GlobalSecondaryIndexes.some(({ IndexName }) => IndexName === index));
  return missing.length === 0 ? undefined : `it has no index ${missing.join(', ')}`;
}

async function queue({ sqs }: StageAws, { name }: Named): Promise<LeftOver[]> {
  const asked = sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  const gone = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];
  return (await orAbsent(asked, undefined, ...gone)) === undefined ? [] : [{ type: 'queue', name }];
}

async function bus({ events }: StageAws, { name }: Named): Promise<LeftOver[]> {
  const asked = events.send(new DescribeEventBusCommand({ Name: name }));
  return (await orAbsent(asked, undefined, 'ResourceNotFoundException')) === undefined ? [] : [{ type: 'bus', name }];
}

async function logGroups({ logs }: StageAws, wanted: readonly Named[]): Promise<LeftOver[]> {
  const there = new Set<string>();
  // a call for each name would meet CloudWatch's limit of ten a second
  const prefixes = new Set(wanted.map(({ name }) => /^.*\/dingdock-/.exec(name)?.[0] ?? name));
  for (const logGroupNamePrefix of prefixes) {
    let nextToken: string | undefined;
    do {
      const asked = new DescribeLogGroupsCommand({ logGroupNamePrefix, ...(nextToken && { nextToken }) });
      const page = await logs.send(asked);
      for (const { logGroupName = '' } of page.logGroups ?? []) there.add(logGroupName);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
  return wanted.filter(({ name }) => there.has(name)).map(({ name }) => ({ type: 'log group', name }));
}

/** `ours`: in this account and region; else by whom the name is taken. */
export type BucketState = 'free' | 'ours' | { takenBy: string };

const TAKEN: Record<number, BucketState> = {
  404: 'free',
  301: { takenBy: 'by a bucket of another region' },
  403: { takenBy: 'by another account (or these credentials may not look at it)' },
};

export async function lookAtBucket({ s3, region }: StageAws, Bucket: string, account: string): Promise<BucketState> {
  try {
    const asked = new HeadBucketCommand({ Bucket, ExpectedBucketOwner: account });
    const { BucketRegion = region } = await s3.send(asked);
    return BucketRegion === region ? 'ours' : { takenBy: `by this account in ${BucketRegion}` };
  } catch (error) {
    const status = error instanceof Error && '$metadata' in error ? Object(error.$metadata).httpStatusCode : undefined;
    const state = TAKEN[Number(status)];
    if (state === undefined) throw error;
    return state;
  }
}
