import type { Destination } from '../destination.ts';

/** Adds to the count of the month and answers the new count. */
export type MeterStore = { add(name: string, count: number): Promise<number> };

/** A company's monthly quotas of API calls and webhook calls (messaging.md §8.2, §2.5). */
export type Quotas = { api: number; webhook: number };

/** Counts calls; the counts of a batch are written at its end, one write a quota. */
export type Meter = {
  count(name: keyof Quotas): void;
  /** Writes the counts; answers each that changed, and by how much. */
  flush(): Promise<{ name: keyof Quotas; used: number; added: number }[]>;
};

const WARN_AT = 0.8;

/** The monthly quota that a message to this destination counts against; all apps of a company share it. */
export function meterOf({ kind }: Destination): keyof Quotas {
  return kind === 'custom-robot' || kind === 'custom-robot-pool' ? 'webhook' : 'api';
}

/** When a worker crashes, the calls of its batch are not counted. */
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

/** Whether the last `added` calls crossed a warning mark: 80 % of the quota, then each further percent. */
export function isNearQuota(used: number, added: number, quota: number): boolean {
  const first = Math.ceil(quota * WARN_AT);
  const every = Math.max(1, Math.floor(quota / 100));
  const warnings = (calls: number) => (calls < first ? 0 : 1 + Math.floor((calls - first) / every));
  return warnings(used) > warnings(used - added);
}
