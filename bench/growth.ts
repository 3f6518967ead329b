import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createMessageTable } from '../lib/aws/tables/message-table.ts';
import type { Bed } from './bed.ts';
import { type CountedWorld, startCountedWorld } from './counted-world.ts';
import { httpEvent, sqsEvent } from './events.ts';
import { median, type Row, row } from './row.ts';
import { sentMessage } from './stored.ts';

const STORED = [100, 1_000, 10_000];
const N = 20;
const AT_ONCE = 20;

/** The same message with few and with many others kept: what it asks of DynamoDB, and the processor's time. */
export async function run(bed: Bed): Promise<Row[]> {
  const found: { stored: number; units: number; requests: number; cpuMs: number[] }[] = [];
  const world = await startCountedWorld(bed);
  try {
    await messages(world, 5);
    let stored = 0;
    for (const size of STORED) {
      await fill(world, stored, size);
      stored = size;
      await world.used();
      const cpuMs = await messages(world, N);
      const { readUnits, writeUnits, dynamodbRequests } = await world.used();
      found.push({ stored: size, units: (readUnits + writeUnits) / N, requests: dynamodbRequests / N, cpuMs });
    }
  } finally {
    await world.close();
  }
  const [first] = found;
  return found.flatMap(({ stored, units, requests, cpuMs }) => {
    const line = (what: string, unit: string, values: number[], least: number) =>
      row(
        {
          bench: 'growth',
          name: `${what} of a message with ${stored} stored`,
          unit,
          floor: least,
          ratio: median(values) / least,
          goal: '≤ 1.1 ×, 1.0',
        },
        values,
      );
    return [
      line('DynamoDB units', 'units', [units], first?.units ?? units),
      line('DynamoDB requests', 'calls', [requests], first?.requests ?? requests),
      line('processor', 'ms', cpuMs, median(first?.cpuMs ?? cpuMs)),
    ];
  });
}

/** Accepts and delivers so many, one at a time; the processor's time of each. */
async function messages(world: CountedWorld, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const before = world.cpuMs();
    await world.invoke('send-message', httpEvent('POST /messages', { to: 'project', text: `line ${n}` }));
    await world.invoke('deliver-message', sqsEvent(world.take('outbox.fifo', 1)));
    times.push(world.cpuMs() - before);
  }
  return times;
}

async function fill({ urls, region, environment }: CountedWorld, from: number, to: number): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: urls.dynamodb, region, credentials });
  const table = createMessageTable(client, environment.MESSAGES_TABLE ?? '');
  const one = (n: number) => table.create(sentMessage(Date.now() - n * 1_000, `stored${n}`));
  for (let n = from; n < to; n += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, to - n) }, (_, index) => one(n + index)));
  }
  client.destroy();
}
