import type { Bed } from './bed.ts';
import { bundlePeer } from './packaged.ts';
import { startFunction } from './process.ts';
import { median, type Row, row } from './row.ts';

const RUNS = 31;
const QUICK_RUNS = 5;
const PEERS = {
  alicloud: '@alicloud/dingtalk',
  'robot-sender': 'dingtalk-robot-sender',
  stream: 'dingtalk-stream',
  dynamodb: '@aws-sdk/client-dynamodb alone',
};
const OFFICIAL = PEERS.alicloud;

/** The samples of a function by its name, and what stands below all of them. */
type Measured = { of: (name: string) => number[]; floor: number };

/**
 * From the start of a fresh process until the function is loaded, over a bare handler: by the clock, and the processor's
 * time for it, which other work on the machine disturbs less. And the bytes to load. Without settings, so that nothing but
 * loading is measured: what receive-callback begins meanwhile, reading its secret, is in the figures of `callback`.
 */
export async function run({ dir, template, functions }: Bed, isQuick = false): Promise<Row[]> {
  const bare = await bundlePeer(dir, template, 'bare');
  const all = new Map<string, { file: string; bytes: number }>([['bare', bare], ...functions]);
  for (const [name, title] of Object.entries(PEERS)) all.set(title, await bundlePeer(dir, template, name));

  const times = new Map<string, { ms: number[]; cpuMs: number[] }>();
  for (const name of all.keys()) times.set(name, { ms: [], cpuMs: [] });
  for (let count = 0; count < (isQuick ? QUICK_RUNS : RUNS); count += 1) {
    for (const [name, { file }] of all) {
      const started = startFunction(file);
      const { ms, cpuMs } = await started.loaded;
      times.get(name)?.ms.push(ms);
      times.get(name)?.cpuMs.push(cpuMs);
      await started.stop();
    }
  }

  const rowsOf = (name: string): Row[] => {
    const lean = name === 'receive-callback';
    const goals = functions.has(name)
      ? { ms: lean ? '≤ 60, 15' : '≤ 95, 40', kB: lean ? '≤ 450, 60' : '≤ 900' }
      : undefined;
    const line = (what: string, unit: string, { of, floor }: Measured, goal?: string) => {
      const peer = { name: OFFICIAL, median: median(of(OFFICIAL)) };
      const beside = name === OFFICIAL ? {} : { peer, ratio: peer.median / median(of(name)) };
      return row({ bench: 'load', name: `${name}: ${what}`, unit, floor, ...beside, ...(goal && { goal }) }, of(name));
    };
    const over = (kind: 'ms' | 'cpuMs') => {
      const floor = median(times.get('bare')?.[kind] ?? []);
      return { floor, of: (each: string) => (times.get(each)?.[kind] ?? []).map((value) => value - floor) };
    };
    const [wall, cpu] = [over('ms'), over('cpuMs')];
    const kB = (each: string) => [(all.get(each)?.bytes ?? 0) / 1000];
    return [
      line('load over bare', 'ms', wall, goals?.ms),
      line('load over bare, processor', 'ms', cpu, goals?.ms),
      line('bundle', 'kB', { of: kB, floor: bare.bytes / 1000 }, goals?.kB),
    ];
  };
  return [...all.keys()].filter((name) => name !== 'bare').flatMap(rowsOf);
}
