import { DingTalkRefusal, DingTalkUnreachable } from '../../base/dingtalk-errors.ts';
import { ServiceError } from '../../base/errors.ts';
import type { Attempt, Delivery, DeliveryStatus, Message } from '../message.ts';

const FIRST_BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 15 * 60_000;
const THROTTLE_WAIT_MS = 60_000;
/** After so many quick tries in a row a message is parked, so that the messages behind it go on. */
const QUICK_TRIES = 3;
const PARKED_MS = 60_000;
/** A message is tried for this long, then it has failed. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;

export type Verdict = {
  status: DeliveryStatus;
  attempt: Attempt;
  /** Set when the message is tried again. */
  retryInMs?: number;
  /** Set with it when the message alone keeps failing: it waits apart, and what is behind it goes on. */
  parked?: true;
  /** Set when DingTalk asked for a pause: nothing goes to this target before it ends. */
  blockMs?: number;
  possibleDuplicate?: boolean;
};

type Circumstances = {
  message: Pick<Message, 'delivery' | 'createdAt'>;
  delivery: Pick<Delivery, 'attempts'>;
  /** DingTalk tells a repeat of the same message by its key, so that a repeat shows once (only /robot/send). */
  repeatShowsOnce: boolean;
  /** How long to leave DingTalk alone after a "too fast", when that is set. */
  penaltyMs?: number | undefined;
  now: number;
  random: () => number;
};

/**
 * Decides what a failed try means, by the class of DingTalk's code and never by the HTTP status.
 * An error that is none of ours is thrown on: it is a bug, and the queue's redrive is for bugs.
 */
export function verdictOn(error: unknown, circumstances: Circumstances): Verdict {
  if (!(error instanceof ServiceError)) throw error;
  const at = new Date(circumstances.now).toISOString();
  if (error instanceof DingTalkRefusal) {
    const attempt: Attempt = {
      at,
      outcome: 'refused',
      code: error.code,
      class: error.class,
      reason: error.description,
      ...(error.remedy !== undefined && { remedy: error.remedy }),
    };
    if (error.class === 'rate') {
      const waitMs = error.waitMs ?? THROTTLE_WAIT_MS;
      return throttled(attempt, error.code === 'ip_ban' ? waitMs : (circumstances.penaltyMs ?? waitMs), circumstances);
    }
    if (error.class === 'transient' || error.class === 'unknown') return unanswered(attempt, circumstances);
    // A token that was refused right after it was renewed: another renewal came between; nothing was sent.
    return error.class === 'token' ? again(attempt, circumstances) : { status: 'failed', attempt };
  }
  if (error instanceof DingTalkUnreachable) {
    if (error.arrived === 'no') {
      const reason = 'DingTalk could not be reached; nothing was sent';
      return again({ at, outcome: 'failed', code: error.code, reason }, circumstances);
    }
    return unanswered({ at, outcome: 'no-answer', code: error.code, reason: 'DingTalk gave no answer' }, circumstances);
  }
  const attempt: Attempt = {
    at,
    outcome: 'failed',
    code: error.code,
    reason: `${error.operation} failed before anything was sent`,
    ...(error.remedy !== undefined && { remedy: error.remedy }),
  };
  return error.retryable ? again(attempt, circumstances) : { status: 'failed', attempt };
}

/** The message may have arrived: repeat it where that shows once, else as the caller chose. */
function unanswered(attempt: Attempt, circumstances: Circumstances): Verdict {
  if (circumstances.repeatShowsOnce) return again(attempt, circumstances);
  if (circumstances.message.delivery === 'at-most-once') return { status: 'unknown', attempt };
  return { ...again(attempt, circumstances), possibleDuplicate: true };
}

/** Everything for that target waits, in its order: a throttled message is not parked. */
function throttled(attempt: Attempt, blockMs: number, { message, now, random }: Circumstances): Verdict {
  if (isOver(message, now)) return { status: 'failed', attempt };
  return { status: 'queued', attempt, retryInMs: Math.round(blockMs + random() * 1_000), blockMs };
}

/** Full jitter: a time between (nearly) nothing and a ceiling that doubles. */
function again(attempt: Attempt, { message, delivery, now, random }: Circumstances): Verdict {
  if (isOver(message, now)) return { status: 'failed', attempt };
  const ended = delivery.attempts.findLastIndex(
    ({ outcome, class: errorClass }) => outcome === 'sent' || errorClass === 'rate',
  );
  const inARow = delivery.attempts.length - 1 - ended;
  const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** inARow);
  const backoffMs = Math.round(500 + random() * ceiling);
  if (inARow + 1 < QUICK_TRIES) return { status: 'queued', attempt, retryInMs: backoffMs };
  return { status: 'queued', attempt, retryInMs: PARKED_MS + backoffMs, parked: true };
}

function isOver({ createdAt }: Pick<Message, 'createdAt'>, now: number): boolean {
  return now - Date.parse(createdAt) >= GIVE_UP_AFTER_MS;
}
