import { chunks } from '../base/chunks.ts';
import type { RecordQueue } from './record.ts';

export type DueRecord = { part: string; id: string; dueAt: number };

/** Records of all kinds whose check is due. */
export type DueRecords = {
  /** Since when each is due; oldest first. */
  listDue(until: number): Promise<DueRecord[]>;
  /** Schedules the next check of a listed record, unless it was rescheduled meanwhile. */
  checked(record: DueRecord, dueAt: number): Promise<void>;
};

/** When a record is checked again if this check is lost. */
const NEXT_CHECK_MS = 10 * 60_000;
const AT_ONCE = 25;
/** Pages of one run; the next run finds the rest. */
const MOST_PAGES = 40;

/** Queues the records whose check is due: their time is over, a view is to be retried, or the queue lost a message. */
export async function queueDue(deps: { due: DueRecords; records: RecordQueue; now: () => number }): Promise<void> {
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
    if (due.length === 0) break;
  }
}
