/** A company's monthly quotas of API calls and webhook calls (messaging.md §8.2, §2.5); all its apps share them. */
export type Quotas = { api: number; webhook: number };
export type QuotaName = keyof Quotas;

/** One call that DingTalk counts. `answered` is false when it may have arrived and no answer came. */
export type Billed = { app: string; kind: QuotaName; act: string; answered: boolean };

/** Counters of a month, by name. */
export type Counts = Readonly<Record<string, number>>;

/** Keeps the counters of the current month. */
export type MeterStore = {
  /** Adds to the counters in one write; answers the new counts. */
  add(counts: Counts): Promise<Counts>;
  /** With `gone#<quota>`: until when DingTalk is not asked, after it called that quota used up (epoch ms). */
  read(): Promise<Counts>;
  /** Writes that time; with `seen` only if it is still that. Answers whether it was written. 0 ends it. */
  setGone(name: QuotaName, until: number, seen?: number): Promise<boolean>;
};

/** How much of a quota is used, and how much of that the last write added. */
export type Used = { name: QuotaName; used: number; added: number };

/** Counts calls; the counts of a batch are written at its end, in one write. */
export type Meter = {
  count(call: Billed): void;
  /** Writes the counts; answers the quotas that they were part of. */
  flush(): Promise<Used[]>;
  /** How much of a quota is used: as of half a minute ago, and what was counted here since. */
  used(name: QuotaName): Promise<number>;
  /** Until when DingTalk is not asked, since it called the quota used up; 0 when it did not. */
  goneUntil(name: QuotaName): Promise<number>;
  markGone(name: QuotaName, until: number): Promise<void>;
  /** One of all workers may ask again: answers whether it is this one; for the others `next` is the time. */
  probe(name: QuotaName, seen: number, next: number): Promise<boolean>;
  /** DingTalk took a call: the quota is not used up. */
  took(name: QuotaName): Promise<void>;
};

export const QUOTAS = ['api', 'webhook'] as const;
const FRESH_MS = 30_000;

/** The counters that a call adds to: its quota, its app and act, and those without an answer. */
export function countersOf({ app, kind, act, answered }: Billed): string[] {
  return [kind, `${kind}#${app}#${act}`, ...(answered ? [] : [`${kind}#unanswered`])];
}

/** When a worker crashes, the calls of its batch are not counted. */
export function createMeter(store: MeterStore, now: () => number): Meter {
  const counted = new Map<string, number>();
  let known: { at: number; counts: Counts } = { at: Number.NEGATIVE_INFINITY, counts: {} };
  const add = (name: string, count: number) => counted.set(name, (counted.get(name) ?? 0) + count);

  async function fresh(forMs = FRESH_MS): Promise<Counts> {
    if (now() - known.at > forMs) {
      // without the table the last count stands: what is not known holds up no message
      const counts = await store.read().catch(() => known.counts);
      known = { at: now(), counts };
    }
    return known.counts;
  }

  function learn(name: QuotaName, until: number): void {
    known = { at: now(), counts: { ...known.counts, [`gone#${name}`]: until } };
  }

  return {
    count(call) {
      for (const name of countersOf(call)) add(name, 1);
    },

    async flush() {
      const all = Object.fromEntries(counted);
      counted.clear();
      if (Object.keys(all).length === 0) return [];
      const counts = await store.add(all).catch((error: unknown) => {
        for (const [name, count] of Object.entries(all)) add(name, count); // the next batch writes them too
        throw error;
      });
      known = { ...known, counts: { ...known.counts, ...counts } };
      return QUOTAS.flatMap((name) => {
        const added = all[name] ?? 0;
        return added === 0 ? [] : [{ name, added, used: counts[name] ?? added }];
      });
    },

    async used(name) {
      return ((await fresh())[name] ?? 0) + (counted.get(name) ?? 0);
    },

    async goneUntil(name) {
      const until = (await fresh())[`gone#${name}`] ?? 0;
      // before something is held for an hour, it is looked at anew: the operator may have said that it goes on
      return until === 0 ? 0 : ((await fresh(0))[`gone#${name}`] ?? 0);
    },

    async markGone(name, until) {
      learn(name, until);
      await store.setGone(name, until);
    },

    async probe(name, seen, next) {
      learn(name, next);
      return store.setGone(name, next, seen);
    },

    async took(name) {
      if ((known.counts[`gone#${name}`] ?? 0) === 0) return;
      learn(name, 0);
      await store.setGone(name, 0).catch(() => undefined); // the call was made; the next that asks ends it
    },
  };
}
