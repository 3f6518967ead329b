import { createServer } from 'node:http';
import autocannon from 'autocannon';
import { sourceAddresses } from '../local/seed.ts';
import { type Bed, startWorld } from './bed.ts';
import { close, listen } from './front.ts';
import { bundlePeer } from './packaged.ts';
import { startServer } from './process.ts';
import { sealedPush } from './push.ts';
import { median, type Row, row } from './row.ts';

const CONNECTIONS = 50;
const FULL = { warmSeconds: 6, seconds: 4, runs: 5 };
const QUICK = { warmSeconds: 2, seconds: 2, runs: 3 };

/**
 * Requests a second of one process at fifty connections, and its processor's time for each, beside a handler that does
 * nothing. The queue is a stand-in that says yes, since an emulator would be what is measured; DynamoDB is the emulator.
 */
export async function run({ dir, template, functions }: Bed, isQuick = false): Promise<Row[]> {
  const world = await startWorld();
  const queue = createServer((request, response) => {
    request.resume().once('end', () => response.end('{"MessageId":"1","Successful":[]}'));
  });
  const queueUrl = await listen(queue);
  const environment = Object.fromEntries(
    Object.entries(world.environment).map(([name, value]) => [
      name,
      /QUEUE_URL$|_SQS$/.test(name) ? value.replace(world.urls.aws, queueUrl) : value,
    ]),
  );
  const bare = await bundlePeer(dir, template, 'bare');
  const push = sealedPush();
  const callback = { path: `/dingtalk/events?${new URLSearchParams(push.query)}`, body: push.body };
  const message = { path: '/messages', body: JSON.stringify({ to: 'project', text: 'hello' }) };
  const robot = sourceAddresses('').find(({ kind }) => kind === 'dingtalk-robot');
  const said = { path: robot?.address ?? '', body: JSON.stringify({ msgtype: 'text', text: { content: 'hello' } }) };
  let peer: { name: string; shots: Shot[] } | undefined;
  try {
    const rows: Row[] = [];
    for (const [name, bundle, request, goals] of [
      ['callbacks', functions.get('receive-callback')?.file, callback, { rate: '≥ 600, 2500', p99: '≤ 120, 40' }],
      ['messages accepted', functions.get('send-message')?.file, message, undefined],
      ['deliveries of a source accepted', functions.get('receive-source')?.file, said, undefined],
    ] as const) {
      const shots = { ...(isQuick ? QUICK : FULL), ...request };
      const floor = await shoot(bare.file, environment, shots);
      const ours = await shoot(bundle ?? '', environment, shots);
      const line = (what: string, unit: string, of: (shot: Shot) => number, goal?: string) => {
        const [plain, values] = [median(floor.map(of)), ours.map(of)];
        const beside = unit === '/s' ? { ratio: median(values) / plain } : {};
        const other = peer && { peer: { name: peer.name, median: median(peer.shots.map(of)) } };
        return row(
          {
            bench: 'throughput',
            name: `${name}${what}`,
            unit,
            floor: plain,
            ...other,
            ...beside,
            ...(goal && { goal }),
          },
          values,
        );
      };
      rows.push(
        line(' a second, one process', '/s', ({ rate }) => rate, goals?.rate),
        line(': p50 at 50 connections', 'ms', ({ p50 }) => p50),
        line(': p99 at 50 connections', 'ms', ({ p99 }) => p99, goals?.p99),
        line(': processor for each', 'ms', ({ cpuMs }) => cpuMs),
        line(': errors', '', ({ errors }) => errors, '0'),
      );
      // what both accept is kept and queued: the one is held against the other
      peer = name === 'messages accepted' ? { name, shots: ours } : undefined;
    }
    return rows;
  } finally {
    await close(queue);
    await world.close();
  }
}

type Shot = { rate: number; p50: number; p99: number; cpuMs: number; errors: number };

/** Several measurements of one process, once it is as warm as a busy function is. */
async function shoot(bundle: string, env: Record<string, string>, shots: typeof FULL & { path: string; body: string }) {
  const { path, body, warmSeconds, seconds, runs } = shots;
  const { url, stop } = await startServer(bundle, env);
  const options = {
    url: `${url}${path}`,
    method: 'POST' as const,
    body,
    headers: { 'content-type': 'application/json' },
    connections: CONNECTIONS,
  };
  try {
    await autocannon({ ...options, duration: warmSeconds });
    const found: Shot[] = [];
    for (let run = 0; run < runs; run += 1) {
      const before = await cpuOf(url);
      const { requests, duration, latency, ...failed } = await autocannon({ ...options, duration: seconds });
      found.push({
        rate: requests.total / duration,
        p50: latency.p50,
        p99: latency.p99,
        cpuMs: ((await cpuOf(url)) - before) / requests.total,
        errors: failed.errors + failed.timeouts + failed.non2xx,
      });
    }
    return found;
  } finally {
    await stop();
  }
}

const cpuOf = async (url: string) => Number(await (await fetch(`${url}/cpu`)).text());
