import { sha256 } from '../../base/hash.ts';
import type { Slot } from '../limits/pace.ts';
import { type Delivery, withAttempt } from '../message.ts';
import type { Step } from '../render/plan.ts';
import {
  CHECK_AFTER_MS,
  type Errand,
  type ErrandDeps,
  finish,
  type Later,
  recordFailure,
  repeatShowsOnce,
} from './errand.ts';
import { afterStep } from './progress.ts';
import type { Sender, Sent } from './send.ts';
import { type SlotDeps, slotFor } from './slot.ts';

export type AttemptDeps = SlotDeps & ErrandDeps & { send: Sender };

type Outcome = { delivery: Delivery } | { retry: Later };

/** Makes one call: takes its slot, marks the delivery as sending, calls, and writes the outcome before anything else. */
export async function attemptStep(deps: AttemptDeps, errand: Errand, plan: Step[], step: Step): Promise<Outcome> {
  const { item, message, delivery } = errand;
  const turn = await slotFor(deps, step.destination, delivery, message.priority);
  if ('waitMs' in turn) return { retry: { retryInMs: turn.waitMs } };
  if ('gone' in turn) {
    const reason = 'the robot of the pool that may have sent it was removed; another robot could show it twice';
    const attempt = { at: new Date(deps.now()).toISOString(), outcome: 'failed' as const, code: 'robot_gone', reason };
    await finish(deps, errand, { status: 'unknown', attempts: withAttempt(delivery, attempt) });
    return { retry: undefined };
  }
  const { destination, robot, slots } = turn;
  const interrupted = delivery.status === 'sending';
  const started = await deps.messages.start(item, {
    ...(delivery.waits && { waits: null }),
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
  const answer = await deps.send(destination, step.rendered, uuidOf(errand)).then(
    (sent) => ({ sent }),
    (error: unknown) => ({ error }),
  );
  const endedAt = deps.now();
  const outcome =
    'sent' in answer
      ? await recordSent(deps, { ...errand, plan, step: { ...step, destination } }, answer.sent)
      : { retry: await recordFailure(deps, { ...errand, destination }, answer.error) };
  await correctSlots(deps, slots, endedAt);
  return outcome;
}

async function recordSent(
  deps: AttemptDeps,
  { plan, step, ...errand }: Errand & { plan: Step[]; step: Step },
  sent: Sent,
): Promise<Outcome> {
  const next = afterStep({ delivery: errand.delivery, plan }, step, sent, new Date(deps.now()).toISOString());
  const { delivery, change } = next;
  if (change.status === 'queued') {
    await deps.messages.record(errand.item, { ...change, dueAt: deps.now() + CHECK_AFTER_MS });
  } else {
    const fields = { kind: step.destination.kind, calls: delivery.done, receipt: sent.receipt };
    await finish(deps, errand, change, fields);
  }
  return next.retryInMs === undefined ? { delivery } : { retry: { retryInMs: next.retryInMs } };
}

/** Counts a slow call at the time when it ended, since it may have arrived as late as that. */
async function correctSlots({ limiter }: AttemptDeps, slots: Slot[], endedAt: number): Promise<void> {
  await Promise.all(
    slots.filter((slot) => endedAt - slot.at > slot.punctualMs).map((slot) => limiter.late(slot, endedAt)),
  );
}

/** DingTalk's msgUuid: the same for each try of one call of one message to one destination (messaging.md §2.2). */
function uuidOf({ message, item, delivery: { done, fallbackIndex } }: Errand): string {
  const name = sha256(item.destination).slice(0, 8);
  return `${message.id}-${name}-${done}${fallbackIndex > 0 ? `-${fallbackIndex}` : ''}`;
}
