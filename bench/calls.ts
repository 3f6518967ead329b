import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Bed } from './bed.ts';
import { costPerMillion, pricesOf, total } from './cost.ts';
import { type Counted, type CountedWorld, startCountedWorld } from './counted-world.ts';
import { httpEvent, sqsEvent, uploadBody } from './events.ts';
import { type Row, round, row } from './row.ts';

/** A minute of a robot. Lambda's own lines of a run are not logged (provider.logs.lambda), so that they are in no figure. */
const N = 20;
const WARM_UP = 100;
const QUICK_WARM_UP = 20;
const MS_BETWEEN = 100;

/** What one piece of work asks of DingTalk and of AWS, counted at their doors, and what a million of it costs. */
export async function run(bed: Bed, isQuick = false): Promise<Row[]> {
  const world = await startCountedWorld(bed);
  const s3 = new S3Client({
    endpoint: world.urls.aws,
    region: world.region,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    forcePathStyle: true,
  });
  try {
    const message = (n: number) => post(world, SEND, { to: 'project', text: `line ${n}` });
    const waited = async (n: number) => {
      const body = { to: 'project', text: `line ${n}` };
      const answered = post(world, SEND, body, { prefer: 'wait=20' });
      const entries = await until(() => world.take('outbox.fifo', 1), answered);
      if (entries.length > 0) await world.invoke('deliver-message', sqsEvent(entries));
      await answered;
    };
    const task = async (n: number) => {
      await post(world, DISPATCH, {
        title: `task ${n}`,
        assignees: ['zhangsan', 'lisi', 'wangwu'],
        notify: 'project',
      });
      const entries = world.take('tasks.fifo', 10);
      if (entries.length > 0) await world.invoke('follow-task', sqsEvent(entries));
    };
    const file = async (n: number) => {
      const Body = randomBytes(20_000);
      const Key = `share/project/${n}-${Date.now()}.pdf`;
      await s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body }));
      await world.invoke('share-file', sqsEvent([{ MessageBody: uploadBody(Key, Body) }]));
      world.take('uploads', 1);
    };
    const works: [string, (n: number) => Promise<void>, number, Record<string, string>][] = [
      ['message, one at a time', message, 1, { DingTalk: '1.00' }],
      ['message, in batches of ten', message, 10, { DingTalk: '1.00', writes: '≤ 5.5', dollars: '≤ 5.50' }],
      ['message, waited for', waited, 1, { DingTalk: '1.00' }],
      ['task for three', task, 1, { DingTalk: '2', writes: '≤ 16' }],
      ['file of 20 kB', file, 1, { DingTalk: '2' }],
    ];
    // tokens, connections, what is remembered, and code that runs often enough to be compiled
    for (const [, work, batch] of works) await deliver(world, work, isQuick ? QUICK_WARM_UP : WARM_UP, batch);
    const rows: Row[] = [];
    for (const [name, work, batch, goals] of works) {
      await world.used();
      await deliver(world, work, N, batch);
      rows.push(...rowsOf(name, await world.used(), goals));
    }
    return rows;
  } finally {
    await world.close();
    s3.destroy();
  }
}

type Door = readonly [name: string, route: string];
const SEND: Door = ['send-message', 'POST /messages'];
const DISPATCH: Door = ['dispatch-task', 'POST /tasks'];

async function post(world: CountedWorld, [name, route]: Door, body: object, headers = {}): Promise<void> {
  const event = httpEvent(route, body);
  const answer = await world.invoke(name, { ...event, headers: { ...event.headers, ...headers } });
  world.httpRequest(route, answer);
}

/** What is taken once there is something; nothing when it is `over` without. */
async function until<T>(take: () => T[], over: Promise<unknown>): Promise<T[]> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  over.then(end, end);
  for (;;) {
    const taken = take();
    if (taken.length > 0 || isOver) return taken;
    await sleep(1);
  }
}

/**
 * Does it so many times; what went into the outbox is delivered in batches of that size. Slower than an app may call: what
 * it takes to wait for a slot is no part of these figures.
 */
async function deliver(world: CountedWorld, work: (n: number) => Promise<void>, times: number, batch: number) {
  for (let n = 0; n < times; n += 1) {
    await work(n);
    if ((n + 1) % batch !== 0) continue;
    await sleep(batch * MS_BETWEEN);
    const entries = world.take('outbox.fifo', batch);
    if (entries.length > 0) await world.invoke('deliver-message', sqsEvent(entries));
  }
}

function rowsOf(name: string, counted: Counted, goals: Record<string, string>): Row[] {
  const line = (what: string, unit: string, value: number, goal?: string) =>
    row({ bench: 'calls', name: `${name}: ${what}`, unit, ...(goal && { goal }) }, Array(N).fill(value / N));
  const parts = costPerMillion(counted, pricesOf());
  const each = Object.entries(parts).map(([part, dollars]) => `${part} ${round(dollars / N)}`);
  console.log(`${name}: $ a million: ${each.join(', ')}`);
  return [
    line('DingTalk calls', 'calls', counted.dingtalkCalls, goals.DingTalk),
    line('DynamoDB writes', 'units', counted.writeUnits, goals.writes),
    line('DynamoDB reads', 'units', counted.readUnits),
    line('DynamoDB requests', 'calls', counted.dynamodbRequests),
    line('SQS requests', 'calls', counted.sqsRequests),
    line('invocations', 'calls', counted.invocations),
    line('log', 'bytes', counted.logBytes),
    line('out of AWS', 'bytes', counted.egressBytes),
    line('processor', 'ms', counted.cpuMs),
    line('a million', '$', total(parts), goals.dollars),
  ];
}
