import type { Delivery, DeliveryChange } from '../../lib/messages/message.ts';
import type { Step } from '../../lib/messages/plan.ts';
import type { Sent } from '../../lib/messages/send.ts';

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
  const reached = people === undefined || Object.values(people).includes('accepted');
  const ends = stepAt({ delivery: next, plan }) === undefined;
  const status = !ends ? ('queued' as const) : reached ? ('sent' as const) : ('failed' as const);
  const attempt = ends ? lastAttempt(status, at) : undefined;
  const change: DeliveryChange = {
    status,
    done: next.done,
    receipts,
    ...(people && { people }),
    ...(attempt && { attempt }),
  };
  // The planned calls follow each other; a round for throttled people waits.
  const waits = !ends && next.done >= plan.length;
  return { progress: { delivery: next, plan }, change, ends, ...(waits && { retryInMs: ROUND_MS }) };
}

/** A delivery that fails half-way says so. */
export function afterFailure(delivery: Delivery, change: DeliveryChange): DeliveryChange {
  if (delivery.done === 0 || !change.attempt) return change;
  const reason = `${change.attempt.reason ?? change.attempt.code ?? ''} (after ${delivery.done} calls that DingTalk took)`;
  return { ...change, attempt: { ...change.attempt, reason } };
}

function lastAttempt(status: 'queued' | 'sent' | 'failed', at: string): DeliveryChange['attempt'] {
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
  const said = destination.userIds.map((userId) => {
    const outcome = invalid.includes(userId) ? 'invalid' : throttled.includes(userId) ? 'throttled' : 'accepted';
    return [userId, outcome] as const;
  });
  return { ...delivery.people, ...Object.fromEntries(said) };
}

function throttledPeople({ people = {} }: Delivery): string[] {
  return Object.entries(people).flatMap(([userId, outcome]) => (outcome === 'throttled' ? [userId] : []));
}
