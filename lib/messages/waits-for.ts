import type { Waits } from '../../contract/records/messages.ts';
import { mergeWindowOf } from './deliver/merge.ts';
import type { DestinationStore } from './destination.ts';
import { robotsOf } from './kinds/kinds.ts';
import { EGRESS, limitsOf, type SlotState, type SlotWait } from './limits/pace.ts';
import { type Delivery, isFinished, type Message } from './message.ts';

export type WaitsDeps = { destinations: DestinationStore; slots: SlotState; now: () => number };

/** What each delivery of a message that is not sent yet waits for, and until when; by destination. */
export async function waitsOf(deps: WaitsDeps, message: Message): Promise<Record<string, Waits>> {
  const waiting = Object.entries(message.deliveries).filter(([, { status }]) => !isFinished(status));
  const found = await Promise.all(
    waiting.map(async ([name, delivery]) => [name, await waitOf(deps, message, { name, delivery })] as const),
  );
  return Object.fromEntries(found.flatMap(([name, wait]) => (wait ? [[name, wait]] : [])));
}

async function waitOf(
  { destinations, slots, now }: WaitsDeps,
  message: Message,
  { name, delivery }: { name: string; delivery: Delivery },
): Promise<Waits | undefined> {
  const { waits, attempts } = delivery;
  if (message.sendAt !== undefined && Date.parse(message.sendAt) > now())
    return { for: 'sendAt', until: message.sendAt };
  if (waits && Date.parse(waits.until) > now()) return waits;
  const destination = await destinations.get(name);
  if (!destination) return undefined;
  const mergedAt = Date.parse(message.createdAt) + (mergeWindowOf(destination, message) ?? 0);
  if (attempts.length === 0 && mergedAt > now()) return { for: 'merge', until: new Date(mergedAt).toISOString() };
  const all = await Promise.all(robotsOf(destination).map((one) => slots.next([EGRESS, ...limitsOf(one)])));
  // of a pool whichever robot is free first
  const soonest = all.reduce((best, next) => (!best || !next || next.until < best.until ? next : best), all[0]);
  return soonest && said(soonest);
}

function said({ for: why, until }: SlotWait): Waits {
  return { for: why, until: new Date(until).toISOString() };
}
