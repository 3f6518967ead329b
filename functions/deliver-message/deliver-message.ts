import type { Destination, DestinationStore } from '../../lib/messages/destination.ts';
import {
  type DeadLetters,
  type Delivery,
  isFinished,
  type Message,
  type OutboxItem,
} from '../../lib/messages/message.ts';
import { planFor } from '../../lib/messages/plan.ts';
import { type CarryDeps, carryStep, finish, type Later, repeatShowsOnce } from './carry-step.ts';
import { type Progress, stepAt } from './progress.ts';

/** A message of many calls gives way after so long; it goes on where it stopped. */
const TURN_MS = 15_000;
const MOST_CRASHES = 5;

export type DeliverDeps = CarryDeps & { destinations: DestinationStore; deadLetters: DeadLetters };

/**
 * Carries one message to one destination: the only path on which a message leaves for DingTalk. May be called any number
 * of times for the same item. Answers nothing when there is nothing left to do for now, else when to come back.
 */
export async function deliverMessage(deps: DeliverDeps, item: OutboxItem): Promise<Later> {
  const message = await deps.messages.get(item.messageId);
  const found = message?.deliveries[item.destination];
  if (!message || !found) return undefined;
  // A dead letter that comes by again was redriven by a person: it starts anew.
  if (found.deadLetter) await deps.messages.revive(item);
  const delivery: Delivery = found.deadLetter ? { ...found, status: 'queued', crashes: 0 } : found;
  if (isFinished(delivery.status)) return undefined;

  const destination = await deps.destinations.get(item.destination);
  const end = await endBeforeSending(deps, item, message, delivery, destination);
  if (end || !destination) return undefined;

  let progress: Progress = { delivery, plan: planFor(destination, message.content, message.mention) };
  const giveWayAt = deps.now() + TURN_MS;
  for (;;) {
    const step = stepAt(progress);
    if (!step) return undefined;
    if (deps.now() > giveWayAt) return { retryInMs: 0 };
    const outcome = await carryStep(deps, item, message, progress, step);
    if ('retry' in outcome) return outcome.retry;
    progress = outcome.progress;
  }
}

/** Ends a delivery that must not be sent (any more); answers whether it did. */
async function endBeforeSending(
  deps: DeliverDeps,
  item: OutboxItem,
  message: Message,
  delivery: Delivery,
  destination: Destination | undefined,
): Promise<boolean> {
  const at = new Date(deps.now()).toISOString();
  if (message.expiresAt !== undefined && Date.parse(message.expiresAt) <= deps.now()) {
    await finish(deps, item, message, { status: 'expired' });
    return true;
  }
  if (!destination) {
    const remedy = `Register "${item.destination}" and send the message again.`;
    const attempt = { at, outcome: 'failed' as const, code: 'unknown_destination', remedy };
    await finish(deps, item, message, { status: 'failed', attempt });
    return true;
  }
  if (delivery.status !== 'sending') return false;
  // Found on its way: whoever had it died between the call and the outcome, so it may have arrived.
  const attempt = { at, outcome: 'no-answer' as const, code: 'interrupted', reason: 'the sender died in mid-call' };
  if (!repeatShowsOnce(destination) && message.delivery === 'at-most-once') {
    await finish(deps, item, message, { status: 'unknown', attempt });
    return true;
  }
  if (delivery.crashes + 1 < MOST_CRASHES) return false;
  await deps.deadLetters.put([item]);
  const remedy = 'It is in the dead letters. Mend what breaks the sender, then redrive it.';
  await finish(deps, item, message, { status: 'failed', deadLetter: true, attempt: { ...attempt, remedy } });
  return true;
}
