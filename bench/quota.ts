import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Lambda of so much memory has a whole processor; one of less has its share. */
const WHOLE_MB = 1_769;
const PERIOD_US = 20_000;
const LEAST_US = 1_000;

/** Where the two generations of cgroups keep what a group may use. */
const PLACES = [
  {
    dir: '/sys/fs/cgroup/cpu',
    limits: (us: number) => [
      ['cpu.cfs_period_us', PERIOD_US],
      ['cpu.cfs_quota_us', us],
    ],
  },
  { dir: '/sys/fs/cgroup', limits: (us: number) => [['cpu.max', `${us} ${PERIOD_US}`]] },
];

/**
 * A group of processes with the processor of a Lambda of `memoryMb` (without the burst that Lambda gives while a function
 * starts). `wrap` goes before a command. Says why not where this machine does not let us.
 */
export function cpuQuota(memoryMb: number): { wrap: string[]; remove(): void } | { reason: string } {
  const us = Math.max(LEAST_US, Math.round((PERIOD_US * memoryMb) / WHOLE_MB));
  const reasons: string[] = [];
  for (const { dir, limits } of PLACES) {
    const group = join(dir, `dingdock-bench-${process.pid}`);
    try {
      mkdirSync(group);
      for (const [file, value] of limits(us)) writeFileSync(join(group, String(file)), String(value));
      const enter = ['sh', '-c', 'echo $$ > "$0" && exec "$@"', join(group, 'cgroup.procs')];
      return { wrap: enter, remove: () => rmdirSync(group) };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { reason: reasons.join('; ') };
}
