import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  type Granted,
  type Limited,
  nextSlot,
  type Pace,
  punctualMsOf,
  SKEW_MS,
  type SlotLimiter,
  type SlotState,
  type SlotWait,
  withLateCall,
  withoutCall,
  withoutFarAhead,
} from '../../messages/limits/pace.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { type Change, changeItem, fromItem, getItems, type Item, toItem } from './item.ts';

const Stored = v.object({
  taken: v.optional(v.array(v.number()), []),
  blockedUntil: v.optional(v.number(), 0),
  /** When the block was written: one that comes from later than now is another clock's mistake. */
  blockedAt: v.optional(v.number(), 0),
  /** Until then the next free slot is kept for a message with priority. */
  keptUntil: v.optional(v.number(), 0),
  version: v.optional(v.number(), 0),
});

const Keyed = v.object({ id: v.string() });

/** Tries to take a slot that other workers want too; then it is an ordinary "later". */
const TRIES = 10;
const KEEP_S = 24 * 3600;
/** A slot is kept for a message with priority this long after it became free. */
const KEPT_MS = 2_000;
/** Who lost all tries comes again within this time. */
const CONTENDED_MS = 1_000;

type Read = Omit<v.InferOutput<typeof Stored>, 'blockedAt'>;
/** `seen`: what was read already. */
type Wanted = { more: number; waitMs: number | undefined; seen: Read };

/** Slots of the sliding log, one item a target; every grant is a compare-and-swap on its version. */
export function createLimitTable(
  client: Dynamodb,
  table: string,
  now: () => number,
  random: () => number,
): SlotLimiter & SlotState {
  const placeOf = (target: string) => ({ TableName: table, Key: toItem({ id: target }) });
  const change = (target: string, set: Record<string, unknown>, condition: Omit<Change, 'set'> = {}) =>
    changeItem(client, placeOf(target), { set: { ...set, ttl: Math.floor(now() / 1000) + KEEP_S }, ...condition });

  function opened(item: Item) {
    const { blockedUntil, blockedAt, ...stored } = fromItem(Stored, item);
    return { ...stored, blockedUntil: blockedAt > now() + SKEW_MS ? 0 : blockedUntil };
  }

  async function read(target: string, ConsistentRead = true) {
    const { Item = {} } = await client.send(new GetItemCommand({ ...placeOf(target), ConsistentRead }));
    return opened(Item);
  }

  /** An eventually consistent read, at half the price: a block seen a call late does no harm. */
  const blockOf = async ({ target }: Limited) => (await read(target, false)).blockedUntil;

  function waitFor({ pace }: Limited, item: Item): SlotWait | undefined {
    const { taken, blockedUntil } = opened(item);
    if (blockedUntil > now()) return { for: 'pause', until: blockedUntil };
    const slot = pace && nextSlot(withoutFarAhead(taken, pace, now()), pace, now());
    return slot && !slot.granted ? { for: 'pace', until: slot.retryAt } : undefined;
  }

  /** Takes one slot, and `more` if they are free at the same moment. */
  async function takeSlots(target: string, pace: Pace, high: boolean, wanted: Wanted): Promise<Granted> {
    const { more, waitMs, seen } = wanted;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const { taken: stored, blockedUntil, keptUntil, version } = attempt === 0 ? seen : await read(target);
      if (blockedUntil > now()) return { granted: false, retryAt: blockedUntil };
      const isKept = keptUntil > now() && keptUntil <= now() + pace.perMs + KEPT_MS + SKEW_MS;
      if (!high && isKept) return { granted: false, retryAt: keptUntil };
      const taken = withoutFarAhead(stored, pace, now());
      const slot = nextSlot(taken, pace, now(), waitMs);
      if (!slot.granted) {
        if (high) await change(target, { keptUntil: slot.retryAt + KEPT_MS });
        return slot;
      }
      const at = slot.taken.at(-1) ?? now();
      let log = slot.taken;
      let spare = 0;
      for (; spare < more; spare += 1) {
        const next = nextSlot(log, pace, at);
        if (!next.granted) break;
        log = next.taken;
      }
      if (await swap(target, log, version, high ? { keptUntil: undefined } : {})) {
        const one = { target, at, punctualMs: punctualMsOf(pace) };
        return { granted: true, slots: [one], spare: Array(spare).fill(one) };
      }
    }
    return { granted: false, retryAt: now() + Math.ceil(random() * CONTENDED_MS) };
  }

  /** Writes a log, if it is still the one that was read. */
  function swap(target: string, taken: number[], version: number, more: Record<string, unknown> = {}) {
    const set = { taken, version: version + 1, ...more };
    if (version === 0) return change(target, set, { when: 'attribute_not_exists(#version)' });
    return change(target, set, { when: '#version = :seen', values: { seen: version } });
  }

  /** Changes the log of a target; tried again when another worker changed it meanwhile. */
  async function revise(target: string, change: (taken: number[]) => number[]): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const { taken, version } = await read(target);
      const changed = change(taken);
      if (changed === taken || (await swap(target, changed, version))) return;
    }
  }

  return {
    async take(limited: Limited[], priority, following = { more: 0, tookMs: 0 }) {
      // Blocks first, so that no slot is taken for a call that is not made. All are read at once.
      const [blocks, paced] = await Promise.all([
        Promise.all(limited.filter(({ pace }) => !pace).map(blockOf)),
        Promise.all(
          limited.flatMap(({ target, pace }) => (pace ? read(target).then((seen) => ({ target, pace, seen })) : [])),
        ),
      ]);
      const blockedUntil = Math.max(0, ...blocks);
      if (blockedUntil > now()) return { granted: false, retryAt: blockedUntil };
      const slots = [];
      const spare = [];
      for (const { target, pace, seen } of paced) {
        const inTime = Math.floor(punctualMsOf(pace) / Math.max(1, following.tookMs));
        const more = paced.length === 1 ? Math.min(following.more, inTime) : 0;
        const granted = await takeSlots(target, pace, priority === 'high', { more, waitMs: following.waitMs, seen });
        if (!granted.granted) return granted;
        slots.push(...granted.slots);
        spare.push(...granted.spare);
      }
      return { granted: true, slots, spare };
    },

    async next(calls) {
      const targets = [...new Set(calls.flat().map(({ target }) => target))];
      const items = await getItems(
        client,
        table,
        targets.map((id) => toItem({ id })),
      );
      const byTarget = new Map(items.map((item) => [fromItem(Keyed, item).id, item]));
      return calls.map((limited) => {
        const waits = limited.flatMap((limit) => waitFor(limit, byTarget.get(limit.target) ?? {}) ?? []);
        return waits.sort((a, b) => b.until - a.until)[0];
      });
    },

    giveBack: (slots) =>
      Promise.all(
        [...Map.groupBy(slots, ({ target }) => target)].map(([target, unused]) =>
          // one that is still ahead stays: for it the log has dropped one that still counts
          revise(target, (taken) =>
            unused.filter(({ at }) => at <= now()).reduce((log, { at }) => withoutCall(log, at), taken),
          ),
        ),
      ).then(() => undefined),

    late: ({ target, at }, endedAt) => revise(target, (taken) => withLateCall(taken, at, endedAt)),

    async block(target, until) {
      const longer = 'attribute_not_exists(#blockedUntil) OR #blockedUntil < :blockedUntil OR #blockedAt > :ahead';
      const values = { ahead: now() + SKEW_MS };
      await change(target, { blockedUntil: until, blockedAt: now() }, { when: longer, values });
    },
  };
}
