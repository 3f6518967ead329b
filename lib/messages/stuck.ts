import { type MessageStore, type Outbox, waitingItems } from './message.ts';

/** When it is looked after again, should this round be lost too. */
const NEXT_LOOK_MS = 30 * 60_000;
/** Pages of one run; what is left over is found by the next. */
const MOST_PAGES = 40;

export type StuckDeps = {
  messages: Pick<MessageStore, 'listDue' | 'setDue'>;
  outbox: Outbox;
  now: () => number;
};

/**
 * Brings back what waits for its time (a message that stepped aside) and what got lost between table and queue.
 * A message that is on its way all the same comes twice to the sender, which skips it. Answers how many came back.
 */
export async function requeueStuck({ messages, outbox, now }: StuckDeps): Promise<number> {
  let back = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const due = await messages.listDue(now());
    for (const message of due) {
      const waiting = waitingItems(message);
      await outbox.put(waiting, `look-${now()}`);
      await messages.setDue(message.id, waiting.length === 0 ? undefined : now() + NEXT_LOOK_MS);
      back += waiting.length;
    }
    if (due.length === 0) break;
  }
  return back;
}
