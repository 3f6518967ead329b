import { chunks } from '../base/chunks.ts';
import type { RecordQueue } from './record.ts';

export type DueRecord = { part: string; id: string; dueAt: number };

/** Records whose check is due. */
export type DueChecks<R> = {
  /** Those due until then, and at or after `from` where it is given; since when each is due, oldest first. */
  listDue(until: number, from?: number): Promise<R[]>;
  /** Schedules the next check of a listed record, unless it was rescheduled meanwhile. */
  checked(record: R, dueAt: number): Promise<unknown>;
};

/** Records of all kinds whose check is due. */
export type DueRecords = DueChecks<DueRecord>;

/** When a record is checked again if this check is lost. */
const NEXT_CHECK_MS = 10 * 60_000;
const AT_ONCE = 25;
/** Pages of one run; the next run finds the rest. */
const MOST_PAGES = 40;
/** Pages that are brought forward: all that one may have, whatever it costs. */
const ALL_PAGES = 1_000;

/**
 * Queues the records whose check is due: their time is over, a view is to be retried, or the queue lost a message. It reads
 * the index of due checks, never the whole table. Answers how many they were.
 */
export async function queueDue<R extends { id: string; dueAt: number }>(deps: {
  due: DueChecks<R>;
  records: RecordQueue;
  now: () => number;
}): Promise<number> {
  let queued = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const due = await deps.due.listDue(deps.now());
    for (const some of chunks(due, AT_ONCE)) {
      await Promise.all(
        some.map(async (record) => {
          await deps.records.put(record.id, `check-${record.dueAt}`);
          await deps.due.checked(record, deps.now() + NEXT_CHECK_MS);
        }),
      );
    }
    queued += due.length;
    if (due.length === 0) break;
  }
  return queued;
}

/** Makes what is due until then due now, since what it may wait for is there. A check that comes early finds nothing to do. */
export async function bringForward<R>(due: DueChecks<R>, now: number, until: number): Promise<void> {
  for (let page = 0; page < ALL_PAGES; page += 1) {
    const later = await due.listDue(until, now + 1);
    for (const some of chunks(later, AT_ONCE)) await Promise.all(some.map((record) => due.checked(record, now)));
    if (later.length === 0) break;
  }
}
