import type { Metric } from '../base/embedded-metric.ts';
import { ServiceError } from '../base/errors.ts';
import type { FailedList } from '../dingtalk/doors/failed-list.ts';
import type { CallbackQueue, StoredCallback } from './event.ts';

export type FetchMissedDeps = {
  apps: readonly { name: string; failedListMinutes: number; failedList: FailedList }[];
  queue: Pick<CallbackQueue, 'check' | 'putAll'>;
  metric: Metric;
  now: () => number;
};

/** The interval of the schedule in serverless.yml. */
const RUN_MINUTES = 5;
/** No page is fetched after this time: storing it must end before the function's time is over. */
const ASK_FOR_MS = 20_000;

/**
 * Fetches the events that DingTalk could not push, for each app, and queues them like pushes; handle-event drops those
 * that did arrive. DingTalk deletes a page when the next one is read (callbacks.md §1.1), so each page is stored first,
 * and none is fetched while the queue cannot be reached.
 */
export async function fetchMissed(deps: FetchMissedDeps): Promise<void> {
  const run = Math.floor(deps.now() / (RUN_MINUTES * 60_000));
  const due = deps.apps.filter(({ failedListMinutes }) => run % Math.round(failedListMinutes / RUN_MINUTES) === 0);
  const outcomes = await Promise.allSettled(due.map((app) => fetchOf(deps, app)));
  const failed = due.flatMap(({ name }, index) => {
    const outcome = outcomes[index];
    return outcome?.status === 'rejected' ? [{ name, reason: outcome.reason }] : [];
  });
  const [first] = failed;
  if (!first) return;
  const code = first.reason instanceof ServiceError ? first.reason.code : 'failed_list_unread';
  const operation = `failed list of ${failed.map(({ name }) => name).join(', ')}`;
  throw new ServiceError(operation, { code, retryable: true, cause: first.reason });
}

async function fetchOf(
  { queue, metric, now }: FetchMissedDeps,
  { name, failedList }: FetchMissedDeps['apps'][number],
): Promise<void> {
  const until = now() + ASK_FOR_MS;
  let missed = 0;
  try {
    for (let more = true; more && now() < until; ) {
      await queue.check();
      const { entries, hasMore } = await failedList.next();
      const receivedAt = new Date(now()).toISOString();
      await queue.putAll(entries.map((entry) => stored(name, receivedAt, entry)));
      missed += entries.length;
      more = hasMore && entries.length > 0;
    }
  } finally {
    // a metric that is always 0 costs as much as any
    if (missed > 0) metric('MissedCallbacks', missed, { app: name });
  }
}

function stored(app: string, receivedAt: string, entry: Record<string, unknown>): StoredCallback {
  return { door: 'failed-list', app, receivedAt, stamp: '', payload: JSON.stringify(entry) };
}
