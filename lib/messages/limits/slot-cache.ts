import type { Limited, Slot, SlotLimiter } from './pace.ts';

/** A slot is used in this part of what counts as punctual, while a call in it may still end in time ... */
const FRESH = 0.9;
/** ... and the last of those taken at once is meant for this part: messages do not all take the same time. */
const PLANNED = 0.6;

export type SlotCache = Pick<SlotLimiter, 'late' | 'block' | 'giveBack'> & {
  /** As the limiter's; `ahead` more messages of the batch go the same way. */
  take(limited: Limited[], priority?: 'normal' | 'high', ahead?: number): ReturnType<SlotLimiter['take']>;
  /** Gives back what is left: to be called when a batch is over. */
  empty(): Promise<void>;
};

/**
 * Slots for the messages of a batch: as many in one write as will be used while they are fresh, judged by how long the
 * message before took. What is not used is given back, so that none is wasted where DingTalk is slow.
 */
export function createSlotCache(limiter: SlotLimiter, now: () => number): SlotCache {
  const spare = new Map<string, Slot[]>();
  /** Of each: when a slot was last asked for in this batch, and how long a message took last. */
  const asked = new Map<string, number>();
  const took = new Map<string, number>();
  /** A block of this batch counts at once, whatever another group is just being granted; after it the table tells. */
  const blocked = new Map<string, number>();
  const blockedUntil = (limited: Limited[]) => Math.max(...limited.map(({ target }) => blocked.get(target) ?? 0));

  async function giveBackSpare(keys: Iterable<string>): Promise<void> {
    for (const key of [...keys]) {
      const slots = spare.get(key) ?? [];
      spare.delete(key);
      if (slots.length > 0) await limiter.giveBack(slots);
    }
  }

  return {
    async take(limited, priority, ahead = 0) {
      if (blockedUntil(limited) > now()) return { granted: false, retryAt: blockedUntil(limited) };
      const key = limited.map(({ target }) => target).join('\n');
      const before = asked.get(key);
      if (before !== undefined) took.set(key, now() - before);
      asked.set(key, now());
      const [slot, ...rest] = spare.get(key) ?? [];
      if (slot && now() - slot.at <= slot.punctualMs * FRESH) {
        spare.set(key, rest);
        return { granted: true, slots: [slot], spare: [] };
      }
      await giveBackSpare([key]);
      const tookMs = (took.get(key) ?? Number.POSITIVE_INFINITY) / PLANNED;
      const answer = await limiter.take(limited, priority, { more: ahead, tookMs });
      if (!answer.granted) return answer;
      if (blockedUntil(limited) > now()) {
        await limiter.giveBack([...answer.slots, ...answer.spare]);
        return { granted: false, retryAt: blockedUntil(limited) };
      }
      // another group of the batch may have taken some meanwhile
      spare.set(key, [...(spare.get(key) ?? []), ...answer.spare]);
      return answer;
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
      blocked.clear();
      await giveBackSpare(spare.keys());
    },
  };
}
