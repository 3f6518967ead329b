import type { Metric } from '../base/embedded-metric.ts';
import { ServiceError } from '../base/errors.ts';
import type { FailedList } from '../dingtalk/doors/failed-list.ts';
import type { CallbackQueue, StoredCallback } from './event.ts';

/** Epoch ms; undefined: never. */
export type FailedListTimes = {
  refusedAt(): Promise<number | undefined>;
  askedAt(app: string): Promise<number | undefined>;
  noteAsked(app: string, at: number): Promise<void>;
};

export type FetchMissedDeps = {
  apps: readonly { name: string; failedListMinutes: number; failedList: FailedList }[];
  times: FailedListTimes;
  queue: Pick<CallbackQueue, 'check' | 'putAll'>;
  metric: Metric;
  now: () => number;
};

/** No page is fetched after this time: storing it must end before the function's time is over. */
const ASK_FOR_MS = 20_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** After a failure the list is asked for again this soon: each time is a call, whatever DingTalk answers. */
const AFTER_FAILURE_MS = 15 * MINUTE_MS;

/**
 * Fetches the events that DingTalk could not push, for each app, and queues them like pushes; handle-event drops those
 * that did arrive. Every call is paid for, so the list is asked for as often as the app says only for a day after a door
 * refused something, and else once a day. DingTalk deletes a page when the next one is read (callbacks.md §1.1), so each
 * page is stored first, and none is fetched while the queue cannot be reached.
 */
export async function fetchMissed(deps: FetchMissedDeps): Promise<void> {
  const refusedAt = (await deps.times.refusedAt()) ?? Number.NEGATIVE_INFINITY;
  const isUneasy = deps.now() - refusedAt < DAY_MS;
  const outcomes = await Promise.allSettled(deps.apps.map((app) => fetchIfDue(deps, app, isUneasy)));
  const failed = deps.apps.flatMap(({ name }, index) => {
    const outcome = outcomes[index];
    return outcome?.status === 'rejected' ? [{ name, reason: outcome.reason }] : [];
  });
  const [first] = failed;
  if (!first) return;
  const code = first.reason instanceof ServiceError ? first.reason.code : 'failed_list_unread';
  const operation = `failed list of ${failed.map(({ name }) => name).join(', ')}`;
  throw new ServiceError(operation, { code, retryable: true, cause: first.reason });
}

type App = FetchMissedDeps['apps'][number];

async function fetchIfDue(deps: FetchMissedDeps, app: App, isUneasy: boolean): Promise<void> {
  const { times, now } = deps;
  const periodMs = isUneasy ? app.failedListMinutes * MINUTE_MS : DAY_MS;
  const askedAt = (await times.askedAt(app.name)) ?? Number.NEGATIVE_INFINITY;
  // a time ahead is another clock's
  if (askedAt <= now() && now() - askedAt < periodMs) return;
  await deps.queue.check();
  try {
    await fetchOf(deps, app);
    await times.noteAsked(app.name, now());
  } catch (error) {
    await times.noteAsked(app.name, now() - periodMs + Math.min(periodMs, AFTER_FAILURE_MS));
    throw error;
  }
}

async function fetchOf({ queue, metric, now }: FetchMissedDeps, { name, failedList }: App): Promise<void> {
  const until = now() + ASK_FOR_MS;
  let missed = 0;
  try {
    for (let more = true; more && now() < until; ) {
      if (missed > 0) await queue.check();
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
