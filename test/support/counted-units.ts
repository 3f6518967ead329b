import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const WRITES = ['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand'];
const READS = ['GetItemCommand', 'QueryCommand', 'BatchGetItemCommand'];

type Answer = { ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[] };

/** Counts what a client's calls are charged, as DynamoDB says it; a write that its condition refused is charged too. */
export function countUnits(client: DynamoDBClient) {
  const used = { writes: 0, reads: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const name = String(context.commandName);
      const kind = WRITES.includes(name) ? 'writes' : READS.includes(name) ? 'reads' : undefined;
      if (kind === undefined) return next(args);
      const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' as const };
      try {
        const answer = await next({ ...args, input });
        const { ConsumedCapacity } = answer.output as Answer;
        const all = [ConsumedCapacity].flat().map((one) => one?.CapacityUnits ?? 0);
        // reads are counted as requests: a page is held to three
        used[kind] += kind === 'reads' ? 1 : all.reduce((sum, units) => sum + units, 0);
        return answer;
      } catch (error) {
        used[kind] += 1;
        throw error;
      }
    },
    { step: 'initialize', name: 'countUnits' },
  );
  return {
    /** What was used since the last time. */
    take() {
      const taken = { ...used };
      used.writes = 0;
      used.reads = 0;
      return taken;
    },
  };
}
