import * as v from 'valibot';
import { Trouble } from '../base/trouble.ts';

/** Of each view by its name: the version that it shows, and why it is behind. */
export const ViewState = v.object({
  reached: v.record(v.string(), v.number()),
  troubles: v.optional(v.record(v.string(), Trouble)),
});
export type ViewState = v.InferOutput<typeof ViewState>;

/**
 * A record with views, which are the places that show it. Each change is one write on condition of `version`; the views
 * are brought in step afterwards, by one worker at a time.
 */
export type Viewed = ViewState & { id: string; version: number };

/** What a worker noted: of the record's kind, or how far a view is. */
export type Noted<N> = N | Partial<ViewState>;

/** Stores records of one kind. Every write that decides something is conditional. */
export type RecordStore<R, N> = {
  /** Stores a new record, leased to who follows it at once; answers false, and changes nothing, when the id is taken. */
  create(record: R, lease?: Lease): Promise<boolean>;
  get(id: string): Promise<R | undefined>;
  /** Writes the record, without what its workers noted, if its version is still `from`; answers whether it was. */
  put(record: R, from: number): Promise<boolean>;

  /** Leases the following of a record until `until`: answers it, or `busy` while another worker has it. */
  take(id: string, owner: string, until: number): Promise<R | 'busy' | undefined>;
  /** Writes what the worker noted. @throws when another worker has taken the lease */
  note(id: string, owner: string, noted: Noted<N>): Promise<void>;
  /**
   * Ends the lease, with what is still to be noted. If the record was changed meanwhile (its version is no longer that
   * of `next`), the check that the change scheduled stays.
   */
  leave(id: string, owner: string, next: Next, noted?: Noted<N>): Promise<void>;
};

/** The version that was followed, and when the record is checked next; undefined: not at all. */
export type Next = { version: number; dueAt?: number | undefined };

/** Who follows a record, and until when at most (epoch ms). */
export type Lease = { owner: string; until: number };

/** Queues a record to be followed: a record is a group, and a version comes once. */
export type RecordQueue = { put(id: string, version: number | string): Promise<void> };
