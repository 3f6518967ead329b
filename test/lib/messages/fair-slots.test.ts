import { afterEach, expect, test, vi } from 'vitest';
import { slotFor } from '../../../lib/messages/deliver/slot.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { nextSlot, type Pace, type SlotLimiter } from '../../../lib/messages/limits/pace.ts';
import { createSlotCache } from '../../../lib/messages/limits/slot-cache.ts';
import { delivery } from '../../support/messages.ts';

afterEach(() => vi.useRealTimers());

/** By the test's own clock. */
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const [DESTINATIONS, EACH, WORKERS, BATCH] = [50, 20, 5, 10];
/** What asking for a slot and making a call take, and from when on nothing is left to be done (ms). */
const [ASKING_MS, CALLING_MS, OVER_MS] = [25, 130, 120_000];

/** A log of slots that all share, as the table is. */
function shared(): SlotLimiter {
  const logs = new Map<string, number[]>();
  return {
    async take(limited, _, { waitMs } = { more: 0, tookMs: 0 }) {
      await sleep(ASKING_MS);
      const { target, pace } = limited.find((one): one is { target: string; pace: Pace } => one.pace !== undefined)!;
      const next = nextSlot(logs.get(target) ?? [], pace, Date.now(), waitMs);
      if (!next.granted) return next;
      logs.set(target, next.taken);
      return { granted: true, slots: [{ target, at: next.taken.at(-1) ?? 0, punctualMs: 500 }], spare: [] };
    },
    giveBack: async () => undefined,
    late: async () => undefined,
    block: async () => undefined,
  };
}

test('fifty destinations that share the limit of an app are served evenly, and as fast as it allows', async () => {
  vi.useFakeTimers();
  const limiter = shared();
  const began = Date.now();
  const lanes = Array.from({ length: DESTINATIONS }, (_, n) => {
    const destination: Destination = { kind: 'robot-group', openConversationId: `cid${n}` };
    return { destination, sent: [] as number[], locked: false, since: undefined as number | undefined };
  });
  const isOpen = ({ locked, sent }: (typeof lanes)[number]) => !locked && sent.length < EACH;

  /** The first message of a lane, as its queue hands it out until it is sent. */
  async function work(lane: (typeof lanes)[number], deps: Omit<Parameters<typeof slotFor>[0], 'since'>) {
    lane.since ??= Date.now();
    const turn = await slotFor({ ...deps, since: lane.since }, lane.destination, delivery(), 'normal');
    if ('waitMs' in turn) {
      // SQS counts whole seconds
      void sleep(Math.ceil(turn.waitMs / 1_000) * 1_000).then(() => void Object.assign(lane, { locked: false }));
      return [];
    }
    await sleep(CALLING_MS);
    lane.sent.push(Date.now());
    lane.since = undefined;
    return [lane];
  }

  async function worker() {
    const cache = createSlotCache(limiter, Date.now);
    const deps = { limiter: cache, ahead: 0, now: Date.now, sleep: (ms: number) => sleep(ms) };
    while (lanes.some(({ sent }) => sent.length < EACH)) {
      const batch = lanes.filter(isOpen).slice(0, BATCH);
      for (const lane of batch) lane.locked = true;
      const done = await Promise.all(batch.map((lane) => work(lane, deps)));
      for (const lane of done.flat()) lane.locked = false;
      await sleep(20);
    }
  }
  const workers = Array.from({ length: WORKERS }, (_, n) => sleep(7 * n).then(worker));
  await vi.advanceTimersByTimeAsync(OVER_MS);
  await Promise.all(workers);
  const first = Math.min(...lanes.map(({ sent }) => sent.at(-1) ?? 0));
  const behind = lanes.map(({ sent }) => EACH - sent.filter((at) => at <= first).length);
  expect(Math.max(...behind)).toBeLessThanOrEqual(1);
  const last = Math.max(...lanes.map(({ sent }) => sent.at(-1) ?? 0));
  expect(last - began).toBeLessThan(((DESTINATIONS * EACH) / 20) * 1_500 * 1.03);
});
