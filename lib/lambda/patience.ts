import type { SQSRecord } from 'aws-lambda';
import * as v from 'valibot';
import { isUsedUp } from '../base/dingtalk-errors.ts';
import { ServiceError } from '../base/errors.ts';
import { pauseAfter } from '../base/trouble.ts';

const LONGEST_PAUSE_MS = 10 * 60_000;
/** After so long a record goes to the dead letters, which keep it for longer than its queue does (4 days). */
export const PATIENCE_MS = 3.5 * 24 * 3_600_000;
/** What looks like a bug is tried so many times: the table or the answer behind it may have been half-way. */
const TRIES_OF_A_BUG = 3;
/** Until the function can start: within a minute, at first. */
const START_PAUSE_MS = 40_000;

/** How often a record was received, this time included, and how long (ms) ago it was queued. */
export function historyOf({ attributes }: SQSRecord, now: number): { receives: number; ageMs: number } {
  const { ApproximateReceiveCount, SentTimestamp } = attributes;
  return { receives: Number(ApproximateReceiveCount) || 1, ageMs: Math.max(0, now - (Number(SentTimestamp) || now)) };
}

/** How long to leave a record that could not be worked on; not all come back at the same moment. */
export function pauseFor(ageMs: number, random: () => number): number {
  return Math.round(pauseAfter(ageMs, LONGEST_PAUSE_MS) * (0.5 + random() / 2));
}

/** The same when the function could not even start, for example without its secret. */
export function startPauseFor(ageMs: number, random: () => number): number {
  return ageMs < 3_600_000 ? Math.round(START_PAUSE_MS * (0.5 + random() / 2)) : pauseFor(ageMs, random);
}

/** What AWS says of a request that will never be a right one. Anything else, such as a missing grant, is for an operator to mend. */
const WRONG_REQUESTS = ['ValidationException', 'SerializationException'];

/**
 * Whether a record is given up: it breaks its worker whatever the surroundings do, or it waited for days. What may pass
 * is decided by the kind of the error: an outage, a missing grant and a busy table pass; a bug and a refusal do not.
 */
export function isGivenUp(error: unknown, { receives, ageMs }: { receives: number; ageMs: number }): boolean {
  if (ageMs >= PATIENCE_MS) return true;
  if (isUsedUp(error)) return false;
  if (error instanceof ServiceError) return !error.retryable;
  if (error instanceof Error && '$metadata' in error && !WRONG_REQUESTS.includes(error.name)) return false;
  return receives >= TRIES_OF_A_BUG;
}

/** Whether a body is nothing that its queue carries: no try will change that. */
export class BrokenBody extends ServiceError {
  override readonly name = 'BrokenBody';
}

/** @throws BrokenBody */
export function parseBody<S extends v.GenericSchema>(schema: S, body: string): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(body));
  } catch (cause) {
    throw new BrokenBody('queue.parse', { code: 'broken_record', retryable: false, cause });
  }
}
