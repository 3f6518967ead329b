import { ServiceError } from '../base/errors.ts';
import type { RecordQueue, RecordStore } from './record.ts';

/** What a pure change makes of a record: `same` when there is nothing to do, for example after a second tap. */
export type Change<R, Refusal> = { record: R } | { same: true } | { refused: Refusal };

/** What became of it: with the record as it is now. */
export type Changed<R, Refusal> = { record: R; same: boolean } | { record: R; refused: Refusal } | { missing: true };

export type ChangeDeps<R, N> = { store: Pick<RecordStore<R, N>, 'get' | 'put'>; queue: RecordQueue };

const TRIES = 60;

/**
 * Changes a record. Each write is conditional on the version that was read, and the change is made anew on the newer record
 * if another came first, so concurrent changes are never lost.
 * @throws ServiceError `<kind>_busy` after too many of them
 */
export async function changeRecord<R extends { version: number }, N, Refusal>(
  { store, kind }: { store: Pick<RecordStore<R, N>, 'get' | 'put'>; kind: string },
  id: string,
  change: (before: R) => Change<R, Refusal>,
): Promise<Changed<R, Refusal>> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await store.get(id);
    if (!before) return { missing: true };
    const after = change(before);
    if ('refused' in after) return { record: before, refused: after.refused };
    if ('same' in after) return { record: before, same: true };
    if (await store.put(after.record, before.version)) return { record: after.record, same: false };
  }
  throw new ServiceError(`${kind}s.change`, { code: `${kind}_busy`, retryable: true });
}

/**
 * Queues a record that was changed to be followed. If the queue is down, the check that is scheduled with each write
 * follows the record instead.
 */
export async function queueChanged<R extends { id: string; version: number }, Refusal>(
  queue: RecordQueue,
  changed: Changed<R, Refusal>,
): Promise<void> {
  if (!('same' in changed) || changed.same) return;
  const { id, version } = changed.record;
  await queue.put(id, version).catch(() => undefined); // the port has logged it
}
