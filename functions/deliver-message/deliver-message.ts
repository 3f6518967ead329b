import type { Log } from '../../lib/log.ts';
import type { DestinationStore } from '../../lib/messages/destination.ts';
import { isFinished, type Message, type MessageStore, type OutboxItem } from '../../lib/messages/message.ts';
import { paceOf, paceTarget, type SlotLimiter } from '../../lib/messages/pace.ts';
import { renderFor } from '../../lib/messages/render.ts';
import type { Sender } from '../../lib/messages/send.ts';
import { verdictOn } from '../../lib/messages/verdict.ts';

/** A slot this near is waited for; a later one gives the message back to the queue until then. */
const SHORT_WAIT_MS = 2_000;

export type DeliverDeps = {
  messages: MessageStore;
  destinations: DestinationStore;
  limiter: SlotLimiter;
  send: Sender;
  log: Log;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  random: () => number;
};

/**
 * Carries one message to one destination: the only path on which a message leaves for DingTalk. May be called any number
 * of times for the same item. Answers nothing when the item is finished, else when to come back.
 */
export async function deliverMessage(deps: DeliverDeps, item: OutboxItem): Promise<{ retryInMs: number } | undefined> {
  const message = await deps.messages.get(item.messageId);
  const delivery = message?.deliveries[item.destination];
  if (!message || !delivery || isFinished(delivery.status)) return undefined;

  const at = new Date(deps.now()).toISOString();
  if (message.expiresAt !== undefined && Date.parse(message.expiresAt) <= deps.now()) {
    return deps.messages.record(item, { status: 'expired' }).then(() => undefined);
  }
  const destination = await deps.destinations.get(item.destination);
  if (!destination) {
    const remedy = `Register "${item.destination}" and send the message again.`;
    const attempt = { at, outcome: 'failed' as const, code: 'unknown_destination', remedy };
    return deps.messages.record(item, { status: 'failed', attempt }).then(() => undefined);
  }

  // Found on its way: whoever had it died between the call and the outcome, so it may have arrived.
  const interrupted = delivery.status === 'sending';
  const repeatShowsOnce = destination.kind === 'custom-robot';
  if (interrupted && !repeatShowsOnce && message.delivery === 'at-most-once') {
    const attempt = { at, outcome: 'no-answer' as const, code: 'interrupted', reason: 'the sender died in mid-call' };
    return deps.messages.record(item, { status: 'unknown', attempt }).then(() => undefined);
  }

  const target = paceTarget(destination);
  const waitMs = await slotWait(deps, target, paceOf(destination));
  if (waitMs > 0) return { retryInMs: waitMs };

  await deps.messages.start(item, interrupted && !repeatShowsOnce);
  try {
    const rendered = renderFor(destination, message.content, message.mention);
    const sent = await deps.send(destination, rendered, uuidOf(message, item.destination));
    const sentAt = new Date(deps.now()).toISOString();
    await deps.messages.record(item, { ...sent, status: 'sent', attempt: { at: sentAt, outcome: 'sent' } });
    deps.log.info('message-sent', { ...item, kind: destination.kind });
    return undefined;
  } catch (error) {
    const { now, random } = deps;
    const { attempt, retryInMs, blockMs, ...outcome } = verdictOn(error, {
      message,
      delivery,
      repeatShowsOnce,
      now: now(),
      random,
    });
    if (blockMs !== undefined) await deps.limiter.block(target, now() + blockMs);
    await deps.messages.record(item, { ...outcome, attempt });
    deps.log.warn(retryInMs === undefined ? 'message-failed' : 'message-retry', {
      ...item,
      code: attempt.code,
      retryInMs,
    });
    return retryInMs === undefined ? undefined : { retryInMs };
  }
}

/** 0 once a slot is taken, else for how long (ms) the message has to go back. */
async function slotWait(deps: DeliverDeps, target: string, pace: ReturnType<typeof paceOf>): Promise<number> {
  for (;;) {
    const slot = await deps.limiter.take(target, pace);
    if (slot.granted) return 0;
    const waitMs = Math.max(1, slot.retryAt - deps.now());
    if (waitMs > SHORT_WAIT_MS) return waitMs;
    await deps.sleep(waitMs);
  }
}

/** DingTalk's msgUuid: the same for each try of one message to one destination (messaging.md §2.2). */
function uuidOf(message: Message, destination: string): string {
  return `${message.id}-${Buffer.from(destination).toString('hex')}`.slice(0, 64);
}
