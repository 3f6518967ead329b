import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startEventSources } from '../local/triggers/event-source.ts';
import { triggersOf } from '../local/triggers/triggers.ts';
import { API_KEY } from '../stage/local-secret.ts';
import { type Bed, startWorld } from './bed.ts';
import { bundlePeer } from './packaged.ts';
import { startFunction, startServer } from './process.ts';
import { median, quantile, type Row, row } from './row.ts';
import { startWire } from './wire.ts';

const RUNS = { full: { warmUp: 60, times: 200 }, quick: { warmUp: 30, times: 40 } };
/** Slower than an app may call: what it takes to wait for a slot is no part of these figures. */
const MS_BETWEEN = 100;
const BODY = JSON.stringify({ to: 'project', text: 'hello' });

/**
 * From the request for a message until its call is at DingTalk, one message at a time, warm; in turn with an empty chain of
 * the same parts on the same emulators: a handler behind the API that puts what comes into a queue, and a worker that makes
 * one call of it. What is over is what keeping, limits and proof of the caller take.
 */
export async function run({ dir, template, functions }: Bed, isQuick = false): Promise<Row[]> {
  const world = await startWorld();
  const arrivals = new EventTarget();
  const wire = await startWire(world.urls.simulator, () => arrivals.dispatchEvent(new Event('call')));
  const { OUTBOX_QUEUE_URL: queue = '', TASKS_QUEUE_URL: emptyQueue = '' } = world.environment;
  const environment = { ...world.environment, DINGTALK_API_URL: wire.url, DINGTALK_OAPI_URL: wire.url };
  const [api, worker] = await Promise.all(['empty-api', 'empty-worker'].map((name) => bundlePeer(dir, template, name)));
  const bundleOf = (name: string) => functions.get(name)?.file ?? '';
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: world.urls.aws, region: world.region, credentials });
  const triggers = triggersOf(world.template, world.urls.aws);

  /** An API in front of a queue, and a worker behind it. */
  async function startChain(bundles: { api: string; worker: string }, url: string) {
    const front = await startServer(bundles.api, { ...environment, EMPTY_QUEUE_URL: url });
    const one = startFunction(bundles.worker, environment);
    await one.loaded;
    const sources = startEventSources({
      ...{ sqs, region: world.region, pollers: 1, triggers: triggers.filter(({ queueUrl }) => queueUrl === url) },
      invoke: async (_, event) => (await one.call(event)).answer,
      onProblem: (_, error) => console.error(error),
    });
    return {
      /** How long a message takes until its call begins. */
      async send(): Promise<number> {
        const called = once(arrivals, 'call');
        const began = performance.now();
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}` };
        const answer = await fetch(`${front.url}/messages`, { method: 'POST', headers, body: BODY });
        if (answer.status !== 202) throw new Error(`not accepted: ${answer.status} ${await answer.text()}`);
        await called;
        return performance.now() - began;
      },
      async stop() {
        await sources.stop();
        await Promise.all([front.stop(), one.stop()]);
      },
    };
  }

  const ours = await startChain({ api: bundleOf('send-message'), worker: bundleOf('deliver-message') }, queue);
  const empty = await startChain({ api: api?.file ?? '', worker: worker?.file ?? '' }, emptyQueue);
  const took: Record<'ours' | 'empty', number[]> = { ours: [], empty: [] };
  try {
    const { warmUp, times } = RUNS[isQuick ? 'quick' : 'full'];
    for (let n = 0; n < warmUp + times; n += 1) {
      for (const [name, chain] of Object.entries({ empty, ours } as const)) {
        const ms = await chain.send();
        if (n >= warmUp) took[name as 'ours' | 'empty'].push(ms);
        await sleep(MS_BETWEEN); // it ends its work
      }
    }
  } finally {
    await Promise.all([ours.stop(), empty.stop()]);
    sqs.destroy();
    await wire.close();
    await world.close();
  }
  const line = (what: string, of: (values: readonly number[]) => number, goal?: string) => {
    const [value, floor] = [of(took.ours), of(took.empty)];
    const about = { bench: 'delivery', name: `message from POST to DingTalk, one at a time: ${what}`, unit: 'ms' };
    return row({ ...about, floor, ratio: value / floor, ...(goal && { goal }) }, what === 'p50' ? took.ours : [value]);
  };
  return [line('p50', median, '≤ 2 ×, 1.5'), line('p99', (values) => quantile(values, 0.99))];
}
