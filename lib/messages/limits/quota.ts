import { DingTalkRefusal, type ErrorClass, isMonthUsedUp } from '../../base/dingtalk-errors.ts';
import type { Metric } from '../../base/embedded-metric.ts';
import { ServiceError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { endOfMonth } from '../../base/quota/month.ts';
import { REMEDIES } from '../../base/words/en.ts';
import type { Destination } from '../destination.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Meter, QuotaName, Quotas } from './meter.ts';
import { SKEW_MS } from './pace.ts';

/** The quotas of a month, and which part of them (0 to 1) is kept for messages with high priority. */
export type QuotaPolicy = { quotas: Quotas; reserve: number };

/** What a message waits for, until when (ISO 8601), and when (epoch ms) to look again before that. */
export type Wait = { for: 'quota'; quota: QuotaName; until: string; lookAt?: number };

/** Parts of a quota at which the operator is told. */
export const LEVELS = [0.8, 0.95, 1] as const;

/** The monthly quota that a message to this destination counts against. */
export function quotaOf(destination: Destination): QuotaName {
  return kindOf(destination).quota;
}

/** The levels that the last `added` calls reached. */
export function levelsReached(used: number, added: number, quota: number): number[] {
  return LEVELS.filter((level) => used >= quota * level && used - added < quota * level);
}

type HoldDeps = { meter: Pick<Meter, 'used' | 'goneUntil' | 'probe'>; policy: QuotaPolicy; now: () => number };

/** A month that DingTalk called used up is asked for again this often, by one call. */
const ASK_AGAIN_MS = 3_600_000;
/** So long the others wait for what the one is answered that asks: it may die first, have to wait for its slot, or hear nothing. */
const ANSWERED_WITHIN_MS = 120_000;

/**
 * What a message has to wait for; undefined when it may go. The reserve of the month is kept for messages with high
 * priority, which never wait for it. Without a reserve nothing does. Once DingTalk has said that the month is used up,
 * all wait, and one of them asks once an hour.
 */
export async function quotaWait(
  { meter, policy: { quotas, reserve }, now }: HoldDeps,
  destination: Destination,
  priority: 'normal' | 'high' | undefined,
): Promise<Wait | undefined> {
  const quota = quotaOf(destination);
  const gone = await monthWait({ meter, now }, quota);
  if (gone) return gone;
  if (priority === 'high' || reserve === 0) return undefined;
  const used = await meter.used(quota);
  return used < quotas[quota] * (1 - reserve) ? undefined : { for: 'quota', quota, until: endOfMonth(now()) };
}

/** What a call of this quota waits for since DingTalk said that the month is used up; undefined when it may be made. */
export async function monthWait(
  { meter, now: clock }: Pick<HoldDeps, 'now'> & { meter: Pick<Meter, 'goneUntil' | 'probe'> },
  quota: QuotaName,
): Promise<Wait | undefined> {
  const [until, now] = [await meter.goneUntil(quota), clock()];
  // one further ahead than an hour was written by another clock
  if (until === 0 || until > now + ASK_AGAIN_MS + SKEW_MS) return undefined;
  const next = now + ANSWERED_WITHIN_MS;
  if (until <= now && (await meter.probe(quota, until, next))) return undefined;
  return { for: 'quota', quota, until: endOfMonth(now), lookAt: until > now ? until : next };
}

/** Notes that DingTalk called the month used up; answers what is waited for. */
export async function goneMonth(
  { meter, now }: { meter: Pick<Meter, 'markGone'>; now: () => number },
  quota: QuotaName,
): Promise<Wait> {
  const lookAt = now() + ASK_AGAIN_MS;
  await meter.markGone(quota, lookAt);
  return { for: 'quota', quota, until: endOfMonth(now()), lookAt };
}

type MonthDeps = { meter: Pick<Meter, 'goneUntil' | 'probe' | 'markGone' | 'took'>; now: () => number };

/**
 * Makes a call that counts. Once DingTalk has said that the month is used up, one of all that wait asks once an hour; the
 * others are refused here, as it would refuse them. @throws DingTalkRefusal `month_used_up`, and what the call throws
 */
export async function withinMonth<T>(deps: MonthDeps, quota: QuotaName, call: () => Promise<T>): Promise<T> {
  const wait = await monthWait(deps, quota);
  if (wait) {
    const waitMs = (wait.lookAt ?? deps.now()) - deps.now();
    const said = { code: 'month_used_up', description: 'not asked: it said so before', remedy: REMEDIES.month };
    const kind = { class: 'rate', status: 429, retryable: false, usedUp: 'month' } as const;
    throw new DingTalkRefusal('quota.wait', { ...said, ...kind, waitMs });
  }
  try {
    const answer = await call();
    await deps.meter.took(quota);
    return answer;
  } catch (error) {
    await heard(deps, quota, error);
    throw error;
  }
}

/** Notes what a refusal says of the month. */
export async function heard(deps: MonthDeps, quota: QuotaName, error: unknown): Promise<void> {
  if (isMonthUsedUp(error)) await goneMonth(deps, quota);
  else if (saysMonthGoesOn(error)) await deps.meter.took(quota);
}

/** What is wrong with a call itself is found when the month has room for it; a gateway in trouble says nothing of the month. */
const OF_THE_CALL: readonly ErrorClass[] = ['argument', 'gone', 'moderation'];

export function saysMonthGoesOn(error: unknown): boolean {
  return error instanceof DingTalkRefusal && OF_THE_CALL.includes(error.class);
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
