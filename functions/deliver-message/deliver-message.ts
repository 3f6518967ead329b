import type { Log } from '../../lib/log.ts';
import type { Destination, DestinationStore } from '../../lib/messages/destination.ts';
import {
  type DeadLetters,
  type Delivery,
  isFinished,
  type Message,
  type MessageStore,
  type OutboxItem,
} from '../../lib/messages/message.ts';
import { isNearQuota, type Meter, meterOf, STANDARD_QUOTA } from '../../lib/messages/meter.ts';
import { EGRESS, limitsOf, type Slot, type SlotLimiter, targetOf } from '../../lib/messages/pace.ts';
import { planFor, type Step } from '../../lib/messages/plan.ts';
import type { Sender } from '../../lib/messages/send.ts';
import { verdictOn } from '../../lib/messages/verdict.ts';
import { afterRound, afterStep, type Progress, stepAt } from './progress.ts';

/** A slot this near is waited for; a later one gives the message back to the queue until then. */
const SHORT_WAIT_MS = 2_000;
/** A message of many calls gives way after so long; it goes on where it stopped. */
const TURN_MS = 15_000;
/** When a message that is on its way has not come back by then, somebody looks after it. */
const LOOK_AFTER_MS = 15 * 60_000;
const MOST_CRASHES = 5;

export type DeliverDeps = {
  messages: MessageStore;
  destinations: DestinationStore;
  limiter: SlotLimiter;
  meter: Meter;
  deadLetters: DeadLetters;
  send: Sender;
  log: Log;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  random: () => number;
};

type Later = { retryInMs: number } | undefined;

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

/** One call: its slot, its mark, the call, its outcome. */
async function carryStep(
  deps: DeliverDeps,
  item: OutboxItem,
  message: Message,
  progress: Progress,
  step: Step,
): Promise<{ progress: Progress } | { retry: Later }> {
  const { delivery } = progress;
  const slot = await slotFor(deps, step.destination, delivery, message.priority);
  if ('waitMs' in slot) return { retry: { retryInMs: slot.waitMs } };
  const { destination, robot, slots } = slot;
  const interrupted = delivery.status === 'sending';
  const once = repeatShowsOnce(destination);
  await deps.messages.start(item, {
    ...(robot !== undefined && { robot }),
    ...(interrupted && { crashes: delivery.crashes + 1, ...(!once && { possibleDuplicate: true }) }),
  });
  const quota = meterOf(destination);
  const counted = deps.meter.count(quota).catch(() => 0);
  try {
    const uuid = uuidOf(message, item.destination, delivery.done);
    const sent = await deps.send(destination, step.rendered, uuid).finally(() => correctSlots(deps, slots));
    const at = new Date(deps.now()).toISOString();
    const next = afterStep(progress, step, sent, at);
    if (next.ends) await finish(deps, item, message, next.change);
    else await deps.messages.record(item, next.change, deps.now() + LOOK_AFTER_MS);
    if (next.ends)
      deps.log.info('message-sent', { ...item, kind: destination.kind, calls: next.progress.delivery.done });
    const used = await counted;
    if (isNearQuota(used, STANDARD_QUOTA[quota]))
      deps.log.warn('quota-near', { quota, used, of: STANDARD_QUOTA[quota] });
    return next.retryInMs === undefined ? { progress: next.progress } : { retry: { retryInMs: next.retryInMs } };
  } catch (error) {
    const { now, random } = deps;
    const circumstances = { message, delivery, repeatShowsOnce: once, now: now(), random };
    const { attempt, retryInMs, blockMs, aside, ...outcome } = verdictOn(error, circumstances);
    const banned = attempt.code === 'ip_ban';
    if (blockMs !== undefined)
      await deps.limiter.block(banned ? EGRESS.target : targetOf(destination), now() + blockMs);
    const fields = { ...item, code: attempt.code, retryInMs };
    if (retryInMs === undefined) {
      await finish(deps, item, message, afterRound(delivery, { ...outcome, attempt }));
      deps.log.warn('message-failed', fields);
      return { retry: undefined };
    }
    const dueAt = now() + retryInMs + (aside ? 0 : LOOK_AFTER_MS);
    await deps.messages.record(item, { ...outcome, attempt }, dueAt);
    deps.log.warn('message-retry', fields);
    return { retry: aside ? undefined : { retryInMs } };
  }
}

/** Counts a call that took long from when it may have arrived. */
async function correctSlots({ limiter, now }: DeliverDeps, slots: Slot[]): Promise<void> {
  const endedAt = now();
  await Promise.all(
    slots.filter((slot) => endedAt - slot.at > slot.punctualMs).map((slot) => limiter.late(slot, endedAt)),
  );
}

async function finish(
  deps: DeliverDeps,
  item: OutboxItem,
  message: Message,
  change: Parameters<MessageStore['record']>[1],
): Promise<void> {
  await deps.messages.record(item, change);
  const others = Object.entries(message.deliveries).filter(([name]) => name !== item.destination);
  if (others.every(([, { status }]) => isFinished(status))) await deps.messages.setDue(message.id, undefined);
}

type Turn = { destination: Destination; robot?: number; slots: Slot[] } | { waitMs: number };

/** Takes a slot, or tells for how long (ms) the message has to go back. A pool gives the robot that is free first. */
async function slotFor(
  deps: DeliverDeps,
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
    if (waitMs > SHORT_WAIT_MS) return { waitMs };
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

/** Only a custom robot tells a repeat by its key and shows it once (messaging.md §2.2, §8.6). */
function repeatShowsOnce({ kind }: Destination): boolean {
  return kind === 'custom-robot' || kind === 'custom-robot-pool';
}

/** DingTalk's msgUuid: the same for each try of one call of one message to one destination (messaging.md §2.2). */
function uuidOf(message: Message, destination: string, step: number): string {
  return `${message.id}-${Buffer.from(destination).toString('hex').slice(0, 16)}-${step}`;
}
