import type { Content } from '../content.ts';
import type { Destination, DestinationStore } from '../destination.ts';
import {
  type Attempt,
  contentOf,
  type DeadLetters,
  type Delivery,
  type DeliveryChange,
  type DeliveryStatus,
  isFinished,
  type Message,
  mayHaveArrived,
  type OutboxItem,
  withAttempt,
} from '../message.ts';
import { planFor, planIdOf } from '../render/plan.ts';
import { type AttemptDeps, attemptStep, finish, type Later, recordFailure, repeatShowsOnce } from './attempt.ts';
import type { Merges } from './merge.ts';
import { mergeStep } from './merge-step.ts';
import { type Progress, stepAt } from './progress.ts';

/** A message of many calls gives way after so long; it goes on where it stopped. */
const TURN_MS = 15_000;
const MOST_CRASHES = 5;

export type DeliverDeps = AttemptDeps & {
  destinations: DestinationStore;
  deadLetters: DeadLetters;
  merges: Merges;
  /** The content with DingTalk's media ids in place of keys of our bucket. */
  withMedia(destination: Destination, content: Content): Promise<Content>;
};

/**
 * Carries one message to one destination: the only path on which a message leaves for DingTalk. May be called any number
 * of times for the same item. Answers nothing when there is nothing left to do for now, else when to come back.
 */
export async function deliverMessage(deps: DeliverDeps, item: OutboxItem): Promise<Later> {
  const kept = await deps.messages.get(item.messageId);
  const found = kept?.deliveries[item.destination];
  if (!kept || !found) return undefined;
  // A dead letter that comes by again was redriven by a person: it starts anew.
  if (found.deadLetter) await deps.messages.revive(item);
  const delivery: Delivery = found.deadLetter ? { ...found, status: 'queued', crashes: 0 } : found;
  if (isFinished(delivery.status)) return undefined;

  const destination = await deps.destinations.get(item.destination);
  const end = endOf(deps, item, kept, delivery, destination);
  if (end || !destination) {
    if (end?.deadLetter) await deps.deadLetters.put([item]);
    if (end) await finish(deps, item, kept, end);
    return undefined;
  }
  const merged = await mergeStep(deps, item, kept, delivery, destination);
  if (merged === 'done') return undefined;
  if ('retryInMs' in merged) return merged;
  const { message } = merged;

  const content = await deps
    .withMedia(destination, contentOf(message, delivery))
    .catch((error: unknown) => ({ error }));
  if ('error' in content) return failedBefore(deps, item, message, delivery, destination, content.error);
  const plan = planFor(destination, content, message.mention);
  const planId = planIdOf(plan);
  if (delivery.planId !== undefined && delivery.planId !== planId) {
    await finish(deps, item, message, changedMeanwhile(delivery, new Date(deps.now()).toISOString()));
    return undefined;
  }
  let progress: Progress = { delivery: { ...delivery, planId }, plan };
  const giveWayAt = deps.now() + TURN_MS;
  for (;;) {
    const step = stepAt(progress);
    if (!step) return undefined;
    if (deps.now() > giveWayAt) return { retryInMs: 0 };
    const outcome = await attemptStep(deps, item, message, progress, step);
    if ('retry' in outcome) return outcome.retry;
    progress = outcome.progress;
  }
}

/** What failed before a call was made leaves the call untouched, and is tried again or told like a failed call. */
async function failedBefore(
  deps: DeliverDeps,
  item: OutboxItem,
  message: Message,
  delivery: Delivery,
  destination: Destination,
  error: unknown,
): Promise<Later> {
  const outcome = await recordFailure(deps, item, message, { delivery, plan: [] }, destination, error);
  return 'retry' in outcome ? outcome.retry : undefined;
}

/** How a delivery ends that must not be sent (any more); undefined when it may go. */
function endOf(
  { now }: DeliverDeps,
  item: OutboxItem,
  message: Message,
  delivery: Delivery,
  destination: Destination | undefined,
): DeliveryChange | undefined {
  const at = new Date(now()).toISOString();
  const unsure = mayHaveArrived(delivery);
  const ended = (status: DeliveryStatus, attempt: Attempt): DeliveryChange => ({
    status,
    attempts: withAttempt(delivery, attempt),
  });
  if (message.expiresAt !== undefined && Date.parse(message.expiresAt) <= now()) {
    const reason = unsure ? 'its time is over, and an earlier try may have arrived' : 'its time is over';
    const half = delivery.done > 0 ? `; ${delivery.done} of its calls were made` : '';
    const attempt: Attempt = { at, outcome: 'failed', code: 'expired', reason: reason + half };
    return ended(unsure ? 'unknown' : 'expired', attempt);
  }
  if (!destination) {
    const remedy = `Register "${item.destination}" and send the message again.`;
    const attempt: Attempt = { at, outcome: 'failed', code: 'unknown_destination', remedy };
    return ended(unsure ? 'unknown' : 'failed', attempt);
  }
  if (delivery.status !== 'sending') return undefined;
  // Found on its way: whoever had it died between the call and the outcome, so it may have arrived.
  const attempt: Attempt = {
    at,
    outcome: 'no-answer',
    code: 'interrupted',
    reason: 'the sender died in mid-call',
  };
  if (!repeatShowsOnce(destination) && message.delivery === 'at-most-once') return ended('unknown', attempt);
  if (delivery.crashes + 1 < MOST_CRASHES) return undefined;
  const remedy = 'It is in the dead letters. Mend what breaks the sender, then redrive it.';
  return { ...ended('failed', { ...attempt, remedy }), deadLetter: true };
}

/** The destination is another than when the first call was made: what is left of the old calls is not in the new ones. */
function changedMeanwhile(delivery: Delivery, at: string): DeliveryChange {
  const attempt: Attempt = {
    at,
    outcome: 'failed',
    code: 'destination_changed',
    reason: `the destination was changed after ${delivery.done} of the message's calls`,
    remedy: 'Send the message again if those who are left should have it.',
  };
  const status = mayHaveArrived(delivery) ? 'unknown' : 'failed';
  return { status, attempts: withAttempt(delivery, attempt) };
}
