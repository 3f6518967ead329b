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

/** How often the schedule in serverless.yml comes by. */
const RUN_MINUTES = 5;
/** No page is asked for after that: keeping it may take its time, and must be over before the function is. */
const ASK_FOR_MS = 20_000;

/**
 * Fetches what DingTalk could not push, for each app, and puts it where pushes go: handle-event knows what did arrive.
 * Reading clears: each page is kept before the next is asked for, and none is asked for while it could not be kept,
 * since the next run's first question would clear it (callbacks.md §1.1).
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
    metric('MissedCallbacks', missed, { app: name });
  }
}

function stored(app: string, receivedAt: string, entry: Record<string, unknown>): StoredCallback {
  return { door: 'failed-list', app, receivedAt, stamp: '', payload: JSON.stringify(entry) };
}
