import type { Destination } from '../../lib/messages/destination.ts';
import type { Delivery, Message } from '../../lib/messages/message.ts';
import { EGRESS, limitsOf, type Slot, type SlotLimiter } from '../../lib/messages/pace.ts';

/** A slot this near is waited for; a later one gives the message back to the queue until shortly before. */
const SHORT_WAIT_MS = 2_000;
/** SQS counts whole seconds: what comes back a second early waits the rest here, and no slot is missed. */
const EARLY_MS = 1_000;

export type SlotDeps = { limiter: SlotLimiter; now: () => number; sleep: (ms: number) => Promise<void> };

type Turn = { destination: Destination; robot?: number; slots: Slot[] } | { waitMs: number };

/** Takes a slot, or tells for how long (ms) the message has to go back. A pool gives the robot that is free first. */
export async function slotFor(
  deps: SlotDeps,
  destination: Destination,
  delivery: Delivery,
  priority: Message['priority'],
): Promise<Turn> {
  for (;;) {
    let soonest = Number.POSITIVE_INFINITY;
    for (const candidate of candidatesOf(destination, delivery)) {
      const slot = await deps.limiter.take([EGRESS, ...limitsOf(candidate.destination)], priority);
      if (slot.granted) return { ...candidate, slots: slot.slots };
      soonest = Math.min(soonest, slot.retryAt);
    }
    const waitMs = Math.max(1, soonest - deps.now());
    if (waitMs > SHORT_WAIT_MS) return { waitMs: waitMs - EARLY_MS };
    await deps.sleep(waitMs);
  }
}

function candidatesOf(destination: Destination, delivery: Delivery): { destination: Destination; robot?: number }[] {
  if (destination.kind !== 'custom-robot-pool') return [{ destination }];
  const { robots, pace, external } = destination;
  const all = robots.map((robot, index) => ({
    destination: { kind: 'custom-robot' as const, ...robot, ...(pace && { pace }), ...(external && { external }) },
    robot: index,
  }));
  // What may have arrived is repeated by the robot that had it: only that one knows its msgUuid.
  const last = delivery.attempts.at(-1);
  const unsure = last?.outcome === 'no-answer' || last?.class === 'transient' || last?.class === 'unknown';
  return delivery.status === 'sending' || unsure ? all.filter(({ robot }) => robot === (delivery.robot ?? 0)) : all;
}
