import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const WRITES = ['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand', 'BatchWriteItemCommand'];
const READS = ['GetItemCommand', 'QueryCommand', 'BatchGetItemCommand'];

/** Counts the write units that a client's calls are charged, as DynamoDB says it, and how often it read. */
export function countUnits(client: DynamoDBClient) {
  let used = { writes: 0, reads: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const name = String(context.commandName);
      if (READS.includes(name)) used.reads += 1;
      if (!WRITES.includes(name)) return next(args);
      const asked = { ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' as const } };
      // a write that its condition refused is charged too
      const answer = await next(asked).catch((error: unknown) => {
        used.writes += 1;
        throw error;
      });
      used.writes += unitsOf(answer.output);
      return answer;
    },
    { step: 'initialize', name: 'countUnits' },
  );
  return {
    /** What was used since the last time. */
    take() {
      const taken = used;
      used = { writes: 0, reads: 0 };
      return taken;
    },
  };
}

function unitsOf(output: object): number {
  const used = 'ConsumedCapacity' in output ? [output.ConsumedCapacity].flat() : [{}];
  return used.reduce((sum: number, one) => sum + Number(Object(one).CapacityUnits), 0);
}
