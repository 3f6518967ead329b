import { quotaMonth } from '../../base/quota/month.ts';
import { type Counts, QUOTAS, type QuotaName } from './meter.ts';
import { LEVELS, type QuotaPolicy } from './quota.ts';

/** The counters of the month, in which `told#<quota>` is the highest level (%) that the bus has heard of. */
export type ToldLevels = {
  read(): Promise<Counts>;
  told(name: QuotaName, percent: number): Promise<void>;
};

type QuotaEvent = {
  id: string;
  type: 'quota.reached';
  app: string;
  corpId: string;
  occurredAt: string;
  data: Record<string, unknown>;
  /** What others say of themselves here is DingTalk's own JSON, of which this event has none. */
  raw: '';
};

export type TellDeps = {
  levels: ToldLevels;
  policy: Pick<QuotaPolicy, 'quotas'>;
  /** Whose month it is; all apps of the company share it. */
  company: { app: string; corpId: string };
  bus: { publish(event: QuotaEvent): Promise<void> };
  now: () => number;
};

/**
 * Tells the bus of each level that a quota of the month has reached, once: should a run die between the event and its
 * note, the event comes again under the same id.
 */
export async function tellQuota({ levels, policy: { quotas }, company, bus, now }: TellDeps): Promise<void> {
  const at = now();
  const month = quotaMonth(at);
  const counts = await levels.read();
  for (const quota of QUOTAS) {
    const [used, allowed, told] = [counts[quota] ?? 0, quotas[quota], counts[`told#${quota}`] ?? 0];
    const reached = LEVELS.filter((level) => used >= allowed * level).map((level) => Math.round(level * 100));
    for (const percent of reached.filter((each) => each > told)) {
      const data = { quota, percent, used, allowed, month };
      const event = { ...company, id: `quota-${month}-${quota}-${percent}`, occurredAt: new Date(at).toISOString() };
      await bus.publish({ ...event, type: 'quota.reached', data, raw: '' });
      await levels.told(quota, percent);
    }
  }
}
