import type { Destination } from '../destination.ts';
import { type Delivery, isFinished, type Message, type MessageStore, type OutboxItem } from '../message.ts';
import { isUntouched, type Merges, mergedContent, mergedMention, mergeWindowOf } from './merge.ts';

type MergeDeps = { messages: Pick<MessageStore, 'get' | 'record'>; merges: Merges; now: () => number };

/** The message as it goes, with those that go with it; or when to come back; or that there is nothing left to do. */
type Merged = { message: Message } | { retryInMs: number } | 'done';

/** Whoever took this one along stands before it, so this wait is rare. */
const HEAD_MS = 5_000;

/**
 * Where a destination merges, a message waits for its window and then takes those along that came meanwhile; whoever was
 * taken along has the outcome of the one that took it.
 */
export async function mergeStep(
  { messages, merges, now }: MergeDeps,
  item: OutboxItem,
  message: Message,
  delivery: Delivery,
  destination: Destination,
): Promise<Merged> {
  if (delivery.mergedInto !== undefined) {
    const head = (await messages.get(delivery.mergedInto))?.deliveries[item.destination];
    if (head && !isFinished(head.status)) return { retryInMs: HEAD_MS };
    if (head) {
      const { status, attempts, receipts, possibleDuplicate } = head;
      await messages.record(item, { status, attempts, receipts, ...(possibleDuplicate && { possibleDuplicate }) });
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
  return { message: { ...message, content: mergedContent(all), ...(mention && { mention }) } };
}

/** What was gathered once stays so: each try says the same. */
async function gatheredBy(merges: Merges, item: OutboxItem, { closed, gathered }: Delivery): Promise<string[]> {
  return closed === item.messageId && gathered ? gathered : merges.close(item);
}
