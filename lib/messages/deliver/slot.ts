import type { Destination } from '../destination.ts';
import { EGRESS, limitsOf, type Slot, targetOf } from '../limits/pace.ts';
import type { SlotCache } from '../limits/slot-cache.ts';
import { type Delivery, type Message, mayHaveArrived } from '../message.ts';

/** A slot this near is waited for; a later one gives the message back to the queue until shortly before. */
const SHORT_WAIT_MS = 2_000;
/** SQS counts whole seconds: what comes back a second early waits the rest here, and no slot is missed. */
const EARLY_MS = 1_000;

export type SlotDeps = {
  limiter: SlotCache;
  /** Messages of the batch that follow this one to the same destination. */
  ahead: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
};

type Turn = { destination: Destination; robot?: string; slots: Slot[] } | { waitMs: number } | { gone: true };

/** Takes a slot, or tells for how long (ms) the message has to go back. A pool gives the robot that is free first. */
export async function slotFor(
  deps: SlotDeps,
  destination: Destination,
  delivery: Delivery,
  priority: Message['priority'],
): Promise<Turn> {
  const candidates = candidatesOf(destination, delivery);
  if (candidates.length === 0) return { gone: true };
  for (;;) {
    let soonest = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
      const slot = await deps.limiter.take([EGRESS, ...limitsOf(candidate.destination)], priority, deps.ahead);
      if (slot.granted) return { ...candidate, slots: slot.slots };
      soonest = Math.min(soonest, slot.retryAt);
    }
    const waitMs = Math.max(1, soonest - deps.now());
    if (waitMs > SHORT_WAIT_MS) return { waitMs: waitMs - EARLY_MS };
    await deps.sleep(waitMs);
  }
}

/** What may have arrived is repeated by the robot that had it: only that one knows its msgUuid. */
function candidatesOf(destination: Destination, delivery: Delivery): { destination: Destination; robot?: string }[] {
  if (destination.kind !== 'custom-robot-pool') return [{ destination }];
  const { robots, pace, external } = destination;
  const all = robots.map((one) => {
    const robot = { kind: 'custom-robot' as const, ...one, ...(pace && { pace }), ...(external && { external }) };
    return { destination: robot, robot: targetOf(robot) };
  });
  const bound = delivery.robot !== undefined && mayHaveArrived(delivery);
  return bound ? all.filter(({ robot }) => robot === delivery.robot) : all;
}
