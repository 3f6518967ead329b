import { createHash } from 'node:crypto';
import type { Destination } from './destination.ts';

/** At most `messages` in any `perMs` milliseconds. */
export type Pace = { messages: number; perMs: number };

/** DingTalk's limit for a custom robot (messaging.md §2.5) ... */
const ROBOT_PACE: Pace = { messages: 20, perMs: 60_000 };
/** ... and what is added to the window, since DingTalk's clock and the way there are not ours. */
const MARGIN = 61 / 60;

/** Slots to send in, shared by every running function. */
export type SlotLimiter = {
  /** Takes a slot now, or says when to come back (epoch ms). Without a pace only a block holds back. */
  take(target: string, pace: Pace | undefined): Promise<{ granted: true } | { granted: false; retryAt: number }>;
  /** Nothing is granted for this target before `until` (epoch ms). */
  block(target: string, until: number): Promise<void>;
};

/** How fast a destination may be sent to. Only custom robots have a documented figure. */
export function paceOf(destination: Destination): Pace | undefined {
  if (destination.kind !== 'custom-robot') return undefined;
  const { messages, perMs } = destination.pace ?? ROBOT_PACE;
  return { messages, perMs: Math.ceil(perMs * MARGIN) };
}

/** The key under which a destination's slots are counted: two names of one robot share it, and it tells no secret. */
export function paceTarget(destination: Destination): string {
  const { kind } = destination;
  return `${kind}:${createHash('sha256').update(targetOf(destination)).digest('hex').slice(0, 32)}`;
}

function targetOf(destination: Destination): string {
  switch (destination.kind) {
    case 'custom-robot':
      return destination.accessToken;
    case 'robot-group':
      return `${destination.app}\n${destination.openConversationId}`;
    default:
      return JSON.stringify(destination);
  }
}

/**
 * The sliding log: given the last slots taken (ascending), whether one is free at `now` and the log that follows.
 * No window of `perMs` ever holds more than `messages` slots.
 */
export function nextSlot(
  taken: number[],
  { messages, perMs }: Pace,
  now: number,
): { granted: true; taken: number[] } | { granted: false; retryAt: number } {
  const recent = taken.slice(-messages);
  const oldest = recent.length < messages ? undefined : recent[0];
  const latest = recent.at(-1) ?? 0;
  // A slot never lies before an earlier one, so that a clock that runs behind cannot squeeze in extra slots.
  const slot = Math.max(now, latest);
  if (oldest !== undefined && oldest + perMs > slot) return { granted: false, retryAt: oldest + perMs };
  return { granted: true, taken: [...recent, slot].slice(-messages) };
}
