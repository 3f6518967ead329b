import * as v from 'valibot';
import { Attempt, DeliveryStatus, DeliveryView, Waits } from '../../contract/records/messages.ts';
import { Mention } from '../../contract/values.ts';
import { Content } from './content.ts';

export { Attempt, DeliveryStatus };

/** The delivery of a message to one destination, with what only the sender needs. */
export const Delivery = v.object({
  ...v.omit(DeliveryView, ['destination']).entries,
  /** How many calls of the plan are done: a long text or many people take several. */
  done: v.optional(v.number(), 0),
  /** What it waits for; null once that is over. */
  waits: v.nullish(Waits),
  /** DingTalk's ids of what was sent, one a call: processQueryKey, task_id or messageId. */
  receipts: v.optional(v.array(v.string()), []),
  /** The robot of a pool that sends the message: a repeat uses the same one, since only that one knows its msgUuid. */
  robot: v.optional(v.string()),
  /** Identifies the plan of calls when the first call was made; a changed destination gives another plan. */
  planId: v.optional(v.string()),
  /** When this delivery is queued again if it is still unfinished (epoch ms). */
  dueAt: v.optional(v.number()),
  /** How many workers crashed while sending this message. */
  crashes: v.optional(v.number(), 0),
  /** The content in use: 0 is the message's own, 1 the first of `otherwise`, and so on. */
  fallbackIndex: v.optional(v.number(), 0),
  /** Messages that are merged into this one; `closed` names the one of them that came out of the queue first. */
  gathered: v.optional(v.array(v.string())),
  closed: v.optional(v.string()),
  /** True when it is in the dead letters; when redriven it starts anew. */
  deadLetter: v.optional(v.boolean()),
});
export type Delivery = v.InferOutput<typeof Delivery>;

/** A message and its deliveries, keyed by destination name. Times are ISO 8601. */
export const Message = v.object({
  id: v.string(),
  /** Whose it is: the owner of the key that sent it, or the part of dingdock. */
  caller: v.string(),
  requestHash: v.string(),
  createdAt: v.string(),
  expiresAt: v.optional(v.string()),
  priority: v.optional(v.picklist(['normal', 'high'])),
  delivery: v.picklist(['at-least-once', 'at-most-once']),
  content: Content,
  /** Fallback contents, used in this order where DingTalk refuses the content. */
  otherwise: v.optional(v.array(Content)),
  mention: v.optional(Mention),
  deliveries: v.record(v.string(), Delivery),
});
export type Message = v.InferOutput<typeof Message>;

/** One message for one destination: a record of the outbox. */
export const OutboxItem = v.object({
  messageId: v.string(),
  destination: v.string(),
  /** `high` is sent before messages that wait for the same destination. */
  priority: v.optional(v.picklist(['normal', 'high'])),
});
export type OutboxItem = v.InferOutput<typeof OutboxItem>;

/** Stores messages. Every write that decides something is conditional. */
export type MessageStore = {
  /** Stores a new message; answers false, and changes nothing, when the id is taken. */
  create(message: Message): Promise<boolean>;
  /** The id that an idempotency key stands for: `id`, unless the key has one already. */
  idFor(key: string, id: string, now: number): Promise<string>;
  get(id: string): Promise<Message | undefined>;
  /** Marks a delivery as sending; answers false when it is finished, for example recalled. */
  start(
    item: OutboxItem,
    known: Partial<Pick<Delivery, 'possibleDuplicate' | 'robot' | 'crashes' | 'planId' | 'waits'>>,
  ): Promise<boolean>;
  /** Writes the outcome of a try; nothing when the delivery is finished already. */
  record(item: OutboxItem, outcome: DeliveryChange): Promise<void>;
  /** The same for the last delivery of a message: also ends the checks of the message. */
  recordLast(item: OutboxItem, outcome: DeliveryChange): Promise<void>;
  /** Marks a delivery as recalled, from `queued` (it was never sent) or `sent`; answers whether it was in that state. */
  recall(item: OutboxItem, from: 'queued' | 'sent'): Promise<boolean>;
  /** Makes a dead letter deliverable again. */
  revive(item: OutboxItem): Promise<void>;
  /** Messages that were accepted on a (UTC) day, newest first. */
  listDay(day: string, cursor?: string): Promise<{ messages: Message[]; cursor?: string }>;
  /** Messages accepted before `until` (epoch ms) and after the last `seen`: one page, oldest first. */
  listUnseen(until: number): Promise<{ messages: Message[]; unreadable: number; upTo: string; more: boolean }>;
  /** Marks all messages up to this id as seen. */
  seen(upTo: string): Promise<void>;
  /** Messages whose check is due, and since when; oldest first. */
  listDue(now: number): Promise<{ message: Message; dueAt: number }[]>;
  /** Schedules a check of this message at `dueAt`, or keeps an earlier one. */
  watch(id: string, dueAt: number): Promise<void>;
  /** Schedules the next check of a listed message (undefined: none); answers false when it was rescheduled meanwhile. */
  checked(id: string, listed: number, dueAt: number | undefined): Promise<boolean>;
};

