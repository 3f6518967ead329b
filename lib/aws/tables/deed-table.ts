import { DEEDS, type DeedPace, REFUSALS_TOLD } from '../../base/people/deed-pace.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { createLimitTable } from './limit-table.ts';

/** When each person did something to tasks: a sliding log each, in the table of tasks. */
export function createDeedTable(client: Dynamodb, table: string, now: () => number, random: () => number): DeedPace {
  const limits = createLimitTable(client, table, now, random);
  return {
    take: (userId) => limits.take([{ target: `deeds#${userId}`, pace: DEEDS }]),
    async mayTell(userId) {
      return (await limits.take([{ target: `deeds-refused#${userId}`, pace: REFUSALS_TOLD }])).granted;
    },
  };
}
