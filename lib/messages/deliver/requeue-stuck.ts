import type { Metric } from '../../base/embedded-metric.ts';
import { FIRST_CHECK_MS, type MessageStore, type Outbox, waitingItems } from '../message.ts';

/** The first time until the next check, if this round is lost too; it grows with the age of the message. */
const NEXT_CHECK_MS = 30 * 60_000;
/** Pages of one run; the next run finds the rest. */
const MOST_PAGES = 40;

export type StuckDeps = {
  messages: Pick<MessageStore, 'listDue' | 'listUnseen' | 'checked' | 'seen' | 'watch'>;
  outbox: Outbox;
  /** Called with the number of unreadable records up to an id: they are not sent. */
  unreadable: (count: number, upTo: string) => void;
  metric: Metric;
  now: () => number;
};

/**
 * Queues parked messages whose time has come, and messages that were lost between table and queue. If a message is queued
 * already, the sender skips the second record.
 */
export async function requeueStuck(deps: StuckDeps): Promise<void> {
  await watchUnfinished(deps);
  const { messages, outbox, metric, now } = deps;
  let back = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const due = await messages.listDue(now());
    for (const { message, dueAt } of due) {
      const at = now();
      const waiting = waitingItems(message).map((item) => ({
        item,
        at: message.deliveries[item.destination]?.dueAt ?? 0,
      }));
      const ready = waiting.filter((one) => one.at <= at).map(({ item }) => item);
      const later = waiting.filter((one) => one.at > at).map((one) => one.at);
      await outbox.put(ready, `check-${at}`);
      const again = at + Math.max(NEXT_CHECK_MS, at - Date.parse(message.createdAt));
      const next = Math.min(...later, ...(ready.length > 0 ? [again] : []));
      await messages.checked(message.id, dueAt, Number.isFinite(next) ? next : undefined);
      back += ready.length;
    }
    if (due.length === 0) break;
  }
  if (back > 0) metric('RequeuedMessages', back, {});
}

/** Checks every message once: most are finished by then, and cost a part of one read. */
async function watchUnfinished({ messages, unreadable, now }: StuckDeps): Promise<void> {
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { messages: all, unreadable: bad, upTo, more } = await messages.listUnseen(now() - FIRST_CHECK_MS);
    if (bad > 0) unreadable(bad, upTo);
    for (const message of all) if (waitingItems(message).length > 0) await messages.watch(message.id, now());
    await messages.seen(upTo);
    if (!more) break;
  }
}
