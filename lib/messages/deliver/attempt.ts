import { sha256 } from '../../base/hash.ts';
import type { Log } from '../../base/log.ts';
import type { Destination } from '../destination.ts';
import { type Meter, meterOf } from '../limits/meter.ts';
import { EGRESS, type Slot, targetOf } from '../limits/pace.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryChange,
  isFinished,
  type Message,
  type MessageStore,
  type OutboxItem,
  withAttempt,
} from '../message.ts';
import type { Step } from '../render/plan.ts';
import { afterStep, lastWords, type Progress } from './progress.ts';
import type { Sender, Sent } from './send.ts';
import { type SlotDeps, slotFor } from './slot.ts';
import { verdictOn } from './verdict.ts';

/** When a message that is on its way has not come back by then, somebody looks after it. */
const CHECK_AFTER_MS = 15 * 60_000;

export type AttemptDeps = SlotDeps & {
  messages: MessageStore;
  meter: Meter;
  /** Metrics of the batch. */
  counts: { count(name: string): void };
  send: Sender;
  log: Log;
  random: () => number;
};

/** When to come back; undefined when there is nothing left to do for now. */
export type Later = { retryInMs: number } | undefined;
type Outcome = { progress: Progress } | { retry: Later };

/** One call: its slot, its mark, the call, and what came of it. The outcome is written before anything else may fail. */
export async function attemptStep(
  deps: AttemptDeps,
  item: OutboxItem,
  message: Message,
  progress: Progress,
  step: Step,
): Promise<Outcome> {
  const { delivery } = progress;
  const turn = await slotFor(deps, step.destination, delivery, message.priority);
  if ('waitMs' in turn) return { retry: { retryInMs: turn.waitMs } };
  if ('gone' in turn) {
    const reason = 'the robot of the pool that may have it is gone; another could show it twice';
    const attempt = { at: new Date(deps.now()).toISOString(), outcome: 'failed' as const, code: 'robot_gone', reason };
    await finish(deps, item, message, { status: 'unknown', attempts: withAttempt(delivery, attempt) });
    return { retry: undefined };
  }
  const { destination, robot, slots } = turn;
  const interrupted = delivery.status === 'sending';
  const started = await deps.messages.start(item, {
    ...(robot !== undefined && { robot }),
    ...(delivery.planId !== undefined && { planId: delivery.planId }),
    ...(interrupted && { crashes: delivery.crashes + 1 }),
    ...(interrupted && !repeatShowsOnce(destination) && { possibleDuplicate: true }),
  });
  if (!started) {
    // recalled while it waited for its slot
    await deps.limiter.giveBack(slots);
    return { retry: undefined };
  }
  const uuid = uuidOf(message, item.destination, delivery);
  deps.meter.count(meterOf(destination));
  const answer = await deps.send(destination, step.rendered, uuid).then(
    (sent) => ({ sent }),
    (error: unknown) => ({ error }),
  );
  const endedAt = deps.now();
  const outcome =
    'sent' in answer
      ? await recordSent(deps, item, message, progress, { ...step, destination }, answer.sent)
      : await recordFailure(deps, item, message, progress, destination, answer.error);
  await correctSlots(deps, slots, endedAt);
  return outcome;
}

async function recordSent(
  deps: AttemptDeps,
  item: OutboxItem,
  message: Message,
  progress: Progress,
  step: Step,
  sent: Sent,
): Promise<Outcome> {
  const next = afterStep(progress, step, sent, new Date(deps.now()).toISOString());
  if (next.ends) {
    const fields = { kind: step.destination.kind, calls: next.progress.delivery.done, receipt: sent.receipt };
    await finish(deps, item, message, next.change, fields);
  } else {
    await deps.messages.record(item, { ...next.change, dueAt: deps.now() + CHECK_AFTER_MS });
  }
  return next.retryInMs === undefined ? { progress: next.progress } : { retry: { retryInMs: next.retryInMs } };
}

