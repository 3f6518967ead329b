import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { createJsonCall } from '../lib/aws/json-call.ts';
import { createOutboxQueue } from '../lib/aws/queues/outbox-queue.ts';
import { createMessageTable } from '../lib/aws/tables/message-table.ts';
import { Message, type OutboxItem } from '../lib/messages/message.ts';
import { startEventSources } from '../local/triggers/event-source.ts';
import { triggersOf } from '../local/triggers/triggers.ts';
import { type Bed, startWorld, type World } from './bed.ts';
import { startFunction } from './process.ts';
import { median, quantile, type Row, row } from './row.ts';

const BACKLOG = 10_000;
const WORKERS = 3;
/** Two full minutes of a robot after the one that it begins with. */
const WATCHED_MS = 3 * 64_500;
const BESIDE = 15;
const LIMIT = 20;
const MINUTE_MS = 60_000;

const Calls = v.array(v.object({ at: v.string(), code: v.string() }));

/** A robot with a backlog that it cannot work off: how much of its allowance it uses, and how long others wait beside it. */
export async function run({ functions }: Bed): Promise<Row[]> {
  const world = await startWorld();
  const tools = toolsOf(world);
  const workers = Array.from({ length: WORKERS }, () =>
    startFunction(functions.get('deliver-message')?.file ?? '', world.environment),
  );
  await Promise.all(workers.map(({ loaded }) => loaded));
  const sources = startEventSources({
    sqs: tools.sqs,
    region: world.region,
    triggers: triggersOf(world.template, world.urls.aws).filter(
      ({ functionName }) => functionName === 'deliver-message',
    ),
    invoke: async (_, event) => {
      const worker = await free(workers);
      try {
        return (await worker.call(event)).answer;
      } finally {
        workers.push(worker);
      }
    },
    onProblem: (_, error) => console.error(error),
  });
  try {
    const alone: number[] = [];
    for (let n = 0; n < BESIDE; n += 1) alone.push(await tools.delayOf(`alone${n}`));
    await tools.enqueue(BACKLOG, 'ops');
    const started = Date.now();
    const beside: number[] = [];
    for (let n = 0; n < BESIDE; n += 1) beside.push(await tools.delayOf(`beside${n}`));
    await sleep(Math.max(0, WATCHED_MS - (Date.now() - started)));
    const calls = await tools.calls('/robot/send');
    const times = calls.map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
    const refused = calls.filter(({ code }) => code !== 'ok').length;
    const about = (name: string, unit: string) => ({ bench: 'limits', name: `limits: ${name}`, unit });
    return [
      row({ ...about('allowance used at saturation', '%'), goal: '≥ 90, 97' }, [used(times) * 100]),
      row({ ...about('most calls in any minute', 'calls'), goal: '≤ 20' }, [worst(times)]),
      row({ ...about('calls that were refused for speed', 'calls'), goal: '0' }, [refused]),
      row(
        { ...about(`others' delay beside ${BACKLOG} waiting`, 'ms'), floor: median(alone), goal: '≤ 2000, 500' },
        beside,
      ),
      row({ ...about(`others' longest delay beside ${BACKLOG} waiting`, 'ms'), floor: quantile(alone, 1) }, [
        quantile(beside, 1),
      ]),
    ];
  } finally {
    await sources.stop();
    await Promise.all(workers.map((worker) => worker.stop()));
    tools.destroy();
    await world.close();
  }
}

async function free<T>(workers: T[]): Promise<T> {
  for (;;) {
    const worker = workers.pop();
    if (worker) return worker;
    await sleep(5);
  }
}

/** From the first call to the last that began a minute's worth: what was sent of what could have been. */
function used(times: number[]): number {
  const last = times.length - (times.length % LIMIT) - LIMIT;
  const [from = 0, to = 0] = [times[0], times[last]];
  return last / ((to - from) / MINUTE_MS) / LIMIT;
}

function worst(times: number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE_MS).length));
}

function toolsOf({ urls, region, environment }: World) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region, credentials });
  const sqs = new SQSClient({ endpoint: urls.aws, region, credentials });
  const messages = createMessageTable(dynamodb, environment.MESSAGES_TABLE ?? '');
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
  const url = environment.OUTBOX_QUEUE_URL ?? '';
  const outbox = createOutboxQueue(createJsonCall({ url, service: 'sqs', region, timeoutMs: 5_000, attempts: 3 }), url);
  const calls = async (path: string) =>
    v.parse(Calls, await (await fetch(`${urls.simulator}/_sim/calls?path=${path}`)).json());

  async function accept(id: string, to: string): Promise<OutboxItem> {
    const message = v.parse(Message, {
      id,
      caller: 'bench',
      requestHash: '',
      createdAt: new Date().toISOString(),
      delivery: 'at-least-once',
      content: { kind: 'text', text: id },
      deliveries: { [to]: { status: 'queued', attempts: [], done: 0, receipts: [], crashes: 0 } },
    });
    await messages.create(message);
    return { messageId: id, destination: to };
  }

  return {
    sqs,
    calls,
    async enqueue(count: number, to: string) {
      for (let from = 0; from < count; from += 10) {
        await outbox.put(await Promise.all(Array.from({ length: 10 }, (_, index) => accept(`m_${from + index}`, to))));
      }
    },
    /** From being accepted until it is sent. */
    async delayOf(id: string): Promise<number> {
      const started = performance.now();
      await outbox.put([await accept(id, 'project')]);
      while ((await messages.get(id))?.deliveries.project?.status !== 'sent') await sleep(10);
      return performance.now() - started;
    },
    destroy() {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}
