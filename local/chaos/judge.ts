import { setTimeout as delay } from 'node:timers/promises';
import { type Fate, fateOf, type Seen, seenNow } from './fates.ts';
import type { Accepted, Load } from './load.ts';
import type { ChaosWorld } from './world.ts';

const LOOK_MS = 1_000;
const AT_ONCE = 6;

export type Verdict = {
  accepted: number;
  delivered: number;
  told: number;
  lost: string[];
  twice: string[];
  twiceFlagged: number;
  lies: string[];
  /** How many of each kind were answered with each status (0: no answer; `untaken`: a push that no door took). */
  refused: Record<string, number>;
  tooFast: number;
  deadLetters: number;
  /** Seconds from the end of the outage until all that was accepted before it had its final state. */
  caughtUpSeconds: number;
};

/** Follows what was accepted, from the end of an outage on; with the failed list, events that no door took are too. */
export function startJudge(world: ChaosWorld, load: Load, endedAt: number, failedList = false) {
  const fates = new Map<Accepted, Fate>();
  let caughtUpAt = endedAt;
  let isOver = false;

  /** Answers whether all that is known has its final state. */
  async function look(): Promise<boolean> {
    const seen = await seenNow(world);
    const open = taken(load, seen, failedList).filter((each) => (fates.get(each)?.state ?? 'open') === 'open');
    await inTurns(open, async (each) => {
      const fate = await fateOf(world, each, seen);
      fates.set(each, fate);
      if (fate.state !== 'open' && each.at < endedAt) caughtUpAt = Math.max(caughtUpAt, Date.now());
    });
    return open.every((each) => fates.get(each)?.state !== 'open');
  }

  async function follow(): Promise<void> {
    while (!isOver) {
      await look();
      await delay(LOOK_MS);
    }
  }
  const following = follow();

  return {
    /** Once no more load comes: waits until all has its final state, or until then (epoch ms). */
    async verdict(until: number): Promise<Verdict> {
      isOver = true;
      await following;
      while (!(await look()) && Date.now() < until) await delay(LOOK_MS);
      const seen = await seenNow(world);
      const all = taken(load, seen, failedList);
      // once more: what came twice may have come late
      await inTurns(all, async (each) => void fates.set(each, await fateOf(world, each, seen)));
      return {
        ...sums(all, fates),
        refused: refusedBy(load, all),
        tooFast: await refusedForSpeed(world),
        deadLetters: (await world.records()).dead,
        caughtUpSeconds: Math.round((caughtUpAt - endedAt) / 1000),
      };
    },
  };
}

/** Without what DingTalk's pushes carry that no door took, nor its failed list brings. */
function taken({ accepted }: Load, { untaken }: Seen, failedList: boolean): Accepted[] {
  const mayBeUntaken = failedList ? /^fileIn$/ : /^(event|fileIn)$/;
  return accepted.filter(({ kind, name }) => !mayBeUntaken.test(kind) || !untaken.includes(name));
}

function refusedBy({ accepted, refused }: Load, all: readonly Accepted[]): Record<string, number> {
  const known = new Set(all);
  const reasons = [
    ...refused.map(({ kind, status }) => `${kind} ${status}`),
    ...accepted.filter((each) => !known.has(each)).map(({ kind }) => `${kind} untaken`),
  ];
  return Object.fromEntries(
    [...Map.groupBy(reasons, (reason) => reason)].map(([reason, list]) => [reason, list.length]),
  );
}

function sums(all: readonly Accepted[], fates: ReadonlyMap<Accepted, Fate>) {
  const of = (test: (fate: Fate) => boolean) =>
    all.filter((each) => {
      const fate = fates.get(each);
      return fate !== undefined && test(fate);
    });
  const named = (test: (fate: Fate) => boolean) => of(test).map((each) => `${each.name}: ${fates.get(each)?.what}`);
  return {
    accepted: all.length,
    delivered: of(({ state }) => state === 'arrived').length,
    told: of(({ state }) => state === 'told').length,
    lost: named(({ state }) => state === 'open'),
    twice: named(({ times, flagged }) => times > 1 && !flagged),
    twiceFlagged: of(({ times, flagged }) => times > 1 && flagged).length,
    lies: named(({ state }) => state === 'lie'),
  };
}

const SPEED = /too-fast|slowed|limit\.(per-|address)/;

/** How many calls DingTalk refused for coming too fast. */
export async function refusedForSpeed(world: ChaosWorld): Promise<number> {
  const calls: { refusal?: string }[] = (await world.sim('GET', '/calls'))?.body ?? [];
  return calls.filter(({ refusal }) => refusal !== undefined && SPEED.test(refusal)).length;
}

async function inTurns<T>(list: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  const worker = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
