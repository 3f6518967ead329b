import { sha256 } from '../../base/hash.ts';
import { appNameOf, type Destination } from '../destination.ts';
import type { Pace } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';

export type { Pace };

/** A target with its own limit: a robot, an app's API, or our egress address. Without a pace it can only be blocked. */
export type Limited = { target: string; pace?: Pace };

/**
 * DingTalk's limit for an app's API (messaging.md §8.2), 20 a second, plus half a second of latency, so that the log of
 * slots needs no correction after an ordinary call.
 */
const API_PACE: Pace = { messages: 20, perMs: 1_500, punctualMs: 500 };
/** Of a minute, half a second of latency. */
const PUNCTUAL = 0.5 / 60;

/** DingTalk's ban page concerns our egress address, whatever was called (messaging.md §8.2). */
export const EGRESS: Limited = { target: 'egress' };

/** A slot that was taken, and after how long (ms) a call in it counts as late. */
export type Slot = { target: string; at: number; punctualMs: number };
export type Granted = { granted: true; slots: Slot[]; spare: Slot[] } | { granted: false; retryAt: number };

/**
 * How many more calls will follow at once, how long (ms) each takes, and how long a caller waits for its own: a slot that
 * is free by then is granted now.
 */
export type Following = { more: number; tookMs: number; waitMs?: number };

/** Rate limiter: slots to send in, shared by all running functions. */
export type SlotLimiter = {
  /**
   * Takes a slot of each, or answers when to retry (epoch ms). With high priority the next free slot is reserved for a
   * moment. Where only one target has a pace, `spare` holds slots for the following calls, if they are free and will be
   * used in time.
   */
  take(limited: Limited[], priority?: 'normal' | 'high', following?: Following): Promise<Granted>;
  /** Returns slots that were not used. */
  giveBack(slots: Slot[]): Promise<void>;
  /** Moves the slot of a slow call to `endedAt`, since the call may have arrived as late as that. */
  late(slot: Slot, endedAt: number): Promise<void>;
  /** Grants no slot for this target before `until` (epoch ms). */
  block(target: string, until: number): Promise<void>;
};

/** What a call would wait for: a pause that DingTalk asked for, or a slot of the rate limit; until when (epoch ms). */
export type SlotWait = { for: 'pause' | 'pace'; until: number };
export type SlotState = {
  /** What each call within all its limits waits for; undefined where it could be made now. Takes nothing, and is one read. */
  next(calls: readonly Limited[][]): Promise<(SlotWait | undefined)[]>;
};

/** The limits of a call to this destination, beside the egress address. */
export function limitsOf(destination: Destination): Limited[] {
  const target = targetOf(destination);
  const pace = kindOf(destination).pace?.(destination);
  if (pace) return [{ target, pace }];
  return [{ target }, { target: `api:${appNameOf(destination) ?? ''}:${destination.kind}`, pace: API_PACE }];
}

/** The key of a destination's limit: two names of one robot share it, and it reveals no secret. */
export function targetOf(destination: Destination): string {
  const identity = kindOf(destination).identity?.(destination) ?? JSON.stringify(destination);
  return `${destination.kind}:${sha256(identity, 32)}`;
}

/** How long a call may take before its slot counts as late. */
export function punctualMsOf({ perMs, punctualMs = perMs * PUNCTUAL }: Pace): number {
  return punctualMs;
}

/** How far (ms) clocks of workers may be apart before what one wrote means nothing to another. */
export const SKEW_MS = 5_000;

/** The log without slots further ahead than a window: a clock that was wrong took them, and they would hold up all. */
export function withoutFarAhead(taken: number[], { perMs }: Pace, now: number): number[] {
  return taken.filter((at) => at <= now + perMs + SKEW_MS);
}

/** The log after a slow call, which counts from when it may have arrived. */
export function withLateCall(taken: number[], slot: number, endedAt: number): number[] {
  const index = taken.indexOf(slot);
  return index < 0 ? taken : taken.with(index, Math.max(slot, endedAt)).toSorted((a, b) => a - b);
}

/** The log without a slot that was not used. */
export function withoutCall(taken: number[], slot: number): number[] {
  const index = taken.indexOf(slot);
  return index < 0 ? taken : taken.toSpliced(index, 1);
}

/** A slot this near is reserved at most, and its message waits for it. */
export const WAIT_MS = 1_500;

/**
 * The sliding log: given the last slots taken (ascending), whether one is free at `now` or within `waitMs`, and the log
 * that follows; else when to ask again. No window of `perMs` ever holds more than `messages` slots.
 */
export function nextSlot(
  taken: number[],
  { messages, perMs }: Pace,
  now: number,
  waitMs?: number,
): { granted: true; taken: number[] } | { granted: false; retryAt: number } {
  const recent = taken.slice(-messages);
  const oldest = recent.length < messages ? undefined : recent[0];
  const latest = recent.at(-1) ?? 0;
  // A slot is never earlier than the last one, so that a slow clock cannot get extra slots.
  const free = Math.max(now, latest);
  const slot = oldest === undefined ? free : Math.max(free, oldest + perMs);
  // Nobody reserves further ahead than this: if somebody did, our clock is slow, and we would wait for ever for our turn.
  const isSlow = latest > now + WAIT_MS;
  const until = waitMs === undefined || isSlow ? free : now + waitMs;
  if (slot > until) return { granted: false, retryAt: slot - (waitMs ?? 0) };
  return { granted: true, taken: [...recent, slot].slice(-messages) };
}
