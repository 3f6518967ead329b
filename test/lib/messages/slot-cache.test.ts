import { expect, test } from 'vitest';
import {
  nextSlot,
  punctualMsOf,
  type SlotLimiter,
  withLateCall,
  withoutCall,
} from '../../../lib/messages/limits/pace.ts';
import { createSlotCache } from '../../../lib/messages/limits/slot-cache.ts';
import fc from '../../support/property.ts';

const pace = { messages: 20, perMs: 64_500 };
const LIMITED = [{ target: 'egress' }, { target: 'robot', pace }];

/** One log that all workers share, as the table is, each with its own clock. */
function sharedLog() {
  const log = { taken: [] as number[], blockedUntil: 0, writes: 0 };
  const limiter = (now: () => number): SlotLimiter => ({
    async take(_, __, following = { more: 0, tookMs: 0 }) {
      if (log.blockedUntil > now()) return { granted: false, retryAt: log.blockedUntil };
      const first = nextSlot(log.taken, pace, now(), following.waitMs);
      if (!first.granted) return first;
      const at = first.taken.at(-1) ?? 0;
      const slot = { target: 'robot', at, punctualMs: punctualMsOf(pace) };
      log.taken = first.taken;
      log.writes += 1;
      const spare = [];
      while (spare.length < Math.min(following.more, Math.floor(slot.punctualMs / Math.max(1, following.tookMs)))) {
        const next = nextSlot(log.taken, pace, at);
        if (!next.granted) break;
        log.taken = next.taken;
        spare.push(slot);
      }
      return { granted: true, slots: [slot], spare };
    },
    async giveBack(slots) {
      log.writes += 1;
      for (const { at } of slots) log.taken = withoutCall(log.taken, at);
    },
    async late({ at }, endedAt) {
      log.writes += 1;
      log.taken = withLateCall(log.taken, at, endedAt);
    },
    async block(_, until) {
      log.blockedUntil = until;
    },
  });
  return { log, limiter };
}

test('DingTalk never sees more than 20 in a minute, whatever batches, clocks, delays and deaths', async () => {
  const batches = fc.array(
    fc.record({
      worker: fc.integer({ min: 0, max: 3 }),
      pass: fc.integer({ min: 0, max: 30_000 }),
      delays: fc.array(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 5_000 })), {
        minLength: 1,
        maxLength: 10,
      }),
      dies: fc.boolean(),
    }),
    { minLength: 10, maxLength: 60 },
  );
  const skews = fc.array(fc.integer({ min: -2000, max: 2000 }), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(batches, skews, async (schedule, skew) => {
      let real = 1_000_000;
      const { log, limiter } = sharedLog();
      const clocks = skew.map((by) => () => real + by);
      const arrivals: number[] = [];
      for (const { worker, pass, delays, dies } of schedule) {
        real += pass;
        const now = clocks[worker]!;
        const cache = createSlotCache(limiter(now), now);
        for (const [index, delay] of delays.entries()) {
          const turn = await cache.take(LIMITED, 'normal', delays.length - index - 1);
          if (!turn.granted) break;
          real += delay;
          arrivals.push(real);
          for (const slot of turn.slots) if (now() - slot.at > slot.punctualMs) await cache.late(slot, now());
        }
        // who dies between two calls keeps slots that nobody uses
        if (!dies) await cache.empty();
        expect(log.taken.length).toBeLessThanOrEqual(20);
      }
      return arrivals.every((time, index) => (arrivals[index + 20] ?? Number.POSITIVE_INFINITY) - time >= 60_000);
    }),
    { numRuns: 500 },
  );
});

test('once it is known how long a message takes, a quick batch of ten takes its slots in one write, a slow one each by itself', async () => {
  const writesOf = async (delay: number) => {
    let now = 1_000_000;
    const { log, limiter } = sharedLog();
    const cache = createSlotCache(
      limiter(() => now),
      () => now,
    );
    const writes = [];
    for (let batch = 0; batch < 2; batch += 1) {
      now += 600_000;
      const before = log.writes;
      for (let left = 9; left >= 0; left -= 1) {
        expect(await cache.take(LIMITED, 'normal', left)).toMatchObject({ granted: true });
        now += delay;
      }
      await cache.empty();
      expect(log.taken).toHaveLength(10 * (batch + 1));
      writes.push(log.writes - before);
    }
    return writes;
  };
  expect(await writesOf(10)).toEqual([2, 1]);
  expect(await writesOf(100)).toEqual([4, 3]);
  expect(await writesOf(1_000)).toEqual([10, 10]);
});

