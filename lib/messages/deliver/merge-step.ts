import type { Language } from '../../base/language.ts';
import { appNameOf } from '../destination.ts';
import {
  type Attempt,
  type Delivery,
  type DeliveryChange,
  isFinished,
  type Message,
  type OutboxItem,
} from '../message.ts';
import type { MessageStore } from '../store.ts';
import type { Errand } from './errand.ts';
import { isMergeable, isUntouched, type Merges, mergedContent, mergedMention, mergeWindowOf } from './merge.ts';
import { isLarge } from './progress.ts';

type MergeDeps = {
  messages: Pick<MessageStore, 'get' | 'record'>;
  merges: Merges;
  languageOf(app?: string): Language;
  now: () => number;
};

/** The message to send, with the merged ones in it; or when to come back; or that there is nothing left to do. */
type Merged = { message: Message; attempts?: Attempt[] } | { retryInMs: number } | 'done';

/** The message that this one was merged into comes before it in the queue, so this wait is rare. */
const HEAD_MS = 5_000;
/** Calls and people of which each merged message tells by itself. */
const MOST_OUTCOMES = 100;

/**
 * Where a destination merges, a message waits until its window ends and is then sent together with those that came
 * meanwhile. A merged message gets the outcome of the message that it was merged into.
 */
export async function mergeStep(deps: MergeDeps, errand: Errand): Promise<Merged> {
  const { merges, languageOf, now } = deps;
  const { item, message, delivery, destination } = errand;
  const head = await headOf(deps, errand);
  if (head) return head;
  const windowMs = mergeWindowOf(destination, message);
  const byNight = delivery.waits?.for === 'quiet' && isMergeable(message);
  if (windowMs === undefined && !delivery.gathered && !byNight) return { message };
  const waitMs = Date.parse(message.createdAt) + (windowMs ?? 0) - now();
  if (isUntouched(delivery) && !delivery.closed && waitMs > 0) return { retryInMs: waitMs };
  const gathered = await gatheredBy(merges, item, delivery);
  const others = await Promise.all(
    gathered.map(async (messageId) =>
      (await merges.adopt({ ...item, messageId }, message.id)) ? deps.messages.get(messageId) : undefined,
    ),
  );
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

/** Of a message that goes with another one: to wait for that one's outcome, or to have it. */
async function headOf({ messages }: MergeDeps, { item, message, delivery }: Errand): Promise<Merged | undefined> {
  if (delivery.mergedInto === undefined) return undefined;
  const head = (await messages.get(delivery.mergedInto))?.deliveries[item.destination];
  if (!head) return undefined;
  // each goes its own way then, and knows of the tries that were made for all
  if (head.fallback?.to !== undefined) return { message, attempts: head.attempts };
  if (!isFinished(head.status)) return { retryInMs: HEAD_MS };
  await messages.record(item, outcomeOf(head));
  return 'done';
}

/** What became of a message that went with another one; the outcomes of many calls and people stand with that one. */
function outcomeOf(head: Delivery): DeliveryChange {
  const { status, attempts, possibleDuplicate, fallback, done } = head;
  const few = <T>(all: T[] = []) => (all.length <= MOST_OUTCOMES ? all : []);
  const [receipts, people] = [few(head.receipts), few(head.people)];
  const outcomes = { receipts, ...(people.length > 0 && { people }) };
  return {
    ...{ status, attempts },
    ...(isLarge({ receipts, people }) ? { done, page: { call: done - 1, receipts, people } } : outcomes),
    ...(possibleDuplicate && { possibleDuplicate }),
    ...(fallback && { fallback, waiting: null }),
  };
}

/** The messages that were gathered stay the same, so that each try sends the same text. */
async function gatheredBy(merges: Merges, item: OutboxItem, { closed, gathered }: Delivery): Promise<string[]> {
  const found = closed === item.messageId && gathered ? gathered : await merges.close(item);
  // who was gathered by a worker that died was gathered again
  return [...new Set(found)].filter((id) => id !== item.messageId);
}
