import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { type Bed, startWorld } from './bed.ts';
import { bodyOf, close, listen } from './front.ts';
import { bundlePeer } from './packaged.ts';
import { startFunction } from './process.ts';
import { isSuccess, pushEvent } from './push.ts';
import { cpuQuota } from './quota.ts';
import { median, type Row, row } from './row.ts';

const RUNS = 21;
const QUICK_RUNS = 7;
const FAULT_RUNS = 10;
const SMALL_MB = 256;
const SMALL_RUNS = 7;
const WEATHERS = ['slow', 'dead', 'hanging', 'flaky'] as const;
type Weather = 'up' | (typeof WEATHERS)[number];
const SLOW_MS = 600;

/**
 * From the start of a fresh process to the encrypted success, with its secret read and the event kept on a queue over
 * loopback, beside a handler that does nothing; and how soon a running door answers when its queue is in trouble.
 */
export async function run({ dir, template, functions }: Bed, isQuick = false): Promise<Row[]> {
  const world = await startWorld();
  const network = await startNetwork(world.urls.aws);
  const environment = {
    ...world.environment,
    EVENTS_QUEUE_URL: (world.environment.EVENTS_QUEUE_URL ?? '').replace(world.urls.aws, network.url),
  };
  const bare = await bundlePeer(dir, template, 'bare');
  const packaged = functions.get('receive-callback')?.file ?? '';
  try {
    const cold = (name: string, runs: number, goal: string | undefined, wrap?: string[]) =>
      coldStarts(name, { door: packaged, bare: bare.file, environment: world.environment, runs, goal, wrap });
    const runs = isQuick ? QUICK_RUNS : RUNS;
    const rows = [await cold('callback: process start to encrypted success', runs, '≤ 250, 120')];
    if (isQuick) return rows;
    const quota = cpuQuota(SMALL_MB);
    if ('reason' in quota) console.log(`no row with the processor of a ${SMALL_MB} MB Lambda: ${quota.reason}`);
    else {
      const name = `callback: the same with the processor of a ${SMALL_MB} MB Lambda`;
      rows.push(await cold(name, SMALL_RUNS, undefined, quota.wrap));
      quota.remove();
    }
    for (const weather of WEATHERS) {
      const door = startFunction(packaged, environment);
      network.set('up');
      for (let tries = 0; !isSuccess((await door.call(pushEvent())).answer); tries += 1) {
        if (tries === FAULT_RUNS) throw new Error('the door refuses what the bench pushes');
      }
      network.set(weather);
      const answers: number[] = [];
      for (let count = 0; count < FAULT_RUNS; count += 1) answers.push((await door.call(pushEvent())).ms);
      await door.stop();
      const name = `callback: answer with the queue ${weather}`;
      rows.push(row({ bench: 'callback', name, unit: 'ms', goal: 'each ≤ 1000, 900' }, answers));
      rows.push(
        row({ bench: 'callback', name: `${name}, the slowest`, unit: 'ms', goal: '≤ 1000, 900' }, [
          Math.max(...answers),
        ]),
      );
    }
    return rows;
  } finally {
    await network.close();
    await world.close();
  }
}

type ColdStarts = {
  door: string;
  bare: string;
  environment: Record<string, string>;
  runs: number;
  goal: string | undefined;
  wrap: string[] | undefined;
};

async function coldStarts(name: string, { door, bare, environment, runs, goal, wrap }: ColdStarts): Promise<Row> {
  const times: Record<'door' | 'bare', number[]> = { door: [], bare: [] };
  let late = 0;
  for (let count = 0; count < runs; count += 1) {
    const { ms, answer } = await coldStart(door, environment, wrap);
    // on a machine that is busy with other things an answer may run out of its budget: that is told, not averaged
    if (isSuccess(answer)) times.door.push(ms);
    else late += 1;
    times.bare.push((await coldStart(bare, environment, wrap)).ms);
  }
  if (late === runs) throw new Error(`no answer of ${runs} was a success in time`);
  if (late > 0) console.log(`${late} of ${runs} answers were no success in time: is this machine busy?`);
  const floor = median(times.bare);
  const ratio = median(times.door) / floor;
  return row({ bench: 'callback', name, unit: 'ms', floor, ratio, ...(goal !== undefined && { goal }) }, times.door);
}

async function coldStart(bundle: string, environment: Record<string, string>, wrap: string[] = []) {
  const started = performance.now();
  const one = startFunction(bundle, environment, { wrap });
  const { answer } = await one.call(pushEvent());
  const ms = performance.now() - started;
  await one.stop();
  return { ms, answer };
}

/** The way to the queue, in any weather. */
async function startNetwork(target: string) {
  let weather: Weather = 'up';
  let count = 0;
  const server = createServer(async (request, response) => {
    count += 1;
    const everyOther = count % 2 === 0 ? 'dead' : 'up';
    const now = weather === 'flaky' ? everyOther : weather;
    if (now === 'dead') return request.socket.destroy();
    if (now === 'hanging') return undefined;
    const body = await bodyOf(request);
    if (now === 'slow') await sleep(SLOW_MS);
    const headers = Object.entries(request.headers).filter(([name]) =>
      /^(x-amz|authorization|content-type)/.test(name),
    );
    const answer = await fetch(target, {
      method: 'POST',
      headers: v.parse(Headings, Object.fromEntries(headers)),
      body,
    });
    return response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  });
  return {
    url: await listen(server),
    set: (next: Weather) => {
      weather = next;
    },
    close: () => close(server),
  };
}

const Headings = v.record(v.string(), v.string());
