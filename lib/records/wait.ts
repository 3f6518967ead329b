/**
 * Places for requests that wait for an outcome: a waiting request holds a run of a function, of which an account has few,
 * and delivery needs some of them.
 */
export type WaitingPlaces = {
  /** A place until that time (epoch ms), and what gives it back; undefined when none is free. */
  take(until: number): Promise<(() => Promise<void>) | undefined>;
};

export type WaitDeps = {
  waiting: WaitingPlaces;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
};

/** What is waited for. */
type Awaited<R> = { get(): Promise<R | undefined>; isOver(record: R): boolean };

/** So long a request may wait: a function ends after 29 s, and API Gateway gives up after 30. */
const LONGEST_WAIT_S = 25;

/** Most messages are sent within a second; those that are not wait for DingTalk's rate limit. */
const FIRST_LOOK_MS = 100;
const GROWTH = 1.5;
const LONGEST_STEP_MS = 2_000;
/** A place whose holder died is free again so long after the holder would have left. */
const LEASE_OVER_MS = 2_000;

/**
 * What is left of `Prefer: wait=20` in milliseconds, 0 without it. It counts from when the request was received (RFC 7240):
 * a function that takes long to start would else wait beyond its end, and nobody hear what was accepted.
 * @param agoMs since it was received
 */
export function waitMsOf(prefer: string | undefined, agoMs: number): number {
  const seconds = Number(/(?:^|[,;\s])wait=(\d+)/.exec(prefer ?? '')?.[1] ?? 0);
  return Math.max(0, Math.min(seconds, LONGEST_WAIT_S) * 1000 - Math.max(0, agoMs));
}

/** The record once it is over, else as it is at that time; at once, as it is, where too many wait already. */
export async function waitForEnd<R>(deps: WaitDeps, record: R, awaited: Awaited<R>, until: number): Promise<R> {
  if (awaited.isOver(record) || deps.now() >= until) return record;
  // what was accepted is not to fail by a wait that is only a wish
  const leave = await deps.waiting.take(until + LEASE_OVER_MS).catch(() => undefined);
  if (leave === undefined) return record;
  try {
    return await watch(deps, record, awaited, until);
  } finally {
    await leave().catch(() => undefined);
  }
}

async function watch<R>({ now, sleep }: WaitDeps, record: R, { get, isOver }: Awaited<R>, until: number): Promise<R> {
  let latest = record;
  for (let step = FIRST_LOOK_MS; !isOver(latest) && now() < until; step *= GROWTH) {
    await sleep(Math.min(step, LONGEST_STEP_MS, Math.max(0, until - now())));
    latest = (await get()) ?? latest;
  }
  return latest;
}
