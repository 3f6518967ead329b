import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type Bed, startWorld } from './bed.ts';
import { close, listen } from './front.ts';
import { bundlePeer } from './packaged.ts';
import { sealedPush } from './push.ts';
import { type Row, row } from './row.ts';

const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url));
const CONNECTIONS = 50;
const SECONDS = 8;

/**
 * Requests a second of one process at fifty connections, and its processor's time for each, beside a handler that does
 * nothing. The queue is a stand-in that says yes, since an emulator would be what is measured; DynamoDB is the emulator.
 */
export async function run({ dir, template, functions }: Bed): Promise<Row[]> {
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
  try {
    const rows: Row[] = [];
    for (const [name, bundle, request, goals] of [
      ['callbacks', functions.get('receive-callback')?.file, callback, { rate: '≥ 600, 2500', p99: '≤ 120, 40' }],
      ['messages accepted', functions.get('send-message')?.file, message, undefined],
    ] as const) {
      const floor = await shoot(bare.file, environment, request);
      const ours = await shoot(bundle ?? '', environment, request);
      const about = (what: string, unit: string, goal?: string) =>
        ({ bench: 'throughput', name: `${name}${what}`, unit, ...(goal && { goal }) }) as const;
      rows.push(
        row(
          { ...about(' a second, one process', '/s', goals?.rate), floor: floor.rate, ratio: ours.rate / floor.rate },
          [ours.rate],
        ),
        row({ ...about(': p50 at 50 connections', 'ms'), floor: floor.p50 }, [ours.p50]),
        row({ ...about(': p99 at 50 connections', 'ms', goals?.p99), floor: floor.p99 }, [ours.p99]),
        row({ ...about(': processor for each', 'ms'), floor: floor.cpuMs }, [ours.cpuMs]),
        row({ ...about(': errors', '', '0'), floor: floor.errors }, [ours.errors]),
      );
    }
    return rows;
  } finally {
    await close(queue);
    await world.close();
  }
}

async function shoot(bundle: string, env: Record<string, string>, { path, body }: { path: string; body: string }) {
  const child = spawn(process.execPath, [SERVER, bundle], { env, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const stream = child.stdio[3];
  if (!(stream instanceof Readable)) throw new Error('the server has not its stream');
  const [line] = await once(stream, 'data');
  const url = String(line).trim();
  try {
    const options = {
      url: `${url}${path}`,
      method: 'POST' as const,
      body,
      headers: { 'content-type': 'application/json' },
    };
    await autocannon({ ...options, connections: CONNECTIONS, duration: 2 }); // warm, as a busy function is
    const before = await cpuOf(url);
    const result = await autocannon({ ...options, connections: CONNECTIONS, duration: SECONDS });
    const answers = result.requests.total;
    return {
      rate: answers / result.duration,
      p50: result.latency.p50,
      p99: result.latency.p99,
      cpuMs: ((await cpuOf(url)) - before) / answers,
      errors: result.errors + result.timeouts + result.non2xx,
    };
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}

const cpuOf = async (url: string) => Number(await (await fetch(`${url}/cpu`)).text());
