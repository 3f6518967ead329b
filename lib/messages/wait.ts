import { isFinished, type Message, overallStatus } from './message.ts';
import type { MessageStore } from './store.ts';

/**
 * Places for requests that wait for an outcome: a waiting request holds a run of a function, of which an account has few,
 * and delivery needs some of them.
 */
export type WaitingPlaces = {
  /** A place until that time (epoch ms), and what gives it back; undefined when none is free. */
  take(until: number): Promise<(() => Promise<void>) | undefined>;
};

export type WaitDeps = {
  messages: Pick<MessageStore, 'get'>;
  waiting: WaitingPlaces;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
};

/** Most messages are sent within a second; those that are not wait for DingTalk's rate limit. */
const FIRST_LOOK_MS = 100;
const GROWTH = 1.5;
const LONGEST_STEP_MS = 2_000;
/** A place whose holder died is free again so long after the holder would have left. */
const LEASE_OVER_MS = 2_000;

/** The message once it is finished, else as it is at that time; at once, as it is, where too many wait already. */
export async function waitForOutcome(deps: WaitDeps, message: Message, until: number): Promise<Message> {
  if (isFinished(overallStatus(message)) || deps.now() >= until) return message;
  // what was accepted is not to fail by a wait that is only a wish
  const leave = await deps.waiting.take(until + LEASE_OVER_MS).catch(() => undefined);
  if (leave === undefined) return message;
  try {
    return await watch(deps, message, until);
  } finally {
    await leave().catch(() => undefined);
  }
}

async function watch({ messages, now, sleep }: WaitDeps, message: Message, until: number): Promise<Message> {
  let latest = message;
  for (let step = FIRST_LOOK_MS; !isFinished(overallStatus(latest)) && now() < until; step *= GROWTH) {
    await sleep(Math.min(step, LONGEST_STEP_MS, Math.max(0, until - now())));
    latest = (await messages.get(message.id)) ?? latest;
  }
  return latest;
}
