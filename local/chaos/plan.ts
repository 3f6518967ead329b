import { MANNERS, type Manner, SERVICES, type Service } from './front.ts';

/** What runs in a process of its own on this machine, and is killed as a crash would. DingTalk is nobody's to kill. */
export const PROCESSES = ['functions', 'dynamodb', 'aws'] as const;
export type Process = (typeof PROCESSES)[number];

/** What goes wrong, at (ms) from the start: a service for some time, or a process once. */
export type Trouble = { at: number; service: Service; manner: Manner; ms: number } | { at: number; kill: Process };

const QUIET_MS = [5_000, 40_000] as const;
const OUTAGE_MS = [5_000, 40_000] as const;
const KILLS = 1 / 5;
const MOST_AT_ONCE = 3;

/** The same troubles for the same seed; the last one ends before the time (ms) is over. */
export function planOf(seed: number, ms: number): Trouble[] {
  const random = randomOf(seed);
  const between = ([least, most]: readonly [number, number]) => Math.round(least + random() * (most - least));
  const one = <T>(list: readonly T[]): T => {
    const found = list[Math.floor(random() * list.length)];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  };
  const plan: Trouble[] = [];
  for (let at = between(QUIET_MS); at < ms - OUTAGE_MS[1]; at += between(QUIET_MS)) {
    if (random() < KILLS) {
      plan.push({ at, kill: one(PROCESSES) });
      continue;
    }
    const services = new Set(Array.from({ length: 1 + Math.floor(random() * MOST_AT_ONCE) }, () => one(SERVICES)));
    for (const service of services) plan.push({ at, service, manner: one(MANNERS), ms: between(OUTAGE_MS) });
  }
  return plan;
}

/** Mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
