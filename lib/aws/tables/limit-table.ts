import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  type Following,
  type Granted,
  type Limited,
  nextSlot,
  type Pace,
  punctualMsOf,
  SKEW_MS,
  type Slot,
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
type Paced = Required<Limited>;
type Asked = { high: boolean; following: Following };
/** `seen`: what was read already. */
type Wanted = { high: boolean; more: number; waitMs: number | undefined; seen: Read | undefined };
/** What is known of a target's item; `isOurs`: nobody else wrote it between two of our grants, so that it is not read again. */
type Known = Read & { isOurs: boolean };

/** So many targets are remembered. */
const MOST_KNOWN = 1_000;

/**
 * Slots of the sliding log, one item a target; every grant is a compare-and-swap on its version, which each change of what a
 * grant depends on counts up. A worker that is alone with a target takes a slot in one write, without reading it first.
 */
export function createLimitTable(
  client: Dynamodb,
  table: string,
  now: () => number,
  random: () => number,
): SlotLimiter & SlotState {
  const placeOf = (target: string) => ({ TableName: table, Key: toItem({ id: target }) });
  const known = new Map<string, Known>();
  const change = (target: string, set: Record<string, unknown>, condition: Omit<Change, 'set'> = {}) =>
    changeItem(client, placeOf(target), { set: { ...set, ttl: Math.floor(now() / 1000) + KEEP_S }, ...condition });
  /** A change beside the log, which a grant by what it knew before must not pass by. */
  function changeBeside(target: string, set: Record<string, unknown>, condition: Omit<Change, 'set'> = {}) {
    known.delete(target);
    return change(target, set, { ...condition, add: { version: 1 } });
  }

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

  /** Takes a slot of each, by what was read of it or is remembered. */
  async function takeEach(paced: Paced[], { high, following }: Asked, read: Read[] = []): Promise<Granted> {
    const slots: Slot[] = [];
    const spare: Slot[] = [];
    for (const [index, { target, pace }] of paced.entries()) {
      const inTime = Math.floor(punctualMsOf(pace) / Math.max(1, following.tookMs));
      const more = paced.length === 1 ? Math.min(following.more, inTime) : 0;
      const wanted = { high, more, waitMs: following.waitMs, seen: read[index] };
      const granted = await takeSlots({ target, pace }, wanted);
      if (!granted.granted) return granted;
      slots.push(...granted.slots);
      spare.push(...granted.spare);
    }
    return { granted: true, slots, spare };
  }

  /** Takes one slot, and `more` if they are free at the same moment. */
  async function takeSlots({ target, pace }: Paced, { high, more, waitMs, seen: first }: Wanted): Promise<Granted> {
    let seen = first ?? remembered(target);
    let isRead = first !== undefined;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      if (!seen) [seen, isRead] = [await read(target), true];
      const next = nextOf(seen, pace, high, waitMs);
      if (!next.granted && isRead) {
        if (next.isToKeep) await changeBeside(target, { keptUntil: next.retryAt + KEPT_MS });
        return { granted: false, retryAt: next.retryAt };
      }
      if (next.granted) {
        const at = next.taken.at(-1) ?? now();
        const [log, spare] = withMore(next.taken, pace, at, more);
        if (await swap(target, seen, log, high)) {
          const one = { target, at, punctualMs: punctualMsOf(pace) };
          return { granted: true, slots: [one], spare: Array(spare).fill(one) };
        }
      }
      seen = undefined; // what is refused by what we remember may be free by now
    }
    return { granted: false, retryAt: now() + Math.ceil(random() * CONTENDED_MS) };
  }

  /** By what is known of a target, its next slot; `isToKeep`: it is to be kept for who asks. */
  function nextOf({ taken, blockedUntil, keptUntil }: Read, pace: Pace, high: boolean, waitMs: number | undefined) {
    if (blockedUntil > now()) return { granted: false as const, retryAt: blockedUntil, isToKeep: false };
    const isKept = keptUntil > now() && keptUntil <= now() + pace.perMs + KEPT_MS + SKEW_MS;
    if (!high && isKept) return { granted: false as const, retryAt: keptUntil, isToKeep: false };
    return { isToKeep: high, ...nextSlot(withoutFarAhead(taken, pace, now()), pace, now(), waitMs) };
  }

  /** What is known of a target that only we write. */
  function remembered(target: string): Read | undefined {
    const last = known.get(target);
    return last?.isOurs ? last : undefined;
  }

  /** Writes a log, if it is still the one that was seen; `high`: no slot is kept any more. */
  async function swap(target: string, seen: Read, taken: number[], high = false): Promise<boolean> {
    const { version } = seen;
    const last = known.get(target);
    known.delete(target);
    const set = { taken, version: version + 1, ...(high && { keptUntil: undefined }) };
    const isSeen =
      version === 0
        ? { when: 'attribute_not_exists(#version)' }
        : { when: '#version = :seen', values: { seen: version } };
    if (!(await change(target, set, isSeen))) return false;
    const [oldest] = known.size < MOST_KNOWN ? [] : known.keys();
    if (oldest !== undefined) known.delete(oldest);
    const isOurs = last?.version === version;
    known.set(target, { ...seen, taken, version: version + 1, ...(high && { keptUntil: 0 }), isOurs });
    return true;
  }

  /** Changes the log of a target; tried again when another worker changed it meanwhile. */
  async function revise(target: string, change: (taken: number[]) => number[]): Promise<void> {
    let seen = remembered(target);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      seen ??= await read(target);
      const changed = change(seen.taken);
      if (changed === seen.taken || (await swap(target, seen, changed))) return;
      seen = undefined;
    }
  }

  const giveBack = (slots: readonly Slot[]) =>
    Promise.all(
      [...Map.groupBy(slots, ({ target }) => target)].map(([target, unused]) =>
        revise(target, (taken) => unused.reduce((log, { at }) => withoutCall(log, at), taken)),
      ),
    ).then(() => undefined);

  return {
    async take(limited, priority, following = { more: 0, tookMs: 0 }) {
      const paced = limited.flatMap(({ target, pace }) => (pace ? [{ target, pace }] : []));
      const blocks = async () => Math.max(0, ...(await Promise.all(limited.filter(({ pace }) => !pace).map(blockOf))));
      const asked = { high: priority === 'high', following };
      if (paced.every(({ target }) => remembered(target))) {
        const [blockedUntil, granted] = await Promise.all([blocks(), takeEach(paced, asked)]);
        if (blockedUntil <= now()) return granted;
        if (granted.granted) await giveBack([...granted.slots, ...granted.spare]);
        return { granted: false, retryAt: blockedUntil };
      }
      // Blocks first, so that no slot is taken for a call that is not made. All are read at once.
      const [blockedUntil, seen] = await Promise.all([blocks(), Promise.all(paced.map(({ target }) => read(target)))]);
      if (blockedUntil > now()) return { granted: false, retryAt: blockedUntil };
      return takeEach(paced, asked, seen);
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

    giveBack,

    late: ({ target, at }, endedAt) => revise(target, (taken) => withLateCall(taken, at, endedAt)),

    async block(target, until) {
      const longer = 'attribute_not_exists(#blockedUntil) OR #blockedUntil < :blockedUntil OR #blockedAt > :ahead';
      const values = { ahead: now() + SKEW_MS };
      await changeBeside(target, { blockedUntil: until, blockedAt: now() }, { when: longer, values });
    },
  };
}

/** A log with as many more slots at the same moment as are free, `most` at most, and how many these are. */
function withMore(taken: number[], pace: Pace, at: number, most: number): [log: number[], more: number] {
  for (let more = 0; more < most; more += 1) {
    const next = nextSlot(taken, pace, at);
    if (!next.granted) return [taken, more];
    taken = next.taken;
  }
  return [taken, most];
}
