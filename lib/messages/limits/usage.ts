import type { Usage } from '../../../contract/answers/usage.ts';
import { hourNow, hourOfMonth, quotaMonth } from '../../base/quota/month.ts';
import { type Counts, type MeterStore, QUOTAS, type QuotaName, type Quotas } from './meter.ts';
import { EGRESS, type SlotState } from './pace.ts';

export type UsageDeps = {
  months: Pick<MeterStore, 'read'>;
  slots: SlotState;
  quotas: Quotas;
  now: () => number;
};

/** What the month's calls came to so far (Beijing time, as DingTalk counts), by act, and a ban of the egress address. */
export async function usageOf({ months, slots, quotas, now }: UsageDeps): Promise<Usage> {
  const [counts, [ban]] = await Promise.all([months.read(), slots.next([[EGRESS]])]);
  const meters = QUOTAS.map((name) => {
    const goneUntil = counts[`gone#${name}`] ?? 0;
    return {
      name,
      used: counts[name] ?? 0,
      unanswered: counts[`${name}#unanswered`] ?? 0,
      quota: quotas[name],
      ...(goneUntil > now() && { goneUntil: new Date(goneUntil).toISOString() }),
      acts: actsOf(counts, name),
    };
  });
  const hours = hoursOf(counts, now());
  return { month: quotaMonth(now()), meters, hours, ...(ban && { bannedUntil: new Date(ban.until).toISOString() }) };
}

/** The calls of each hour of the last day, as far as it is of this month: `hour#17` is the 18th. */
function hoursOf(counts: Counts, now: number) {
  const last = hourNow(now);
  return Array.from({ length: Math.min(24, last + 1) }, (_, ago) => last - ago)
    .reverse()
    .map((hour) => ({ at: new Date(hourOfMonth(now, hour)).toISOString(), calls: counts[`hour#${hour}`] ?? 0 }));
}

/** What took the calls, the most first: `api#default#robot.sendToGroup` is an act of an app. */
function actsOf(counts: Counts, kind: QuotaName) {
  const acts = Object.entries(counts).flatMap(([name, calls]) => {
    const [of, app, act] = name.split('#');
    return of === kind && app !== undefined && act !== undefined ? [{ app, act, calls }] : [];
  });
  return acts.sort((one, other) => other.calls - one.calls);
}
