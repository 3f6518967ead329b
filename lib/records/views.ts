import { isUsedUp } from '../base/dingtalk-errors.ts';
import { ServiceError } from '../base/errors.ts';
import { pauseAfter, type Trouble } from '../base/trouble.ts';
import type { Noted, Viewed } from './record.ts';

/** A place that shows a record. */
export type View<R, N> = {
  name: string;
  /** Whether it has to be looked at although it shows the newest version. */
  waits?(record: R): boolean;
  /** Shown again it is the same, as where DingTalk knows a call by its id: it is noted with the next note. */
  repeats?: boolean;
  /** Brings it in step, with as few calls as possible, and answers what is to be noted. It may be run again after a crash. */
  show(record: R): Promise<N>;
};

/** The record after its views were brought in step; without `retryInMs` the refusal is final. */
export type InStep<R> = { record: R; behind?: Behind | undefined };
export type Behind = { error: unknown; retryInMs?: number };

/** The worker that holds the record. */
export type Holder<R, N> = {
  now(): number;
  /** Writes what was done and answers the record with it. */
  note(record: R, noted: Noted<N>): Promise<R>;
  /** The same, written with the next note: should the worker die before it, the step is done again. */
  noteLater(record: R, noted: Noted<N>): R;
};

const LONGEST_WAIT_MS = 3_600_000;
/** A view that fails for this long is given up. */
const GIVE_UP_MS = 24 * 3_600_000;

/**
 * Brings the views of a record in step, one after the other; each outcome is written before the next view. One that fails
 * holds up none of the others, unless `mayGoOn` says so.
 */
export async function bringInStep<R extends Viewed, N>(
  holder: Holder<R, N>,
  before: InStep<R>,
  views: readonly View<R, N>[],
  mayGoOn: (record: R) => boolean = () => true,
): Promise<InStep<R>> {
  let outcome = before;
  for (const view of views) {
    const { record, behind } = await bring(holder, outcome.record, view);
    outcome = { record, behind: worse(outcome.behind, behind) };
    if (behind && !mayGoOn(record)) break;
  }
  return outcome;
}

/** Brings one view in step, unless it is. */
async function bring<R extends Viewed, N>(holder: Holder<R, N>, record: R, view: View<R, N>): Promise<InStep<R>> {
  const { name } = view;
  if ((record.reached[name] ?? 0) >= record.version && !view.waits?.(record)) return { record };
  const { [name]: trouble, ...others } = record.troubles ?? {};
  const reached = { ...record.reached, [name]: record.version };
  try {
    const news = await view.show(record);
    const mayWait = view.repeats || Object.keys(Object(news)).length === 0;
    if (mayWait && !trouble) return { record: holder.noteLater(record, { ...news, reached }) };
    return { record: await holder.note(record, { ...news, reached, ...(trouble && { troubles: others }) }) };
  } catch (error) {
    const now = holder.now();
    const next = troubleOf(error, trouble, now);
    const over = !isUsedUp(error) && (!mayPass(error) || now - Date.parse(next.since) >= GIVE_UP_MS);
    const noted = await holder.note(record, { troubles: { ...others, [name]: next }, ...(over && { reached }) });
    return {
      record: noted,
      behind: over ? { error } : { error, retryInMs: waitMs(error, now - Date.parse(next.since)) },
    };
  }
}

/** What a failure is called in a record. */
export function reasonOf(error: unknown): Pick<Trouble, 'code' | 'reason' | 'remedy'> {
  if (!(error instanceof ServiceError)) return { code: 'internal_error', reason: 'something unexpected went wrong' };
  const { code, operation, remedy } = error;
  return { code, reason: `${operation} was refused with ${code}`, ...(remedy !== undefined && { remedy }) };
}

function troubleOf(error: unknown, before: Trouble | undefined, now: number): Trouble {
  return { since: before?.since ?? new Date(now).toISOString(), tries: (before?.tries ?? 0) + 1, ...reasonOf(error) };
}

/** Unexpected errors count as temporary, for example a table that did not answer. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ServiceError) || error.retryable;
}

function waitMs(error: unknown, ageMs: number): number {
  const asked = error instanceof Error && 'waitMs' in error && typeof error.waitMs === 'number' ? error.waitMs : 0;
  return Math.max(asked, pauseAfter(ageMs, LONGEST_WAIT_MS));
}

/** A failure to be retried goes before a final one; of two, the earlier retry. */
function worse(one: Behind | undefined, other: Behind | undefined): Behind | undefined {
  if (!one || !other) return one ?? other;
  if (one.retryInMs === undefined || other.retryInMs === undefined) return one.retryInMs === undefined ? other : one;
  return one.retryInMs <= other.retryInMs ? one : other;
}
