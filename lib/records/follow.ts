import { ifReadable } from '../base/errors.ts';
import type { Lease, Noted, RecordStore, Viewed } from './record.ts';
import type { Holder, InStep } from './views.ts';

export type FollowOutcome<R> = InStep<R> | { busy: true } | { missing: true };

/** What following a kind of records takes. */
export type Kind<R, N> = {
  store: Pick<RecordStore<R, N>, 'take' | 'note' | 'leave'>;
  now(): number;
  randomId(): string;
  /** The record with what was noted of it. */
  withNote(record: R, noted: Noted<N>): R;
  /** Does what is due and brings the views in step. */
  work(holder: Holder<R, N>, record: R): Promise<InStep<R>>;
  /** When the record has to be looked at again without a change (epoch ms). */
  checks(record: R): (number | undefined)[];
};

/** Longer than the timeout of any function that follows records. */
const LEASE_MS = 75_000;
/** Another worker follows the record at this moment. */
const BUSY_MS = 2_000;
/** What waits for longer leaves the queue, where it would hold up what is said of its record next: its check brings it back. */
const LONGEST_IN_QUEUE_MS = 60_000;

/**
 * Follows a record: one worker at a time does what is due and brings its views in step. Each step is written before the
 * next one, and may be repeated. What is still to be done comes back by the record's next check. `held`: a record that
 * this worker has the lease of.
 */
export async function followRecord<R extends Viewed, N>(
  kind: Kind<R, N>,
  id: string,
  held?: { record: R; owner: string },
): Promise<FollowOutcome<R>> {
  const { store, now } = kind;
  const lease = leaseOf(kind);
  const owner = held?.owner ?? lease.owner;
  const taken = held?.record ?? (await store.take(id, owner, lease.until).catch(ifReadable));
  if (taken === undefined) return { missing: true };
  if (taken === 'busy') return { busy: true };
  let unwritten: Noted<N> | undefined;
  const note = async (record: R, noted: Noted<N>) => {
    await store.note(record.id, owner, { ...unwritten, ...noted });
    unwritten = undefined;
    return kind.withNote(record, noted);
  };
  const noteLater = (record: R, noted: Noted<N>) => {
    unwritten = { ...unwritten, ...noted };
    return kind.withNote(record, noted);
  };
  const { record, behind } = await kind.work({ now, note, noteLater }, taken);
  const retryAt = behind?.retryInMs === undefined ? undefined : now() + behind.retryInMs;
  const checks = [retryAt, ...kind.checks(record)].filter((at) => at !== undefined);
  const dueAt = checks.length > 0 ? Math.min(...checks) : undefined;
  await store.leave(id, owner, { version: record.version, dueAt }, unwritten);
  return behind ? { record, behind } : { record };
}

/** The lease of a new worker on a record. */
export function leaseOf({ now, randomId }: Pick<Kind<unknown, unknown>, 'now' | 'randomId'>): Lease {
  return { owner: randomId(), until: now() + LEASE_MS };
}

/** When a record of the queue is to come back; undefined: it is done with. */
export function comesBack<R>(outcome: FollowOutcome<R>): { retryInMs: number } | undefined {
  if ('missing' in outcome) return undefined;
  if ('busy' in outcome) return { retryInMs: BUSY_MS };
  const retryInMs = outcome.behind?.retryInMs;
  return retryInMs === undefined || retryInMs > LONGEST_IN_QUEUE_MS ? undefined : { retryInMs };
}
