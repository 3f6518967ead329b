import { DingTalkRefusal, DingTalkUnreachable } from '../../base/dingtalk-errors.ts';
import { ServiceError } from '../../base/errors.ts';
import { pauseAfter } from '../../base/trouble.ts';
import { REASONS } from '../../base/words/en.ts';
import type { Attempt, Delivery, DeliveryStatus, Message } from '../message.ts';

const FIRST_BACKOFF_MS = 2_000;
const LONGEST_BACKOFF_MS = 10_000;
const LONGEST_PARKED_MS = 15 * 60_000;
const THROTTLE_WAIT_MS = 60_000;
/** After this many quick tries in a row a message is parked, so that the next messages are sent. */
const QUICK_TRIES = 3;
const PARKED_MS = 60_000;
/** DingTalk says that our clock is wrong. Then no time that this worker tells means anything, and all messages fail alike. */
const CLOCK_WRONG = '310000.timestamp';
/** A message is tried for this long; then it fails. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;

export type Verdict = {
  status: DeliveryStatus;
  attempt: Attempt;
  /** Set when the message is tried again. */
  retryInMs?: number;
  /** Set with it when only this message keeps failing: it leaves the queue until then, so that the next ones are sent. */
  parked?: true;
  /** Set when DingTalk asked for a pause: nothing is sent to this target before it ends. */
  blockMs?: number;
  /** Set when the month is used up: the message is held until DingTalk takes calls again. */
  monthGone?: true;
  possibleDuplicate?: boolean;
};

type Circumstances = {
  message: Pick<Message, 'delivery' | 'createdAt' | 'sendAt'>;
  delivery: Pick<Delivery, 'attempts'>;
  /** DingTalk recognises a repeat of the same message by its key and shows it once (only /robot/send). */
  repeatShowsOnce: boolean;
  /** How long to pause after a "too fast" answer, when the destination sets it. */
  penaltyMs?: number | undefined;
  now: number;
  random: () => number;
};

/**
 * Decides what a failed try means, by the class of DingTalk's code and never by the HTTP status. Any other error is thrown
 * on: it is a bug, and bugs are handled by the queue's redrive.
 */
export function verdictOn(error: unknown, circumstances: Circumstances): Verdict {
  if (!(error instanceof ServiceError)) throw error;
  const at = new Date(circumstances.now).toISOString();
  if (error instanceof DingTalkRefusal) return refused(error, at, circumstances);
  const { code, operation, remedy } = error;
  if (error instanceof DingTalkUnreachable) {
    if (error.arrived !== 'no') {
      return unanswered({ at, outcome: 'no-answer', code, reason: REASONS.noAnswer }, circumstances);
    }
    const reason = REASONS.unreached;
    return again({ at, outcome: 'failed', code, reason }, circumstances);
  }
  const reason = REASONS.failedBefore(operation);
  const attempt: Attempt = { at, outcome: 'failed', code, reason, ...(remedy !== undefined && { remedy }) };
  return error.retryable ? again(attempt, circumstances) : { status: 'failed', attempt };
}

function refused(error: DingTalkRefusal, at: string, circumstances: Circumstances): Verdict {
  const { code, class: errorClass, description: reason, remedy } = error;
  const why = { code, class: errorClass, reason, ...(remedy !== undefined && { remedy }) };
  const attempt: Attempt = { at, outcome: 'refused', ...why };
  switch (errorClass) {
    case 'rate': {
      if (error.usedUp === 'month') return { status: 'queued', attempt, monthGone: true };
      const waitMs = error.waitMs ?? THROTTLE_WAIT_MS;
      return throttled(attempt, code === 'ip_ban' ? waitMs : (circumstances.penaltyMs ?? waitMs), circumstances);
    }
    case 'transient':
    case 'unknown':
      return unanswered(attempt, circumstances);
    case 'token':
      // The token was renewed again between this renewal and the call; nothing was sent.
      return again(attempt, circumstances);
    default:
      return { status: 'failed', attempt };
  }
}

/** The message may have arrived: repeat it where DingTalk shows it once, else do as the caller chose. */
function unanswered(attempt: Attempt, circumstances: Circumstances): Verdict {
  if (circumstances.repeatShowsOnce) return again(attempt, circumstances);
  if (circumstances.message.delivery === 'at-most-once') return { status: 'unknown', attempt };
  return { ...again(attempt, circumstances), possibleDuplicate: true };
}

/** All messages for that target wait, in their order: a throttled message is not parked. */
function throttled(attempt: Attempt, blockMs: number, { message, now, random }: Circumstances): Verdict {
  if (isOver(message, now)) return { status: 'failed', attempt };
  return { status: 'queued', attempt, retryInMs: Math.round(blockMs + random() * 1_000), blockMs };
}

/** Full jitter: a time between (nearly) nothing and a ceiling that doubles; parked, with a pause that grows with the trouble. */
function again(attempt: Attempt, { message, delivery, now, random }: Circumstances): Verdict {
  const isTimeless = attempt.code === CLOCK_WRONG;
  if (!isTimeless && isOver(message, now)) return { status: 'failed', attempt };
  const ended = delivery.attempts.findLastIndex(
    ({ outcome, class: errorClass }) => outcome === 'sent' || errorClass === 'rate',
  );
  const inARow = delivery.attempts.length - 1 - ended;
  const ceiling = Math.min(isTimeless ? LONGEST_PARKED_MS : LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** inARow);
  const backoffMs = Math.round(500 + random() * ceiling);
  if (isTimeless || inARow + 1 < QUICK_TRIES) return { status: 'queued', attempt, retryInMs: backoffMs };
  const since = delivery.attempts[ended + 1];
  const ageMs = since ? now - Date.parse(since.at) : 0;
  const parkedMs = Math.max(PARKED_MS, pauseAfter(ageMs, LONGEST_PARKED_MS));
  return { status: 'queued', attempt, retryInMs: parkedMs + backoffMs, parked: true };
}

function isOver({ createdAt, sendAt = createdAt }: Pick<Message, 'createdAt' | 'sendAt'>, now: number): boolean {
  return now - Math.max(Date.parse(createdAt), Date.parse(sendAt)) >= GIVE_UP_AFTER_MS;
}