test('where DingTalk turns slow in mid-batch, slots that grew old go back, and a block voids what is left', async () => {
  let now = 1_000_000;
  const { log, limiter } = sharedLog();
  const cache = createSlotCache(
    limiter(() => now),
    () => now,
  );
  await cache.take(LIMITED, 'normal', 9);
  now += 20;
  await cache.take(LIMITED, 'normal', 8);
  expect(log.taken).toHaveLength(10);
  now += 2_000;
  await cache.take(LIMITED, 'normal', 7);
  expect(log.taken).toEqual([1_000_000, 1_000_020, 1_002_020]);
  now += 10;
  await cache.take(LIMITED, 'normal', 6);
  expect(log.taken).toHaveLength(10);
  await cache.block('robot', now + 60_000);
  expect(log.taken).toHaveLength(4);
  expect(await cache.take(LIMITED, 'normal', 5)).toEqual({ granted: false, retryAt: now + 60_000 });
});

test('two groups of a batch that share a robot lose none of the slots that either took', async () => {
  let now = 1_000_000;
  const { log, limiter } = sharedLog();
  const cache = createSlotCache(
    limiter(() => now),
    () => now,
  );
  await cache.take(LIMITED);
  now += 10;
  await cache.take(LIMITED);
  now += 600_000;
  await Promise.all([cache.take(LIMITED, 'normal', 4), cache.take(LIMITED, 'normal', 4)]);
  await cache.empty();
  expect(log.taken.filter((at) => at === now)).toHaveLength(2);
});

test('a block counts at once, for a group too that is just being granted slots', async () => {
  const now = 1_000_000;
  const { log, limiter } = sharedLog();
  const asked = Promise.withResolvers<void>();
  const shared = limiter(() => now);
  const slow: SlotLimiter = {
    ...shared,
    async take(...args) {
      const answer = await shared.take(...args);
      await asked.promise;
      return answer;
    },
  };
  const cache = createSlotCache(slow, () => now);
  const taking = cache.take(LIMITED, 'normal', 4);
  await cache.block('robot', now + 60_000);
  asked.resolve();
  expect(await taking).toEqual({ granted: false, retryAt: now + 60_000 });
  expect(log.taken).toEqual([]);
  // lifted in the table meanwhile: the next batch goes by that
  await cache.empty();
  log.blockedUntil = 0;
  expect(await cache.take(LIMITED)).toMatchObject({ granted: true });
});

test('of those who wait for a slot it goes to who waits longest; with priority at once', async () => {
  let now = 1_000_000;
  const { log, limiter } = sharedLog();
  const worker = () =>
    createSlotCache(
      limiter(() => now),
      () => now,
    );
  log.taken = Array.from({ length: pace.messages }, () => now);
  const free = now + pace.perMs;
  const earliest = async (priority: 'normal' | 'high', waited: number) => {
    const asked = await worker().take(LIMITED, priority, 0, waited);
    return asked.granted ? expect.fail('it is free too early') : asked.retryAt;
  };
  const [last, second, first] = [
    await earliest('normal', 0),
    await earliest('normal', 2_000),
    await earliest('normal', 30_000),
  ];
  expect(last).toBe(free);
  expect(second).toBeLessThan(last);
  expect(first).toBeLessThan(second);
  expect(await earliest('high', 0)).toBeLessThan(first);
  now = first;
  expect(await worker().take(LIMITED, 'normal', 0, 2_000)).toMatchObject({ granted: false });
  expect(await worker().take(LIMITED, 'normal', 0, 30_000)).toMatchObject({ granted: true, slots: [{ at: free }] });
  // what was reserved makes the next one no nearer for others
  log.taken = log.taken.slice(1);
  expect(await worker().take(LIMITED, 'normal', 0, 0)).toEqual({ granted: false, retryAt: free });
});
