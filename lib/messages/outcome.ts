import { defined } from '../base/defined.ts';
import type { Trouble } from '../base/trouble.ts';
import { type Attempt, type Delivery, isFinished, type MessageState, overallStatus } from './message.ts';

/** Why a delivery was not sent, or is not sent yet. */
export type Why = { at?: string | undefined; code: string; reason: string; remedy?: string | undefined };

/** What became of what several messages carried: one status for all of them, and the first reason where one was not sent. */
export function outcomeOf(messages: readonly MessageState[]): { status: Delivery['status']; why?: Why | undefined } {
  const all = messages.flatMap(({ deliveries }) => Object.values(deliveries));
  const deliveries = Object.fromEntries(all.map((delivery, index) => [`${index}`, delivery]));
  const [why] = all.flatMap((delivery) => whyUnsent(delivery) ?? []);
  return { status: overallStatus({ deliveries }), why };
}

/** Undefined where nothing stopped it: it was sent, was taken back, is on its way for the first time, or is for later. */
export function whyUnsent({ status, attempts, waits, fallback }: Delivery): Why | undefined {
  if (status === 'sent' || status === 'recalled' || fallback) return undefined;
  const last = attempts.at(-1);
  if (last && last.outcome !== 'sent') return whyOf(last);
  if (!waits || waits.for === 'merge' || waits.for === 'sendAt') return undefined;
  return { code: waits.for, reason: waits.reason ?? `it waits until ${waits.until}` };
}

function whyOf({ at, outcome, code = outcome, reason = code, remedy }: Attempt): Why {
  return { at, code, reason, remedy };
}

/** A message that is not sent so long after it was accepted waits for others. */
const LATE_MS = 5_000;

/** What a record that messages tell of has to say of the newest one that was not sent. */
export function troubleIn(states: readonly MessageState[], now: number): Trouble | undefined {
  const all = states.flatMap(({ id, createdAt, sendAt = createdAt, deliveries }) =>
    Object.entries(deliveries).flatMap(([destination, delivery]) => {
      const isLate = !isFinished(delivery.status) && now - Date.parse(sendAt) >= LATE_MS;
      const why = whyUnsent(delivery) ?? (isLate ? queued(id) : undefined);
      if (!why) return [];
      const { at: since = createdAt, code, remedy } = why;
      const reason = `${destination}: ${why.reason}`;
      return [{ ...defined({ since, tries: delivery.attempts.length, code, reason, remedy }), createdAt }];
    }),
  );
  const [newest] = all.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
  if (!newest) return undefined;
  const { createdAt: _, ...trouble } = newest;
  return trouble;
}

function queued(id: string): Why {
  return { code: 'queued', reason: `the message waits for its turn; GET /messages/${id} says until when` };
}
