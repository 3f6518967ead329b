import { defined } from '../../base/defined.ts';
import { ServiceError } from '../../base/errors.ts';
import { carryFaults } from '../carriers.ts';
import { saidIn } from '../content.ts';
import type { DestinationStore } from '../destination.ts';
import type { Wait } from '../limits/quota.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryChange,
  FIRST_CHECK_MS,
  isFinished,
  type Message,
  mayHaveArrived,
  type Outbox,
} from '../message.ts';
import type { MessageStore } from '../store.ts';
import { type Errand, type ErrandDeps, finish } from './errand.ts';
import { hold } from './hold.ts';
import type { Verdict } from './verdict.ts';

/** Topics of SNS, by ARN. */
export type Topics = {
  publish(topicArn: string, said: { subject: string; text: string; about: Record<string, string> }): Promise<void>;
};

export type FallbackDeps = Pick<ErrandDeps, 'messages' | 'log' | 'counts' | 'now'> & {
  messages: Pick<MessageStore, 'fallBack'>;
  destinations: DestinationStore;
  outbox: Outbox;
  topics: Topics;
};

/** How long DingTalk may be gone where a fallback does not say it. */
const AFTER_MS = 15 * 60_000;
/** Why a message went to a fallback that was not even tried: nothing is left of the month. */
const BY_QUOTA = 'quota';
const FRESH = { rev: 0, attempts: [], done: 0, receipts: [], crashes: 0, fallbackIndex: 0, tried: 0 };

/**
 * Hands a delivery to the fallback of its destination once DingTalk was gone for too long, or before it is given up.
 * Answers whether it went there.
 */
export async function fellBack(
  deps: FallbackDeps,
  errand: Errand,
  verdict: Verdict,
  attempts: Attempt[],
): Promise<boolean> {
  const at = dueAt(errand, goneSince(attempts));
  if (at === undefined || verdict.status === 'unknown') return false;
  return (at <= deps.now() || verdict.retryInMs === undefined) && fallBack(deps, errand, attempts);
}

/** When a failed try is repeated: no later than the message would go to the fallback. */
export function againIn(
  { now }: FallbackDeps,
  errand: Errand,
  { retryInMs }: Verdict,
  attempts: Attempt[],
): number | undefined {
  const leftMs = (dueAt(errand, goneSince(attempts)) ?? 0) - now();
  return retryInMs !== undefined && leftMs > 0 ? Math.min(retryInMs, leftMs) : retryInMs;
}

/** Takes a message out of the queue until its month goes on, or hands it to the fallback when it has waited for too long. */
export async function holdOrFallBack(
  deps: FallbackDeps,
  errand: Errand,
  wait: Wait,
  attempts?: Attempt[],
): Promise<void> {
  const { item, delivery, message } = errand;
  const now = deps.now();
  const { createdAt, sendAt = createdAt } = message;
  const at = dueAt(errand, Math.max(Date.parse(delivery.fallbackFor?.at ?? createdAt), Date.parse(sendAt)));
  if (at !== undefined && at <= now && (await fallBack(deps, errand, attempts ?? delivery.attempts, BY_QUOTA))) return;
  const lookAt = at !== undefined && at > now ? Math.min(wait.lookAt ?? at, at) : wait.lookAt;
  await hold(deps, item, { ...wait, ...defined({ lookAt }) }, attempts && { attempts, rev: delivery.rev });
}

/** When a delivery goes to the fallback, DingTalk being gone since then (both epoch ms); undefined: never. */
function dueAt({ destination, message }: Errand, since: number | undefined): number | undefined {
  const { fallback } = destination;
  if (!fallback || since === undefined) return undefined;
  return message.priority === 'high' ? since : since + (fallback.afterMs ?? AFTER_MS);
}

/** Since when DingTalk is gone, as far as these attempts tell; undefined when it answered the last one. */
function goneSince(attempts: readonly Attempt[]): number | undefined {
  const first = attempts.at(attempts.findLastIndex((attempt) => !tellsOfAnOutage(attempt)) + 1);
  return first && Date.parse(first.at);
}

/** No answer, one that says nothing of the message, or the page that bans our address. */
function tellsOfAnOutage({ outcome, code, class: errorClass }: Attempt): boolean {
  if (outcome === 'refused') return errorClass === 'transient' || errorClass === 'unknown' || code === 'ip_ban';
  return outcome !== 'sent';
}

async function fallBack(deps: FallbackDeps, errand: Errand, attempts: Attempt[], why?: string): Promise<boolean> {
  const { item, delivery, destination } = errand;
  const { to, topicArn } = destination.fallback ?? {};
  const status = mayHaveArrived({ ...delivery, attempts }) ? ('unknown' as const) : ('failed' as const);
  const code = why ?? attempts.at(-1)?.code ?? 'unknown';
  const at = new Date(deps.now()).toISOString();
  const over = { waits: null, waiting: null, dueAt: null, rev: delivery.rev };
  const change = { ...over, status, attempts, fallback: { ...defined({ to, topicArn }), at, code } };
  try {
    const went = to === undefined ? await byTopic(deps, errand, change) : await byDestination(deps, errand, change);
    if (!went) return false;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    deps.log.warn('fallback-failed', { ...item, code: error.code });
    return false;
  }
  deps.counts.count('FallbacksUsed');
  deps.log.warn('fallback-used', { ...item, code });
  return true;
}

type Change = DeliveryChange & { fallback: NonNullable<Delivery['fallback']> };

/** The message gets a delivery to the other destination, unless it has one. */
async function byDestination(deps: FallbackDeps, { item, message }: Errand, change: Change): Promise<boolean> {
  const { messages, outbox, now, log } = deps;
  const { to = '', at } = change.fallback;
  if (!(await takes(deps, message, to))) {
    log.warn('fallback-failed', { ...item, code: 'fallback_not_usable' });
    return false;
  }
  // first: should this worker die, somebody looks after what it left
  await messages.watch(message.id, now() + FIRST_CHECK_MS);
  const fallbackFor = { destination: item.destination, at };
  const other = { ...FRESH, status: 'queued' as const, queuedAt: now(), fallbackFor };
  if (!(await messages.fallBack(item, change, { to, delivery: other }))) return true; // somebody changed it meanwhile
  if (message.deliveries[to]) return true;
  const queued = { ...item, destination: to };
  await outbox.put([queued]).catch(async () => {
    await messages.record(queued, { status: 'queued', dueAt: now(), waiting: true });
    await messages.watch(message.id, now());
  });
  return true;
}

/** Whether the fallback can carry the message, and has not failed itself. */
async function takes({ destinations }: FallbackDeps, { content, deliveries }: Message, to: string): Promise<boolean> {
  const there = deliveries[to];
  if (there) return there.fallback === undefined && (!isFinished(there.status) || there.status === 'sent');
  const destination = await destinations.get(to);
  return destination !== undefined && carryFaults(to, destination, { content }).length === 0;
}

async function byTopic(deps: FallbackDeps, errand: Errand, change: Change): Promise<boolean> {
  const { item, message } = errand;
  await deps.topics.publish(change.fallback.topicArn ?? '', {
    subject: `DingTalk is gone: a message for ${item.destination}`,
    text: saidIn(message.content),
    about: { messageId: item.messageId, destination: item.destination, priority: message.priority ?? 'normal' },
  });
  await finish(deps, errand, change);
  return true;
}
