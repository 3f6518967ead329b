import { type Attempt, type Delivery, type DeliveryChange, withAttempt } from '../message.ts';
import type { Step } from '../render/plan.ts';
import type { Sent } from './send.ts';

/** How far a delivery has come in its plan. */
type Progress = { delivery: Delivery; plan: Step[] };

/** People whom DingTalk throttled are tried again, this many times. */
const MOST_ROUNDS = 5;
const ROUND_MS = 30_000;

/** The next call; undefined when all are done. After the plan come rounds for people whom DingTalk throttled. */
export function stepAt({ delivery, plan }: Progress): Step | undefined {
  const planned = plan[delivery.done];
  if (planned) return planned;
  const throttled = throttledPeople(delivery);
  const rounds = delivery.done - plan.length;
  const [first] = plan;
  if (throttled.length === 0 || rounds >= MOST_ROUNDS || first?.destination.kind !== 'robot-users') return undefined;
  return { ...first, destination: { ...first.destination, userIds: throttled.slice(0, 20) } };
}

/** The delivery after a call that DingTalk accepted, and what of it is to be written; `queued` while calls are left. */
export function afterStep({ delivery, plan }: Progress, step: Step, sent: Sent, at: string) {
  const people = peopleAfter(delivery, step, sent);
  const receipts = sent.receipt === undefined ? delivery.receipts : [...delivery.receipts, sent.receipt];
  const known = { done: delivery.done + 1, receipts, ...(people && { people }) };
  const next: Delivery = { ...delivery, ...known, status: 'queued' };
  if (stepAt({ delivery: next, plan })) {
    const change: DeliveryChange = { ...known, status: 'queued' };
    // The planned calls follow each other; a round for throttled people waits.
    return { delivery: next, change, ...(next.done >= plan.length && { retryInMs: ROUND_MS }) };
  }
  const reached = people === undefined || people.some(({ outcome }) => outcome === 'accepted');
  const attempts = withAttempt(delivery, reached ? { at, outcome: 'sent' } : { at, ...NO_ONE_REACHED });
  const change: DeliveryChange = { ...known, status: reached ? 'sent' : 'failed', attempts };
  return { delivery: next, change };
}

const NO_ONE_REACHED: Omit<Attempt, 'at'> = {
  outcome: 'refused',
  code: 'nobody_reached',
  reason: 'DingTalk took the message for none of the people',
  remedy: 'Look at `people`: correct the user ids of the destination, or try later.',
};

/** The last attempt of a delivery that fails: it says how many calls were accepted before. */
export function lastWords({ done }: Delivery, attempt: Attempt): Attempt {
  if (done === 0) return attempt;
  const reason = attempt.reason ?? attempt.code ?? '';
  return { ...attempt, reason: `${reason} (after ${done} calls that DingTalk took)` };
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
    if (throttled.includes(userId)) return { userId, outcome: 'throttled' as const };
    return { userId, outcome: 'accepted' as const };
  });
  return [...others, ...said];
}

function throttledPeople({ people = [] }: Delivery): string[] {
  return people.filter(({ outcome }) => outcome === 'throttled').map(({ userId }) => userId);
}
