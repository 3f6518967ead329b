import { isRetryable } from '../../base/errors.ts';
import { sha256 } from '../../base/hash.ts';
import { retry } from '../../base/retry.ts';
import { REASONS } from '../../base/words/en.ts';
import type { Sent } from '../kinds/kind.ts';
import type { Meter } from '../limits/meter.ts';
import type { Slot } from '../limits/pace.ts';
import { quotaOf, saysMonthGoesOn } from '../limits/quota.ts';
import { type Delivery, type DeliveryChange, isFinished, type Outbox, withAttempt } from '../message.ts';
import type { Step } from '../render/plan.ts';
import { type Errand, end, finish, type Later, repeatShowsOnce, told } from './errand.ts';
import { type FailureDeps, recordFailure } from './failure.ts';
import { afterStep } from './progress.ts';
import type { Sender } from './send.ts';
import { type SlotDeps, slotFor } from './slot.ts';

export type AttemptDeps = SlotDeps & FailureDeps & { send: Sender; outbox: Outbox; meter: Pick<Meter, 'took'> };

/** How often it is tried to note what DingTalk took. */
const NOTE_TRIES = 4;

type Outcome = { delivery: Delivery } | { retry: Later };

/** Makes one call: takes its slot, marks the delivery as sending, calls, and writes the outcome before anything else. */
export async function attemptStep(deps: AttemptDeps, errand: Errand, plan: Step[], step: Step): Promise<Outcome> {
  const { item, message, delivery } = errand;
  const turn = await slotFor(deps, step.destination, delivery, message.priority);
  if ('waitMs' in turn) return { retry: { retryInMs: turn.waitMs } };
  if ('gone' in turn) {
    const reason = REASONS.robotRemoved;
    const attempt = { at: new Date(deps.now()).toISOString(), outcome: 'failed' as const, code: 'robot_gone', reason };
    await end(deps, errand, { status: 'unknown', attempts: withAttempt(delivery, attempt) });
    return { retry: undefined };
  }
  const { destination, robot, slots } = turn;
  const inPool = robot !== undefined;
  const interrupted = delivery.status === 'sending';
  const started = await deps.messages.start(item, {
    rev: delivery.rev,
    ...(delivery.waits && { waits: null }),
    ...(delivery.warnings && !delivery.warned && { warnings: delivery.warnings }),
    ...(robot !== undefined && { robot }),
    ...(delivery.planId !== undefined && { planId: delivery.planId }),
    ...(interrupted && { crashes: delivery.crashes + 1 }),
    ...(interrupted && !repeatShowsOnce(destination) && { possibleDuplicate: true }),
  });
  if (!started) {
    // recalled while it waited for its slot, or somebody else had it, or it was given up since it was accepted
    await deps.limiter.giveBack(slots);
    const now = (await deps.messages.get(message.id))?.deliveries[item.destination];
    return { retry: now && (!isFinished(now.status) || now.deadLetter) ? { retryInMs: 0 } : undefined };
  }
  const begun = { ...errand, delivery: { ...delivery, rev: delivery.rev + 1 } };
  const answer = await deps.send(destination, step.rendered, uuidOf(errand)).then(
    (sent) => ({ sent, goesOn: true }),
    (error: unknown) => ({ error, goesOn: saysMonthGoesOn(error) }),
  );
  const endedAt = deps.now();
  if (answer.goesOn) await deps.meter.took(quotaOf(destination));
  const outcome =
    'sent' in answer
      ? await recordSent(deps, { ...begun, plan, step: { ...step, destination } }, answer.sent)
      : {
          retry: await recordFailure(deps, { ...begun, destination, whole: errand.destination, inPool }, answer.error),
        };
  await correctSlots(deps, slots, endedAt);
  return outcome;
}

async function recordSent(
  deps: AttemptDeps,
  { plan, step, ...errand }: Errand & { plan: Step[]; step: Step },
  sent: Sent,
): Promise<Outcome> {
  const next = afterStep({ delivery: errand.delivery, plan }, sent, new Date(deps.now()).toISOString());
  const { rev } = errand.delivery;
  const isNoted = await note(deps, errand, { ...next.change, rev });
  if (isFinished(next.change.status)) {
    const fields = { kind: step.destination.kind, calls: next.delivery.done, receipt: sent.receipt };
    told(deps, errand, next.change, fields);
  }
  if (!isNoted) return { retry: undefined };
  const delivery = { ...next.delivery, rev: rev + 1 };
  return next.retryInMs === undefined ? { delivery } : { retry: { retryInMs: next.retryInMs } };
}

/**
 * Notes a call that DingTalk took. It must not be made again because the record cannot be written: what cannot be noted
 * goes into the queue, and whoever comes next notes it. Answers false when that is so.
 */
async function note(deps: AttemptDeps, errand: Errand, change: DeliveryChange): Promise<boolean> {
  const { messages, outbox, sleep, log } = deps;
  const { messageId, destination } = errand.item;
  const pause = (_: unknown, failed: number) => sleep(failed * 500).then(() => true);
  const work = () => (isFinished(change.status) ? finish(deps, errand, change) : messages.record(errand.item, change));
  try {
    await retry(work, { tries: NOTE_TRIES, mayPass: isRetryable, pause });
    return true;
  } catch (error) {
    log.warn('outcome-queued', { messageId, destination, retryable: isRetryable(error) });
    await outbox.put([{ ...errand.item, taken: change }], `taken-${change.rev}`);
    return false;
  }
}

/** Counts a slow call at the time when it ended, since it may have arrived as late as that. */
async function correctSlots({ limiter }: AttemptDeps, slots: Slot[], endedAt: number): Promise<void> {
  await Promise.all(
    slots.filter((slot) => endedAt - slot.at > slot.punctualMs).map((slot) => limiter.late(slot, endedAt)),
  );
}

/** DingTalk's msgUuid: the same for each try of one call of one message to one destination (messaging.md §2.2). */
/** A change of a card goes under the id that the card was sent by. */
function uuidOf({ message, item, delivery: { done, fallbackIndex } }: Errand): string {
  const name = sha256(item.destination).slice(0, 8);
  const id = message.content.kind === 'cardChange' ? message.content.card : message.id;
  return `${id}-${name}-${done}${fallbackIndex > 0 ? `-${fallbackIndex}` : ''}`;
}
