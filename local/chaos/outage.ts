import { setTimeout as delay } from 'node:timers/promises';
import { type Case, MONTH_HELD_MS, MORTAL, troubleOf } from './cases.ts';
import type { Manner, Service } from './front.ts';
import { startJudge, type Verdict } from './judge.ts';
import { createLoad } from './load.ts';
import type { Trouble } from './plan.ts';
import type { ChaosWorld } from './world.ts';

/** The machine's own time of the load before and after an outage: it has to keep up with it. */
const BESIDE_MS = 20_000;
/** How long after an outage, beyond a third of its own length, what was accepted may be open before it counts as lost. */
const PATIENCE_MS = 6 * 60_000;
/** What a worker of files held that died at its first step comes back when its time would have been over. */
const LONGEST_RUN_MS = 15 * 60_000;
/** So often the list of what DingTalk could not push is asked for after a door refused something. */
const FAILED_LIST_MS = 3_600_000;

export type Outage = {
  services: readonly Service[];
  manner: Manner;
  cases: readonly Case[];
  /** Whether events that no door took have to come by DingTalk's failed list. */
  failedList: boolean;
  ms: number;
  load: number;
  scale: number;
};

/** A quarter of the load before the outage, half of it during, a quarter after; then waits until all is final. */
export async function runOutage(
  world: ChaosWorld,
  { services, manner, cases, failedList, ms, load: share, scale }: Outage,
): Promise<Verdict> {
  await warmUp(world);
  const load = createLoad(world, share);
  const troubles = cases.map((name) => troubleOf(world, name));
  await load.run(0.25, BESIDE_MS * scale);
  for (const service of services) world.faults.set(service, manner);
  for (const { begin } of troubles) await begin();
  await Promise.all([load.run(0.5, ms * 0.9), delay(ms)]);
  for (const service of services) world.faults.set(service, undefined);
  for (const { end } of troubles) await end();
  const endedAt = Date.now();
  const judge = startJudge(world, load, endedAt, failedList);
  await load.run(0.25, BESIDE_MS * scale);
  const heldMs = Math.max(
    failedList ? FAILED_LIST_MS : 0,
    cases.includes('month-gone') ? MONTH_HELD_MS : 0,
    cases.some((name) => MORTAL.includes(name)) ? LONGEST_RUN_MS : 0,
  );
  return judge.verdict(endedAt + PATIENCE_MS * scale + ms / 3 + heldMs);
}

/** The whole load while one thing after the other goes wrong; then waits until all is final. */
export async function runPlan(
  world: ChaosWorld,
  { plan, ms, load: share, scale }: { plan: readonly Trouble[]; ms: number; load: number; scale: number },
): Promise<Verdict> {
  await warmUp(world);
  const load = createLoad(world, share);
  await Promise.all([load.run(1, ms), ...plan.map((trouble) => befall(world, trouble))]);
  const endedAt = Date.now();
  return startJudge(world, load, endedAt).verdict(endedAt + PATIENCE_MS * scale + ms / 3);
}

async function befall(world: ChaosWorld, trouble: Trouble): Promise<void> {
  await delay(trouble.at);
  if ('kill' in trouble) return world.kill(trouble.kill);
  world.faults.set(trouble.service, trouble.manner);
  await delay(trouble.ms);
  world.faults.set(trouble.service, undefined);
}

/** One of each kind, one after the other: a function's first run takes seconds on a busy machine. */
async function warmUp(world: ChaosWorld): Promise<void> {
  const load = createLoad(world, 1, 'warm');
  await load.each();
  const judge = startJudge(world, load, Date.now());
  await judge.verdict(Date.now() + PATIENCE_MS);
}
