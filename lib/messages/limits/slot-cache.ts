import { type Limited, type Slot, type SlotLimiter, WAIT_MS } from './pace.ts';

/** A cached slot is used within this part of its punctual time, so that the call can still end in time ... */
const FRESH = 0.9;
/** ... and slots are taken for this part only, since messages take different times. */
const PLANNED = 0.6;
/** Who has waited for so long may reserve half as far ahead as one may at most. */
const HALF_WAIT_MS = 8_000;

export type SlotCache = Pick<SlotLimiter, 'late' | 'block' | 'giveBack'> & {
  /** As the limiter's; `ahead` is the number of following messages with the same limits, `waited` how long (ms) this one did. */
  take(
    ...asked: [limited: Limited[], priority?: 'normal' | 'high', ahead?: number, waited?: number]
  ): ReturnType<SlotLimiter['take']>;
  /** Returns unused slots; to be called at the end of a batch. */
  empty(): Promise<void>;
};

/** How far ahead a slot may be reserved: the further the longer one has waited, so that all are served in about their order. */
function reachOf(priority: 'normal' | 'high' | undefined, waitedMs = 0): number {
  if (priority === 'high') return WAIT_MS;
  const waited = Math.max(0, waitedMs);
  return Math.round((WAIT_MS * waited) / (waited + HALF_WAIT_MS));
}

/**
 * Caches slots for the messages of a batch: one write takes as many as will be used in time, judged by the duration of the
 * last message. Unused slots are returned.
 */
export function createSlotCache(limiter: SlotLimiter, now: () => number): SlotCache {
  const spare = new Map<string, Slot[]>();
  /** By limit: when a slot was last taken in this batch, and how long the last message took. */
  const asked = new Map<string, number>();
  const took = new Map<string, number>();
  /** Blocks set in this batch: they count at once, also for a grant that is under way; later batches read the table. */
  const blocked = new Map<string, number>();
  const blockedUntil = (limited: Limited[]) => Math.max(...limited.map(({ target }) => blocked.get(target) ?? 0));
  /** By limit: the last who asks. They ask one after the other: they would only take the slots from each other. */
  const asking = new Map<string, Promise<unknown>>();

  async function giveBackSpare(keys: Iterable<string>): Promise<void> {
    for (const key of [...keys]) {
      const slots = spare.get(key) ?? [];
      spare.delete(key);
      if (slots.length > 0) await limiter.giveBack(slots);
    }
  }

  type Taking = Parameters<SlotCache['take']>;

  function inTurn(key: string, ask: () => ReturnType<SlotLimiter['take']>): ReturnType<SlotLimiter['take']> {
    const turn = (asking.get(key) ?? Promise.resolve()).then(ask, ask);
    const settled = turn.catch(() => undefined);
    asking.set(key, settled);
    return turn;
  }

  async function take(key: string, ...[limited, priority, ahead = 0, waited]: Taking): ReturnType<SlotLimiter['take']> {
    if (blockedUntil(limited) > now()) return { granted: false, retryAt: blockedUntil(limited) };
    const before = asked.get(key);
    if (before !== undefined) took.set(key, now() - before);
    asked.set(key, now());
    const [slot, ...rest] = spare.get(key) ?? [];
    if (slot && slot.at <= now() && now() - slot.at <= slot.punctualMs * FRESH) {
      spare.set(key, rest);
      return { granted: true, slots: [slot], spare: [] };
    }
    await giveBackSpare([key]);
    const tookMs = (took.get(key) ?? Number.POSITIVE_INFINITY) / PLANNED;
    const answer = await limiter.take(limited, priority, { more: ahead, tookMs, waitMs: reachOf(priority, waited) });
    if (!answer.granted) return answer;
    if (blockedUntil(limited) > now()) {
      await limiter.giveBack([...answer.slots, ...answer.spare]);
      return { granted: false, retryAt: blockedUntil(limited) };
    }
    // another message group of the batch may have cached some meanwhile
    spare.set(key, [...(spare.get(key) ?? []), ...answer.spare]);
    return answer;
  }

  return {
    take(...asked) {
      const [limited] = asked;
      const key = limited.map(({ target }) => target).join('\n');
      // a robot and each group have limits of their own; what an app may is shared
      const shared = limited.at(-1)?.target ?? key;
      return inTurn(shared, () => take(key, ...asked));
    },

    late: (given, endedAt) => limiter.late(given, endedAt),

    giveBack: (slots) => limiter.giveBack(slots),

    async block(target, until) {
      blocked.set(target, Math.max(until, blocked.get(target) ?? 0));
      await limiter.block(target, until);
      await giveBackSpare([...spare.keys()].filter((key) => key.split('\n').includes(target)));
    },

    async empty() {
      asked.clear();
      asking.clear();
      blocked.clear();
      await giveBackSpare(spare.keys());
    },
  };
}
