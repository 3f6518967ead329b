import type { Metric } from '../../base/embedded-metric.ts';
import { FIRST_CHECK_MS, type MessageStore, type Outbox, waitingItems } from '../message.ts';

/** When it is looked after again, should this round be lost too: in half an hour, and ever later what only waits long. */
const NEXT_CHECK_MS = 30 * 60_000;
/** Pages of one run; what is left over is found by the next. */
const MOST_PAGES = 40;

export type StuckDeps = {
  messages: Pick<MessageStore, 'listDue' | 'listUnseen' | 'checked' | 'seen' | 'watch'>;
  outbox: Outbox;
  /** Told how many records up to that id nobody can read: what they hold is not sent. */
  unreadable: (count: number, upTo: string) => void;
  metric: Metric;
  now: () => number;
};

/**
 * Brings back what waits for its time (a message that stepped aside) and what got lost between table and queue.
 * A message that is on its way all the same comes twice to the sender, which skips it. Answers how many came back.
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
  metric('RequeuedMessages', back, {});
}

/** Looks once at every message: most are finished by then, and cost a part of one read. */
async function watchUnfinished({ messages, unreadable, now }: StuckDeps): Promise<void> {
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { messages: all, unreadable: bad, upTo, more } = await messages.listUnseen(now() - FIRST_CHECK_MS);
    if (bad > 0) unreadable(bad, upTo);
    for (const message of all) if (waitingItems(message).length > 0) await messages.watch(message.id, now());
    await messages.seen(upTo);
    if (!more) break;
  }
}
