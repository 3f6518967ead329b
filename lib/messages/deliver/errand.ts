import type { Log, LogEvent } from '../../base/log.ts';
import type { Destination } from '../destination.ts';
import type { Meter } from '../limits/meter.ts';
import { EGRESS, targetOf } from '../limits/pace.ts';
import { goneMonth } from '../limits/quota.ts';
import type { SlotCache } from '../limits/slot-cache.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryChange,
  type DeliveryStatus,
  isFinished,
  type Message,
  type OutboxItem,
  withAttempt,
} from '../message.ts';
import type { MessageStore, MessageWatch } from '../store.ts';
import { hold } from './hold.ts';
import { lastWords } from './progress.ts';
import { verdictOn } from './verdict.ts';

/** One message to one destination, with everything known about it. */
export type Errand = {
  item: OutboxItem;
  message: Message;
  delivery: Delivery;
  destination: Destination;
  /** The destination is one robot of several. */
  inPool?: boolean;
};

export type ErrandDeps = {
  messages: Pick<MessageStore, 'get' | 'start' | 'record' | 'recordLast' | 'revive'> & Pick<MessageWatch, 'watch'>;
  limiter: Pick<SlotCache, 'block'>;
  meter: Pick<Meter, 'markGone'>;
  /** Metrics of the batch. */
  counts: { count(name: string): void };
  log: Log;
  now: () => number;
  random: () => number;
};

/** When to come back; undefined when there is nothing left to do for now. */
export type Later = { retryInMs: number } | undefined;

const EVENTS: Partial<Record<DeliveryStatus, LogEvent>> = {
  sent: 'message-sent',
  unknown: 'message-unconfirmed',
  expired: 'message-expired',
};

/** Writes the end of a delivery; the last delivery of a message also ends the checks of the message. */
export async function finish(
  { messages }: Pick<ErrandDeps, 'messages'>,
  { item, message }: Pick<Errand, 'item' | 'message'>,
  change: DeliveryChange,
): Promise<boolean> {
  const others = Object.entries(message.deliveries).filter(([name]) => name !== item.destination);
  const isLast = others.every(([, { status }]) => isFinished(status));
  return isLast ? messages.recordLast(item, change) : messages.record(item, change);
}

/** Logs and counts the end of a delivery. */
export function told(
  { log, counts }: Pick<ErrandDeps, 'log' | 'counts'>,
  { item: { messageId, destination, priority } }: Pick<Errand, 'item'>,
  { status, attempts }: DeliveryChange,
  fields: Record<string, string | number | undefined> = {},
): void {
  const sent = status === 'sent';
  if (sent) counts.count('MessagesSent');
  const line = { messageId, destination, priority, ...fields, code: attempts?.at(-1)?.code };
  log[sent ? 'info' : 'warn'](EVENTS[status] ?? 'message-failed', line);
}

/** Ends a delivery: writes it, and tells of it. */
export async function end(
  deps: Pick<ErrandDeps, 'messages' | 'log' | 'counts'>,
  errand: Pick<Errand, 'item' | 'message'>,
  change: DeliveryChange,
): Promise<void> {
  await finish(deps, errand, change);
  told(deps, errand, change);
}

/** Writes the outcome of a failed try: when to try again, or that it is over. */
export async function recordFailure(deps: ErrandDeps, errand: Errand, error: unknown): Promise<Later> {
  const { item, message, delivery, destination } = errand;
  const { now, random, log } = deps;
  const penaltyMs = 'pace' in destination ? destination.pace?.penaltyMs : undefined;
  const circumstances = { message, delivery, repeatShowsOnce: repeatShowsOnce(destination), penaltyMs, random };
  const judged = verdictOn(error, { ...circumstances, now: now() });
  const { retryInMs, blockMs, parked, monthGone, attempt: _, ...verdict } = judged;
  const attempt = { ...judged.attempt, ...remedyAt(destination, judged.attempt.code) };
  const attempts = withAttempt(delivery, attempt);
  if (monthGone) {
    const wait = await goneMonth(deps, destination);
    await hold(deps, item, wait, { attempts, rev: delivery.rev });
    return undefined;
  }
  if (retryInMs === undefined && mayFallBack(message, delivery, attempt)) {
    const fallbackIndex = delivery.fallbackIndex + 1;
    await deps.messages.record(item, { status: 'queued', fallbackIndex, attempts, rev: delivery.rev });
    log.warn('retry-scheduled', { ...item, code: attempt.code, retryInMs: 0 });
    return { retryInMs: 0 };
  }
  if (retryInMs === undefined) {
    const { rev } = delivery;
    await end(deps, errand, { ...verdict, rev, attempts: withAttempt(delivery, lastWords(delivery, attempt)) });
    await block(deps, errand, attempt.code, blockMs);
    return undefined;
  }
  // a parked message leaves the queue until then
  const dueAt = parked ? now() + retryInMs : null;
  const until = new Date(now() + retryInMs).toISOString();
  const waits = { for: blockMs === undefined ? ('retry' as const) : ('pause' as const), reason: attempt.code, until };
  await deps.messages.record(item, { ...verdict, attempts, dueAt, waits, waiting: true, rev: delivery.rev });
  if (dueAt !== null) await deps.messages.watch(item.messageId, dueAt);
  await block(deps, errand, attempt.code, blockMs);
  log.warn('retry-scheduled', { ...item, code: attempt.code, retryInMs });
  // the robot is held, not its pool: another may be free, and else the limiter says when
  if (errand.inPool && blockMs !== undefined) return { retryInMs: 0 };
  return parked ? undefined : { retryInMs };
}

/** What to do where it depends on the destination, and not on DingTalk's code alone. */
function remedyAt(destination: Destination, code: string | undefined): Pick<Attempt, 'remedy'> {
  const signs = code === '310000.sign' || code === '310000.timestamp';
  if (!signs || destination.kind !== 'custom-robot' || destination.secret !== undefined) return {};
  return {
    remedy: 'this robot wants a signature, and no secret is stored: store its secret (SEC…) with the destination',
  };
}

/** Sends nothing more to the target, or to DingTalk at all after its ban page, before the time is over. */
async function block(
  { limiter, log, now }: ErrandDeps,
  { item, destination }: Errand,
  code: string | undefined,
  blockMs: number | undefined,
): Promise<void> {
  if (blockMs === undefined) return;
  const banned = code === 'ip_ban';
  if (banned) log.error('egress-banned', { ...item, code, blockMs });
  else log.warn('target-blocked', { ...item, code, blockMs });
  await limiter.block(banned ? EGRESS.target : targetOf(destination), now() + blockMs);
}

/** DingTalk refused this content, not the receiver; nothing of it was sent, and there is another content. */
function mayFallBack({ otherwise = [] }: Message, delivery: Delivery, attempt: Attempt): boolean {
  const byContent = attempt.outcome === 'refused' && (attempt.class === 'argument' || attempt.class === 'moderation');
  return byContent && delivery.done === 0 && delivery.fallbackIndex < otherwise.length;
}

/** Only a custom robot recognises a repeat by its key and shows it once (messaging.md §2.2, messaging.md §8.6). */
export function repeatShowsOnce({ kind }: Destination): boolean {
  return kind === 'custom-robot' || kind === 'custom-robot-pool';
}