export type DeliveryChange = Partial<Delivery> & { status: DeliveryStatus };

/** A message that is not finished this long after it was accepted is checked. */
export const FIRST_CHECK_MS = 15 * 60_000;

/** The FIFO queue on which messages wait for their destination; a destination is a group. */
export type Outbox = {
  /** The queue drops repeats of an item, unless they have another `round`. */
  put(items: OutboxItem[], round?: string): Promise<void>;
};
/** The queue of records that cannot be processed. */
export type DeadLetters = { put(items: OutboxItem[]): Promise<void> };

const FINISHED: readonly DeliveryStatus[] = ['sent', 'failed', 'unknown', 'expired', 'recalled'];

/** An id begins with the time of acceptance, so that ids sort by time: `m_20260131235959123` and a unique part. */
export function messageIdAt(ms: number, unique = ''): string {
  return `m_${new Date(ms).toISOString().replace(/\D/g, '')}${unique}`;
}

export function isFinished(status: DeliveryStatus): boolean {
  return FINISHED.includes(status);
}

/** The status of the whole message: unfinished while any delivery is, else the worst outcome. */
export function overallStatus({ deliveries }: Message): DeliveryStatus {
  const statuses = Object.values(deliveries).map(({ status }) => status);
  const order: DeliveryStatus[] = ['sending', 'queued', 'failed', 'unknown', 'expired', 'recalled', 'sent'];
  return order.find((status) => statuses.includes(status)) ?? 'failed';
}

/** The content that a delivery sends: the message's own or a fallback. */
export function contentOf({ content, otherwise = [] }: Message, { fallbackIndex }: Delivery): Content {
  return [content, ...otherwise][fallbackIndex] ?? content;
}

/** The deliveries of a message that are not finished. */
export function waitingItems({ id, priority, deliveries }: Message): OutboxItem[] {
  const waiting = Object.entries(deliveries).filter(([, { status }]) => !isFinished(status));
  return waiting.map(([destination]) => ({ messageId: id, destination, ...(priority && { priority }) }));
}

/** Attempts that a record keeps: the first and the newest ones. */
const MOST_ATTEMPTS = 40;

/** The attempts of a delivery with one more; old ones are dropped so that the record stays below DynamoDB's limit. */
export function withAttempt({ attempts }: Delivery, attempt: Attempt): Attempt[] {
  if (attempts.length < MOST_ATTEMPTS) return [...attempts, attempt];
  return [...attempts.slice(0, 1), ...attempts.slice(2 - MOST_ATTEMPTS), attempt];
}

/** Whether an earlier try of the next call may have arrived at DingTalk without an answer. */
export function mayHaveArrived({ status, attempts, possibleDuplicate }: Delivery): boolean {
  const last = attempts.at(-1);
  const unanswered = last?.outcome === 'no-answer' || last?.class === 'transient' || last?.class === 'unknown';
  return status === 'sending' || unanswered || possibleDuplicate === true;
}
