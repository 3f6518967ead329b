import type { Metric } from '../../base/embedded-metric.ts';
import { ServiceError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { endOfMonth } from '../../base/quota/month.ts';
import type { Destination } from '../destination.ts';
import type { Meter, QuotaName, Quotas } from './meter.ts';

/** The quotas of a month, and which part of them (0 to 1) is kept for messages with high priority. */
export type QuotaPolicy = { quotas: Quotas; reserve: number };

/** What a message waits for, and until when (ISO 8601). */
export type Wait = { for: 'quota'; quota: QuotaName; until: string };

/** Parts of a quota at which the operator is told. */
export const LEVELS = [0.8, 0.95, 1] as const;

/** The monthly quota that a message to this destination counts against. */
export function quotaOf({ kind }: Destination): QuotaName {
  return kind === 'custom-robot' || kind === 'custom-robot-pool' ? 'webhook' : 'api';
}

/** The levels that the last `added` calls reached. */
export function levelsReached(used: number, added: number, quota: number): number[] {
  return LEVELS.filter((level) => used >= quota * level && used - added < quota * level);
}

type HoldDeps = { meter: Pick<Meter, 'used'>; policy: QuotaPolicy; now: () => number };

/**
 * What a message has to wait for; undefined when it may go. The reserve of the month is kept for messages with high
 * priority, which never wait: should the quota be used up, DingTalk says so. Without a reserve nothing waits.
 */
export async function quotaWait(
  { meter, policy: { quotas, reserve }, now }: HoldDeps,
  destination: Destination,
  priority: 'normal' | 'high' | undefined,
): Promise<Wait | undefined> {
  if (priority === 'high' || reserve === 0) return undefined;
  const quota = quotaOf(destination);
  const used = await meter.used(quota);
  return used < quotas[quota] * (1 - reserve) ? undefined : { for: 'quota', quota, until: endOfMonth(now()) };
}

export type CountedDeps = {
  meter: Pick<Meter, 'flush'>;
  policy: Pick<QuotaPolicy, 'quotas'>;
  metric: Metric;
  log: Log;
};

/**
 * Writes the calls that were counted, and tells of each level that they reached: the write that reaches one is the only
 * one that sees it. What could not be written is written with the next calls.
 */
export async function writeCalls({ meter, policy: { quotas }, metric, log }: CountedDeps): Promise<void> {
  try {
    for (const { name, used, added } of await meter.flush()) {
      for (const level of levelsReached(used, added, quotas[name])) {
        log.warn('quota-reached', { quota: name, used, percent: level * 100 });
        metric(level === 1 ? 'QuotaUsedUp' : 'QuotaNear', used, { quota: name });
      }
    }
  } catch (error) {
    log.warn('calls-not-counted', { code: error instanceof ServiceError ? error.code : 'unknown' });
  }
}

/** Does the work of a request, and then writes the calls that it made. */
export function countingCalls<D, A extends unknown[], R>(run: (deps: D, ...rest: A) => Promise<R>) {
  return (deps: D & CountedDeps, ...rest: A): Promise<R> => run(deps, ...rest).finally(() => writeCalls(deps));
}
