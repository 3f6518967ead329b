import type { SQSRecord } from 'aws-lambda';

/** Keeps records invisible for so long (ms) from now; 0 gives them back at once. */
export type Hide = (receiptHandles: readonly string[], ms: number) => Promise<void>;

const BEATS = 4;
/** A worker that may run for longer than this begins with a beat: its queue hides records for as long as it may run. */
const LONG_WORK_MS = 60_000;

/**
 * Keeps the records of a batch hidden for a short while at a time: they come back that soon when their worker dies. A
 * beat that fails is made up for by the next ones. What is given back is held no longer. `atOnce`: the first beat comes before
 * the work, since that may end its worker at once.
 */
export async function holdRecords(
  hide: Hide,
  records: readonly SQSRecord[],
  { holdMs, timeLeftMs, atOnce }: { holdMs: number; timeLeftMs: number; atOnce: boolean },
) {
  const held = new Set(records.map(({ receiptHandle }) => receiptHandle));
  let beating: Promise<void> = Promise.resolve();
  const beat = () => {
    if (held.size > 0) beating = hide([...held], holdMs).catch(() => undefined);
    return beating;
  };
  if (atOnce || timeLeftMs > LONG_WORK_MS) await beat();
  const timer = setInterval(beat, holdMs / BEATS);
  return {
    /** A record that cannot be given back comes back by itself when its hold ends. */
    async giveBack(some: readonly SQSRecord[], ms: number): Promise<void> {
      for (const { receiptHandle } of some) held.delete(receiptHandle);
      await beating; // it may hold them once more
      const handles = some.map(({ receiptHandle }) => receiptHandle);
      if (handles.length > 0) await hide(handles, ms).catch(() => undefined);
    },
    stop: () => clearInterval(timer),
  };
}
