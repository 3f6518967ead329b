import { type Attempt, type Delivery, type DeliveryChange, withAttempt } from '../message.ts';
import type { Step } from '../render/plan.ts';
import type { Sent } from './send.ts';

/** How far a delivery has come along its plan. */
export type Progress = { delivery: Delivery; plan: Step[] };

/** People whom DingTalk throttled get another round, this many times. */
const MOST_ROUNDS = 5;
const ROUND_MS = 30_000;

/** The next call; undefined when all are done. Past the plan come the rounds for people whom DingTalk throttled. */
export function stepAt({ delivery, plan }: Progress): Step | undefined {
  const planned = plan[delivery.done];
  if (planned) return planned;
  const throttled = throttledPeople(delivery);
  const rounds = delivery.done - plan.length;
  const [first] = plan;
  if (throttled.length === 0 || rounds >= MOST_ROUNDS || first?.destination.kind !== 'robot-users') return undefined;
  return { ...first, destination: { ...first.destination, userIds: throttled.slice(0, 20) } };
}

/** What a call that DingTalk took changes, and whether the delivery ends with it. */
export function afterStep(progress: Progress, step: Step, sent: Sent, at: string) {
  const { delivery, plan } = progress;
  const people = peopleAfter(delivery, step, sent);
  const receipts = sent.receipt === undefined ? delivery.receipts : [...delivery.receipts, sent.receipt];
  const next: Delivery = {
    ...delivery,
    status: 'queued',
    done: delivery.done + 1,
    receipts,
    ...(people && { people }),
  };
  const reached = people === undefined || people.some(({ outcome }) => outcome === 'accepted');
  const ends = stepAt({ delivery: next, plan }) === undefined;
  const status = !ends ? ('queued' as const) : reached ? ('sent' as const) : ('failed' as const);
  const attempt = ends ? lastAttempt(status, at) : undefined;
  const change: DeliveryChange = {
    status,
    done: next.done,
    receipts,
    ...(people && { people }),
    ...(attempt && { attempts: withAttempt(delivery, attempt) }),
  };
  // The planned calls follow each other; a round for throttled people waits.
  const waits = !ends && next.done >= plan.length;
  return { progress: { delivery: next, plan }, change, ends, ...(waits && { retryInMs: ROUND_MS }) };
}

/** The last try of a delivery that fails; half-way, it says so. */
export function lastWords({ done }: Delivery, attempt: Attempt): Attempt {
  if (done === 0) return attempt;
  const reason = attempt.reason ?? attempt.code ?? '';
  return { ...attempt, reason: `${reason} (after ${done} calls that DingTalk took)` };
}

function lastAttempt(status: 'queued' | 'sent' | 'failed', at: string): Attempt {
  if (status === 'sent') return { at, outcome: 'sent' };
  return {
    at,
    outcome: 'refused',
    code: 'nobody_reached',
    reason: 'DingTalk took the message for none of the people',
    remedy: 'Look at `people`: correct the user ids of the destination, or try later.',
  };
}

function peopleAfter(
  delivery: Delivery,
  { destination }: Step,
  { invalid = [], throttled = [] }: Sent,
): Delivery['people'] {
  if (destination.kind !== 'robot-users') return delivery.people;
  const { userIds } = destination;
  const others = (delivery.people ?? []).filter(({ userId }) => !userIds.includes(userId));
  const said = userIds.map((userId) => {
    if (invalid.includes(userId)) return { userId, outcome: 'invalid' as const };
    return { userId, outcome: throttled.includes(userId) ? ('throttled' as const) : ('accepted' as const) };
  });
  return [...others, ...said];
}

function throttledPeople({ people = [] }: Delivery): string[] {
  return people.filter(({ outcome }) => outcome === 'throttled').map(({ userId }) => userId);
}
