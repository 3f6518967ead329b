import type { Destination } from '../destination.ts';

/** Adds to a month's count; answers what it is then. */
export type MeterStore = { add(name: string, count: number): Promise<number> };

/** What a company may call a month: the API's calls, and those of webhooks (messaging.md §8.2, §2.5). */
export type Quotas = { api: number; webhook: number };

/** Counts calls; what a batch made is written at its end, in one write a quota. */
export type Meter = {
  count(name: keyof Quotas): void;
  /** Writes what was counted; answers each count that changed, and by how much. */
  flush(): Promise<{ name: keyof Quotas; used: number; added: number }[]>;
};

const WARN_AT = 0.8;

/** Which monthly quota a message to this destination counts against: the company's, whatever the app. */
export function meterOf({ kind }: Destination): keyof Quotas {
  return kind === 'custom-robot' || kind === 'custom-robot-pool' ? 'webhook' : 'api';
}

/** A worker that dies has made calls that nobody counted: those of its batch. */
export function createMeter(store: MeterStore): Meter {
  const counted = new Map<keyof Quotas, number>();
  const add = (name: keyof Quotas, count: number) => counted.set(name, (counted.get(name) ?? 0) + count);
  return {
    count: (name) => void add(name, 1),
    async flush() {
      const all = [...counted];
      counted.clear();
      return Promise.all(
        all.map(async ([name, added]) => {
          const used = await store.add(name, added).catch((error: unknown) => {
            add(name, added); // the next batch writes them too
            throw error;
          });
          return { name, added, used };
        }),
      );
    },
  };
}

/** Whether a call to warn at is among the `added` last: the first over 80 %, then one in every hundredth of the quota. */
export function isNearQuota(used: number, added: number, quota: number): boolean {
  const first = Math.ceil(quota * WARN_AT);
  const every = Math.max(1, Math.floor(quota / 100));
  const warnings = (calls: number) => (calls < first ? 0 : 1 + Math.floor((calls - first) / every));
  return warnings(used) > warnings(used - added);
}
