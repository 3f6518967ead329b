import type { Metric } from '../../base/embedded-metric.ts';
import { isNearQuota, type Meter, type Quotas } from '../limits/meter.ts';
import type { SlotCache } from '../limits/slot-cache.ts';

export type EndBatchDeps = {
  limiter: Pick<SlotCache, 'empty'>;
  meter: Meter;
  counts: { flush(): void };
  quotas: Quotas;
  metric: Metric;
};

/** Ends a batch: writes its metrics, returns unused slots, and adds its calls to the monthly counts. */
export async function endBatch({ limiter, meter, counts: ofBatch, quotas, metric }: EndBatchDeps): Promise<void> {
  ofBatch.flush();
  const [counts, emptied] = await Promise.allSettled([meter.flush(), limiter.empty()]);
  if (counts.status === 'rejected') throw counts.reason;
  if (emptied.status === 'rejected') throw emptied.reason;
  for (const { name, used, added } of counts.value) {
    if (isNearQuota(used, added, quotas[name])) metric('QuotaNear', used, { quota: name });
  }
}
