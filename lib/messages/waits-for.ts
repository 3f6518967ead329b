import type { Waits } from '../../contract/records/messages.ts';
import { mergeWindowOf } from './deliver/merge.ts';
import type { DestinationStore } from './destination.ts';
import { robotsOf } from './kinds/kinds.ts';
import { EGRESS, type Limited, limitsOf, type SlotState, type SlotWait } from './limits/pace.ts';
import { type Delivery, isFinished, type Message } from './message.ts';

export type WaitsDeps = { destinations: DestinationStore; slots: SlotState; now: () => number };

/** What each delivery of a message that is not sent yet waits for, and until when; by destination. */
export async function waitsOf(deps: WaitsDeps, message: Message): Promise<Record<string, Waits>> {
  const waiting = Object.entries(message.deliveries).filter(([, { status }]) => !isFinished(status));
  const found = await Promise.all(
    waiting.map(async ([name, delivery]) => ({ name, ...(await waitOf(deps, message, { name, delivery })) })),
  );
  const next = await deps.slots.next(found.flatMap(({ calls = [] }) => calls));
  return Object.fromEntries(
    found.flatMap(({ name, wait, calls = [] }) => {
      // of a pool whichever robot is free first, and nothing if one is
      const waits = next.splice(0, calls.length).filter((each) => each !== undefined);
      const [soonest] = waits.length < calls.length ? [] : waits.sort((a, b) => a.until - b.until);
      const why = wait ?? (soonest && said(soonest));
      return why ? [[name, why]] : [];
    }),
  );
}

/** What is known of it without the rate limits, else the calls that it could make. */
async function waitOf(
  { destinations, now }: WaitsDeps,
  message: Message,
  { name, delivery }: { name: string; delivery: Delivery },
): Promise<{ wait?: Waits; calls?: Limited[][] }> {
  const { waits, attempts } = delivery;
  if (message.sendAt !== undefined && Date.parse(message.sendAt) > now())
    return { wait: { for: 'sendAt', until: message.sendAt } };
  if (waits && Date.parse(waits.until) > now()) return { wait: waits };
  const destination = await destinations.get(name);
  if (!destination) return {};
  const mergedAt = Date.parse(message.createdAt) + (mergeWindowOf(destination, message) ?? 0);
  if (attempts.length === 0 && mergedAt > now())
    return { wait: { for: 'merge', until: new Date(mergedAt).toISOString() } };
  return { calls: robotsOf(destination).map((one) => [EGRESS, ...limitsOf(one)]) };
}

function said({ for: why, until }: SlotWait): Waits {
  return { for: why, until: new Date(until).toISOString() };
}