/** Writes what a failed try came to: again later, or never. */
export async function recordFailure(
  deps: AttemptDeps,
  item: OutboxItem,
  message: Message,
  { delivery }: Progress,
  destination: Destination,
  error: unknown,
): Promise<Outcome> {
  const { now, random, log } = deps;
  const penaltyMs = 'pace' in destination ? destination.pace?.penaltyMs : undefined;
  const once = repeatShowsOnce(destination);
  const circumstances = { message, delivery, repeatShowsOnce: once, penaltyMs, now: now(), random };
  const { attempt, retryInMs, blockMs, parked, ...verdict } = verdictOn(error, circumstances);
  const holdBack = async () => {
    if (blockMs === undefined) return;
    const banned = attempt.code === 'ip_ban';
    if (banned) log.error('egress-banned', { ...item, code: attempt.code, blockMs });
    else log.warn('target-blocked', { ...item, code: attempt.code, blockMs });
    await deps.limiter.block(banned ? EGRESS.target : targetOf(destination), now() + blockMs);
  };
  const fields = { ...item, code: attempt.code, retryInMs };
  if (retryInMs === undefined && mayGoOtherwise(message, delivery, attempt)) {
    const change = { fallbackIndex: delivery.fallbackIndex + 1, attempts: withAttempt(delivery, attempt) };
    await deps.messages.record(item, { ...change, status: 'queued', dueAt: now() + CHECK_AFTER_MS });
    log.warn('retry-scheduled', { ...fields, retryInMs: 0 });
    return { retry: { retryInMs: 0 } };
  }
  if (retryInMs === undefined) {
    const attempts = withAttempt(delivery, lastWords(delivery, attempt));
    await finish(deps, item, message, { ...verdict, attempts });
    await holdBack();
    return { retry: undefined };
  }
  const dueAt = now() + retryInMs + (parked ? 0 : CHECK_AFTER_MS);
  await deps.messages.record(item, { ...verdict, attempts: withAttempt(delivery, attempt), dueAt });
  if (parked) await deps.messages.watch(item.messageId, dueAt);
  await holdBack();
  log.warn('retry-scheduled', fields);
  return { retry: parked ? undefined : { retryInMs } };
}

/** DingTalk refused this content, not the receiver, nothing of it was sent, and there is another. */
function mayGoOtherwise({ otherwise = [] }: Message, delivery: Delivery, attempt: Attempt): boolean {
  const byContent = attempt.outcome === 'refused' && (attempt.class === 'argument' || attempt.class === 'moderation');
  return byContent && delivery.done === 0 && delivery.fallbackIndex < otherwise.length;
}

/** Writes and tells the end of a delivery; after a message's last, nobody has to look after it any more. */
export async function finish(
  { messages, log, counts }: Pick<AttemptDeps, 'messages' | 'log' | 'counts'>,
  item: OutboxItem,
  message: Message,
  change: DeliveryChange,
  fields: Record<string, string | number | undefined> = {},
): Promise<void> {
  const others = Object.entries(message.deliveries).filter(([name]) => name !== item.destination);
  if (others.every(([, { status }]) => isFinished(status))) await messages.recordLast(item, change);
  else await messages.record(item, change);
  const line = { ...item, ...fields, code: change.attempts?.at(-1)?.code };
  if (change.status === 'sent') counts.count('MessagesSent');
  if (change.status === 'sent') log.info('message-sent', line);
  else if (change.status === 'unknown') log.warn('message-unconfirmed', line);
  else if (change.status === 'expired') log.warn('message-expired', line);
  else log.warn('message-failed', line);
}

/** Counts a call that took long from when it may have arrived. */
async function correctSlots({ limiter }: AttemptDeps, slots: Slot[], endedAt: number): Promise<void> {
  await Promise.all(
    slots.filter((slot) => endedAt - slot.at > slot.punctualMs).map((slot) => limiter.late(slot, endedAt)),
  );
}

/** Only a custom robot tells a repeat by its key and shows it once (messaging.md §2.2, §8.6). */
export function repeatShowsOnce({ kind }: Destination): boolean {
  return kind === 'custom-robot' || kind === 'custom-robot-pool';
}

/** DingTalk's msgUuid: the same for each try of one call of one message to one destination (messaging.md §2.2). */
function uuidOf(message: Message, destination: string, { done, fallbackIndex }: Delivery): string {
  const name = sha256(destination, 8);
  return `${message.id}-${name}-${done}${fallbackIndex > 0 ? `-${fallbackIndex}` : ''}`;
}
