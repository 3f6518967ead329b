import type { Warning } from '../../../contract/records/messages.ts';
import { ifReadable, ServiceError } from '../../base/errors.ts';
import type { Language } from '../../base/language.ts';
import { REASONS, REMEDIES } from '../../base/words/en.ts';
import type { Content } from '../content.ts';
import type { Destination, DestinationStore } from '../destination.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Meter } from '../limits/meter.ts';
import { type QuotaPolicy, quotaWait } from '../limits/quota.ts';
import type { Mention } from '../mention.ts';
import {
  type Attempt,
  contentOf,
  type DeadLetters,
  type Delivery,
  isFinished,
  type Message,
  mayHaveArrived,
  type OutboxItem,
  type OutboxRecord,
  withAttempt,
} from '../message.ts';
import { confirming, planFor, planIdOf, type Step } from '../render/plan.ts';
import { type AttemptDeps, attemptStep } from './attempt.ts';
import { type Errand, end, type Later, repeatShowsOnce } from './errand.ts';
import { recordFailure } from './failure.ts';
import { holdOrFallBack } from './fallback.ts';
import { type LaneNotes, queuedAtOf } from './lanes.ts';
import type { Merges } from './merge.ts';
import { mergeStep } from './merge-step.ts';
import { goesAtOnce, isHeld, type TimeDeps } from './not-yet.ts';
import { ending, stepAt } from './progress.ts';

/** A message of many calls goes back to the queue after this time and continues where it stopped. */
const TURN_MS = 6_000;
const MOST_CRASHES = 5;

export type DeliverDeps = AttemptDeps &
  Pick<TimeDeps, 'timeZoneOf'> & {
    destinations: DestinationStore;
    deadLetters: DeadLetters;
    merges: Merges;
    lanes: LaneNotes;
    meter: Pick<Meter, 'used' | 'goneUntil' | 'probe' | 'markGone' | 'took'>;
    policy: QuotaPolicy;
    /** Who of the mentioned people is not known to DingTalk. */
    unknownPeople(mention: Mention | undefined): Promise<Warning[]>;
    /** The language of an app's people. */
    languageOf(app?: string): Language;
    /** The content with DingTalk's media ids in place of keys of our bucket. */
    withMedia(destination: Destination, content: Content): Promise<Content>;
  };

/**
 * Sends one message to one destination: the only code path on which a message leaves for DingTalk. It may be called any
 * number of times for the same item. Answers nothing when there is nothing left to do for now, else when to come back.
 * `fresh`: the message as it was accepted, if nobody had it before; what changed since refuses the mark before the call. What
 * is to be written without that mark is written of the record.
 */
export async function deliverMessage(
  deps: DeliverDeps,
  { taken, message: _, ...item }: OutboxRecord,
  fresh?: Message,
): Promise<Later> {
  if (taken) await deps.messages.record(item, taken);
  const message = fresh ?? (await deps.messages.get(item.messageId).catch(ifReadable));
  const found = message?.deliveries[item.destination];
  if (!message || !found) return undefined;
  // A dead letter comes back only when a person redrives it: it starts anew.
  if (found.deadLetter) await deps.messages.revive(item);
  const revived = { status: 'queued' as const, crashes: 0, rev: found.rev + 1 };
  const delivery = await known(deps, item, found.deadLetter ? { ...found, ...revived } : found);
  if (isFinished(delivery.status)) return undefined;

  const queuedAt = queuedAtOf(message, delivery);
  await deps.lanes.note(item, queuedAt);
  const destination = await deps.destinations.get(item.destination, Date.parse(message.createdAt));
  const over = endOf(deps.now(), { item, message, delivery, destination });
  if ('destination' in over) {
    const later = await deliver(deps, { item, message, delivery, destination: over.destination }, fresh !== undefined);
    if (later === 'unread') return deliverMessage(deps, item);
    if (later) await deps.lanes.note(item, queuedAt, later.retryInMs);
    return later;
  }
  if (fresh) return deliverMessage(deps, item);
  if (over.deadLetter) await deps.deadLetters.put([item]);
  await end(deps, { item, message }, over);
  return undefined;
}

/** Notes that the queue gave a message up, and why: its record in the dead letters starts it anew. */
export async function failDelivery(
  deps: Pick<DeliverDeps, 'messages' | 'log' | 'counts' | 'now'>,
  item: OutboxItem,
  error: unknown,
): Promise<void> {
  const message = await deps.messages.get(item.messageId);
  const delivery = message?.deliveries[item.destination];
  if (!message || !delivery || isFinished(delivery.status)) return;
  const attempt: Attempt = {
    at: new Date(deps.now()).toISOString(),
    outcome: 'failed',
    code: error instanceof ServiceError ? error.code : 'internal_error',
    reason: REASONS.breaksSender,
    remedy: REMEDIES.deadLetters,
  };
  const status = mayHaveArrived(delivery) ? 'unknown' : 'failed';
  await end(deps, { item, message }, { status, attempts: withAttempt(delivery, attempt), deadLetter: true });
}

/** A delivery as its record has it, after a call was found that DingTalk took while its worker died. */
async function known({ messages }: DeliverDeps, item: OutboxItem, delivery: Delivery): Promise<Delivery> {
  if (!delivery.recovered) return delivery;
  const { done, rev } = delivery;
  const change = { done, crashes: 0, receipts: [], people: [], paged: true, status: 'queued' as const };
  await messages.record(item, { ...change, rev });
  return {
    ...delivery,
    ...change,
    rev: rev + 1,
    receipts: delivery.receipts,
    people: delivery.people,
    recovered: false,
  };
}

