import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DeedPace } from '../../tasks/deed-pace.ts';
import { toItem } from './item.ts';
import { countInMinute } from './minute-count.ts';

/** How often each person did something in a minute: one item a person, in the table of tasks. */
export function createDeedTable(client: DynamoDBClient, table: string, now: () => number): DeedPace {
  return {
    count: (userId) => countInMinute(client, { TableName: table, Key: toItem({ id: `deeds#${userId}` }) }, now()),
  };
}
