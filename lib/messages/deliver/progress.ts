import { REASONS, REMEDIES } from '../../base/words/en.ts';
import type { Sent } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryChange,
  NOT_REACHED,
  type Outcomes,
  type Page,
  withAttempt,
} from '../message.ts';
import type { Step } from '../render/plan.ts';

/** How far a delivery has come in its plan. */
type Progress = { delivery: Delivery; plan: Step[] };

/** People whom DingTalk throttled are tried again, this many times. */
const MOST_ROUNDS = 5;
const ROUND_MS = 30_000;
/** Outcomes of more bytes leave the record, which is written at each step, for a page of their own. */
const TAIL_BYTES = 400;

/** The next call; undefined when all are done. After the plan come rounds for people whom DingTalk throttled. */
export function stepAt({ delivery, plan }: Progress): Step | undefined {
  const planned = plan[delivery.done];
  if (planned) return planned;
  const throttled = throttledPeople(delivery);
  const rounds = delivery.done - plan.length;
  const [first] = plan;
  if (throttled.length === 0 || rounds >= MOST_ROUNDS || !first) return undefined;
  const destination = kindOf(first.destination).again?.(first.destination, throttled);
  return destination && { ...first, destination };
}

/** The delivery after a call that DingTalk accepted, and what of it is to be written; `queued` while calls are left. */
export function afterStep({ delivery, plan }: Progress, sent: Sent, at: string): After {
  const answered = outcomesOf(sent);
  const people = newest([...(delivery.people ?? []), ...answered.people]);
  const had = delivery.tail ?? { receipts: delivery.receipts, people: delivery.people ?? [] };
  const tail = joined(had, answered);
  const page: Page | undefined = isLarge(tail) ? { call: delivery.done, ...tail } : undefined;
  const left = page ? { receipts: [], people: [] } : tail;
  const known = { done: delivery.done + 1, crashes: 0 };
  const next: Delivery = {
    ...delivery,
    ...known,
    receipts: [...delivery.receipts, ...answered.receipts],
    ...(people.length > 0 && { people }),
    tail: left,
    ...(page && { paged: true }),
    status: 'queued',
  };
  const change = { ...known, ...changedTail(had, left), ...(page && { page }) };
  if (stepAt({ delivery: next, plan })) {
    // The planned calls follow each other; a round for throttled people waits.
    const isRound = next.done >= plan.length;
    return {
      delivery: next,
      change: { ...change, status: 'queued' as const },
      ...(isRound && { retryInMs: ROUND_MS }),
    };
  }
  return { delivery: next, change: { ...change, ...ending(next, at) } };
}

/** Whether outcomes leave the record for a page of their own. */
export function isLarge(outcomes: Outcomes): boolean {
  return Buffer.byteLength(JSON.stringify(outcomes)) > TAIL_BYTES;
}

type After = { delivery: Delivery; change: DeliveryChange; retryInMs?: number };

/** How a delivery ends whose calls are all made. */
export function ending(delivery: Delivery, at: string): Pick<DeliveryChange, 'attempts' | 'status' | 'waiting'> {
  const { people } = delivery;
  const reached = people === undefined || people.some(({ outcome }) => !NOT_REACHED.includes(outcome));
  const attempts = withAttempt(delivery, reached ? { at, outcome: 'sent' } : { at, ...NO_ONE_REACHED });
  return { status: reached ? 'sent' : 'failed', attempts, waiting: delivery.waiting ? null : undefined };
}

/** What changes of the outcomes that stand in the record. */
function changedTail(had: Outcomes, { receipts, people }: Outcomes): Partial<Outcomes> {
  return {
    ...(had.receipts.length + receipts.length > 0 && { receipts }),
    ...(had.people.length + people.length > 0 && { people }),
  };
}

const NO_ONE_REACHED: Omit<Attempt, 'at'> = {
  outcome: 'refused',
  code: 'nobody_reached',
  reason: REASONS.nobodyReached,
  remedy: REMEDIES.nobodyReached,
};

/** The last attempt of a delivery that fails: it says how many calls were accepted before. */
export function lastWords({ done }: Delivery, attempt: Attempt): Attempt {
  if (done === 0) return attempt;
  const reason = attempt.reason ?? attempt.code ?? '';
  return { ...attempt, reason: REASONS.callsTaken(reason, done) };
}

function joined(before: Outcomes, { receipts, people }: Outcomes): Outcomes {
  return { receipts: [...before.receipts, ...receipts], people: newest([...before.people, ...people]) };
}

/** Of each person the newest outcome: who was throttled has another round. */
function newest(people: Outcomes['people']): Outcomes['people'] {
  return [...new Map(people.map((person) => [person.userId, person])).values()];
}

function outcomesOf({ receipt, people = [] }: Sent): Outcomes {
  return { receipts: receipt === undefined ? [] : [receipt], people };
}

function throttledPeople({ people = [] }: Delivery): string[] {
  return people.filter(({ outcome }) => outcome === 'throttled').map(({ userId }) => userId);
}
