import { type CountedDeps, writeCalls } from '../limits/quota.ts';
import type { SlotCache } from '../limits/slot-cache.ts';

export type EndBatchDeps = CountedDeps & { limiter: Pick<SlotCache, 'empty'>; counts: { flush(): void } };

/** Ends a batch: writes its metrics, returns unused slots, and adds its calls to the monthly counts. */
export async function endBatch(deps: EndBatchDeps): Promise<void> {
  deps.counts.flush();
  const [, emptied] = await Promise.allSettled([writeCalls(deps), deps.limiter.empty()]);
  if (emptied.status === 'rejected') throw emptied.reason;
}