async function deliver(deps: DeliverDeps, alone: Errand, isFresh: boolean): Promise<Later | 'unread'> {
  if (isFresh && !goesAtOnce(deps, alone)) return 'unread';
  if (await isHeld(deps, alone)) return undefined;
  const merged = await mergeStep(deps, alone);
  if (merged === 'done') return undefined;
  if ('retryInMs' in merged) return merged;
  const { message, attempts = alone.delivery.attempts } = merged;
  const errand = { ...alone, delivery: { ...alone.delivery, attempts } };
  const { delivery, destination } = errand;
  let content: Content;
  try {
    content = await deps.withMedia(destination, contentOf(message, delivery));
  } catch (error) {
    return isFresh ? 'unread' : recordFailure(deps, { ...errand, message }, error);
  }
  const plan = planFor(confirming(destination, message.confirm), content, message.mention);
  const planId = planIdOf(plan, delivery.planId);
  const isBegun = delivery.done > 0 || mayHaveArrived(delivery);
  if (isBegun && delivery.planId !== undefined && delivery.planId !== planId) {
    await end(deps, errand, changedMeanwhile(delivery, new Date(deps.now()).toISOString()));
    return undefined;
  }
  // a message that was begun is finished
  const wait = delivery.done === 0 ? await quotaWait(deps, destination, message.priority) : undefined;
  if (wait) {
    if (isFresh) return 'unread';
    await holdOrFallBack(deps, { ...errand, message }, wait);
    return undefined;
  }
  return makeCalls(deps, { ...errand, message, delivery: { ...delivery, planId } }, plan);
}

/** Makes the calls that are left, for as long as a turn is. */
async function makeCalls(deps: DeliverDeps, errand: Errand, plan: Step[]): Promise<Later> {
  const giveWayAt = deps.now() + TURN_MS;
  const warnings = await warningsFor(deps, errand);
  const first = warnings.length > 0 ? { ...errand.delivery, warnings } : errand.delivery;
  let next = first;
  for (let step = stepAt({ delivery: next, plan }); step; step = stepAt({ delivery: next, plan })) {
    if (deps.now() > giveWayAt) return { retryInMs: 0 };
    // slots of the calls that follow are taken along
    const ahead = deps.ahead + Math.max(0, plan.length - next.done - 1);
    const since = next.done === 0 ? deps.since : deps.now();
    const outcome = await attemptStep({ ...deps, ahead, since }, { ...errand, delivery: next }, plan, step);
    if ('retry' in outcome) return outcome.retry;
    next = outcome.delivery;
  }
  // all calls were made before, by a worker that died before it could say so
  if (next === first) await end(deps, errand, ending(next, new Date(deps.now()).toISOString()));
  return undefined;
}

/** Looked for once, before the first try: who is mentioned and not known to DingTalk. */
async function warningsFor(deps: DeliverDeps, { delivery, destination, message }: Errand): Promise<Warning[]> {
  // in an external group people of other organisations are mentioned
  const isExternal = 'external' in destination && destination.external;
  const mentions = !isExternal && kindOf(destination).mentions.length > 0;
  const looks = mentions && delivery.done === 0 && delivery.attempts.length === 0;
  return looks ? deps.unknownPeople(message.mention) : (delivery.warnings ?? []);
}

type End = { status: 'expired' | 'unknown' | 'failed'; attempts: Attempt[]; deadLetter?: true };

/** How a delivery ends that must not be sent (any more), or the destination when it may go. */
function endOf(
  now: number,
  { item, message, delivery, destination }: Omit<Errand, 'destination'> & { destination: Destination | undefined },
): End | { destination: Destination } {
  const at = new Date(now).toISOString();
  const unsure = mayHaveArrived(delivery);
  const ended = (status: End['status'], attempt: Omit<Attempt, 'at'>): End => ({
    status: unsure ? 'unknown' : status,
    attempts: withAttempt(delivery, { at, ...attempt }),
  });
  if (message.expiresAt !== undefined && Date.parse(message.expiresAt) <= now) {
    const arrived = unsure ? REASONS.perhapsArrived(REASONS.expired) : REASONS.expired;
    const reason = delivery.done > 0 ? REASONS.callsMade(arrived, delivery.done) : arrived;
    return ended('expired', { outcome: 'failed', code: 'expired', reason });
  }
  if (!destination) {
    const remedy = REMEDIES.register(item.destination);
    return ended('failed', { outcome: 'failed', code: 'unknown_destination', remedy });
  }
  return delivery.status === 'sending' ? interrupted(message, delivery, destination, at) : { destination };
}

/** The worker died between the call and its outcome, so the message may have arrived. */
function interrupted(
  message: Message,
  delivery: Delivery,
  destination: Destination,
  at: string,
): End | { destination: Destination } {
  const attempt: Attempt = { at, outcome: 'no-answer', code: 'interrupted', reason: REASONS.died };
  if (!repeatShowsOnce(destination) && message.delivery === 'at-most-once') {
    return { status: 'unknown', attempts: withAttempt(delivery, attempt) };
  }
  if (delivery.crashes + 1 < MOST_CRASHES) return { destination };
  const attempts = withAttempt(delivery, { ...attempt, remedy: REMEDIES.deadLetters });
  return { status: 'failed', attempts, deadLetter: true };
}

/** The destination was changed after the first call: the calls that are left belong to the old plan. */
function changedMeanwhile(delivery: Delivery, at: string): End {
  const attempt: Attempt = {
    at,
    outcome: 'failed',
    code: 'destination_changed',
    reason: REASONS.changedAfter(delivery.done),
    remedy: REMEDIES.remainingPeople,
  };
  return {
    status: mayHaveArrived(delivery) ? 'unknown' : 'failed',
    attempts: withAttempt(delivery, attempt),
  };
}
