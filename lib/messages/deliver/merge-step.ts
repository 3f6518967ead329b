import type { Language } from '../../base/language.ts';
import { appNameOf } from '../destination.ts';
import { type Delivery, isFinished, type Message, type OutboxItem } from '../message.ts';
import type { MessageStore } from '../store.ts';
import type { Errand } from './errand.ts';
import { isUntouched, type Merges, mergedContent, mergedMention, mergeWindowOf } from './merge.ts';

type MergeDeps = {
  messages: Pick<MessageStore, 'get' | 'record'>;
  merges: Merges;
  languageOf(app?: string): Language;
  now: () => number;
};

/** The message to send, with the merged ones in it; or when to come back; or that there is nothing left to do. */
type Merged = { message: Message } | { retryInMs: number } | 'done';

/** The message that this one was merged into comes before it in the queue, so this wait is rare. */
const HEAD_MS = 5_000;
/** People of whom each merged message tells by itself. */
const MOST_PEOPLE = 100;

/**
 * Where a destination merges, a message waits until its window ends and is then sent together with those that came
 * meanwhile. A merged message gets the outcome of the message that it was merged into.
 */
export async function mergeStep(
  { messages, merges, languageOf, now }: MergeDeps,
  { item, message, delivery, destination }: Errand,
): Promise<Merged> {
  if (delivery.mergedInto !== undefined) {
    const head = (await messages.get(delivery.mergedInto))?.deliveries[item.destination];
    if (head && !isFinished(head.status)) return { retryInMs: HEAD_MS };
    if (head) {
      const { status, attempts, receipts, people, possibleDuplicate } = head;
      // the outcomes of many people stand with the message that they were merged into
      const few = people && people.length <= MOST_PEOPLE && { people };
      const outcome = { status, attempts, receipts, ...few };
      await messages.record(item, { ...outcome, ...(possibleDuplicate && { possibleDuplicate }) });
      return 'done';
    }
  }
  const windowMs = mergeWindowOf(destination, message);
  if (windowMs === undefined && !delivery.gathered) return { message };
  const waitMs = Date.parse(message.createdAt) + (windowMs ?? 0) - now();
  if (isUntouched(delivery) && !delivery.closed && waitMs > 0) return { retryInMs: waitMs };
  const gathered = await gatheredBy(merges, item, delivery);
  const others = await Promise.all(gathered.map((messageId) => merges.adopt({ ...item, messageId }, message.id)));
  const all = [message, ...others.filter((other) => other !== undefined)];
  all.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
  if (all.length === 1) return { message };
  const mention = mergedMention(all);
  return {
    message: {
      ...message,
      content: mergedContent(all, languageOf(appNameOf(destination))),
      ...(mention && { mention }),
    },
  };
}

/** The messages that were gathered stay the same, so that each try sends the same text. */
async function gatheredBy(merges: Merges, item: OutboxItem, { closed, gathered }: Delivery): Promise<string[]> {
  return closed === item.messageId && gathered ? gathered : merges.close(item);
}
