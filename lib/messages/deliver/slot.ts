import type { Destination } from '../destination.ts';
import { kindOf } from '../kinds/kinds.ts';
import { EGRESS, limitsOf, type Slot, targetOf, WAIT_MS } from '../limits/pace.ts';
import type { SlotCache } from '../limits/slot-cache.ts';
import { type Delivery, type Message, mayHaveArrived } from '../message.ts';

/** The worker waits for a slot this near; for a later one the message goes back to the queue. */
const SHORT_WAIT_MS = 2_000;
/** So long a worker asks for slots that others take; then the message goes back to the queue. */
const ASK_FOR_MS = 4_000;
/** SQS counts whole seconds: the message comes back a second early and waits the rest, so that no slot is missed. */
const EARLY_MS = 1_000;

export type SlotDeps = {
  limiter: SlotCache;
  /** Messages of the batch that follow this one to the same destination. */
  ahead: number;
  /** Since when (epoch ms) this one waits for its turn; undefined: from now on. */
  since?: number | undefined;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
};

type Turn = { destination: Destination; robot?: string; slots: Slot[] } | { waitMs: number } | { gone: true };

/** Takes a slot, or answers how long (ms) the message has to wait. Of a pool, the first free robot is taken. */
export async function slotFor(
  deps: SlotDeps,
  destination: Destination,
  delivery: Delivery,
  priority: Message['priority'],
): Promise<Turn> {
  const candidates = candidatesOf(destination, delivery);
  if (candidates.length === 0) return { gone: true };
  const { since = deps.now() } = deps;
  const until = deps.now() + ASK_FOR_MS;
  for (;;) {
    let soonest = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
      const limited = [EGRESS, ...limitsOf(candidate.destination)];
      const slot = await deps.limiter.take(limited, priority, deps.ahead, deps.now() - since);
      if (slot.granted) {
        const at = Math.max(0, ...slot.slots.map((each) => each.at));
        if (at > deps.now()) await deps.sleep(Math.min(WAIT_MS, at - deps.now())); // it was reserved
        return { ...candidate, slots: slot.slots };
      }
      soonest = Math.min(soonest, slot.retryAt);
    }
    const waitMs = Math.max(1, soonest - deps.now());
    if (waitMs > SHORT_WAIT_MS) return { waitMs: waitMs - EARLY_MS };
    if (deps.now() > until) return { waitMs };
    await deps.sleep(waitMs);
  }
}

/** A message that may have arrived is repeated by the same robot: only that one knows its msgUuid. */
function candidatesOf(destination: Destination, delivery: Delivery): { destination: Destination; robot?: string }[] {
  const robots = kindOf(destination).robots?.(destination);
  if (!robots) return [{ destination }];
  const all = robots.map((robot) => ({ destination: robot, robot: targetOf(robot) }));
  const bound = delivery.robot !== undefined && mayHaveArrived(delivery);
  return bound ? all.filter(({ robot }) => robot === delivery.robot) : all;
}
