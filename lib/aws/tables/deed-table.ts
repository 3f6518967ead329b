import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../../base/errors.ts';
import { DEEDS, type DeedPace, REFUSALS_TOLD } from '../../tasks/deed-pace.ts';
import { createLimitTable } from './limit-table.ts';

const MOMENT_MS = 1_000;

/** When each person did something to tasks: a sliding log each, in the table of tasks. */
export function createDeedTable(client: DynamoDBClient, table: string, now: () => number): DeedPace {
  const limits = createLimitTable(client, table, now);
  /** So many deeds of one person at once that they stand in one another's way are too many. */
  const inAMoment = (error: unknown) => {
    if (!(error instanceof ServiceError) || error.code !== 'slots_contended') throw error;
    return { granted: false as const, retryAt: now() + MOMENT_MS };
  };
  return {
    take: (userId) => limits.take([{ target: `deeds#${userId}`, pace: DEEDS }]).catch(inAMoment),
    async mayTell(userId) {
      return (await limits.take([{ target: `deeds-refused#${userId}`, pace: REFUSALS_TOLD }])).granted;
    },
  };
}
