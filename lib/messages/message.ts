import * as v from 'valibot';
import { Attempt, DeliveryStatus, DeliveryView } from '../../contract/records/messages.ts';
import { Mention } from '../../contract/values.ts';
import { Content } from './content.ts';

export { Attempt, DeliveryStatus };

/** What became of a message at one destination, and what its delivery has to know beside it. */
export const Delivery = v.object({
  ...v.omit(DeliveryView, ['destination']).entries,
  /** How many of the message's calls are done: a long text or a long list of people takes several. */
  done: v.optional(v.number(), 0),
  /** DingTalk's ids of what was sent, one a call: processQueryKey, task_id or messageId. */
  receipts: v.optional(v.array(v.string()), []),
  /** Which robot of a pool has the message: a repeat goes by the same one, since only that one knows its msgUuid. */
  robot: v.optional(v.string()),
  /** What the calls were when the first was made; a destination that changed since gives others. */
  planId: v.optional(v.string()),
  /** When somebody looks after this delivery, should nobody have by then (epoch ms). */
  dueAt: v.optional(v.number()),
  /** How often a worker died with this message in its hands. */
  crashes: v.optional(v.number(), 0),
  /** How many of the message's contents DingTalk refused here: the next of `otherwise` goes instead. */
  fallbackIndex: v.optional(v.number(), 0),
  /** Messages that came while this one waited, to go with it; `closed` by the one of them whose turn came first. */
  gathered: v.optional(v.array(v.string())),
  closed: v.optional(v.string()),
  /** True when it went to the dead letters; what comes from there starts anew. */
  deadLetter: v.optional(v.boolean()),
});
export type Delivery = v.InferOutput<typeof Delivery>;

/** A message and what became of it at each destination (keyed by destination name). Times are ISO 8601. */
export const Message = v.object({
  id: v.string(),
  caller: v.string(),
  requestHash: v.string(),
  createdAt: v.string(),
  expiresAt: v.optional(v.string()),
  priority: v.optional(v.picklist(['normal', 'high'])),
  delivery: v.picklist(['at-least-once', 'at-most-once']),
  content: Content,
  /** What goes instead, one after the other, where DingTalk refuses the content as such. */
  otherwise: v.optional(v.array(Content)),
  mention: v.optional(Mention),
  deliveries: v.record(v.string(), Delivery),
});
export type Message = v.InferOutput<typeof Message>;

/** One message on its way to one destination: what the outbox carries. */
export const OutboxItem = v.object({
  messageId: v.string(),
  destination: v.string(),
  /** High goes before what waits for the same destination. */
  priority: v.optional(v.picklist(['normal', 'high'])),
});
export type OutboxItem = v.InferOutput<typeof OutboxItem>;

/** Where messages are kept. Every write that decides is conditional. */
export type MessageStore = {
  /** Keeps a new message; answers false, and changes nothing, when the id is taken. */
  create(message: Message): Promise<boolean>;
  /** The id of the message that an idempotency key stands for: `id`, unless another came first. */
  idFor(key: string, id: string, now: number): Promise<string>;
  get(id: string): Promise<Message | undefined>;
  /** Marks a delivery as on its way, with what is known by then; answers false when it is finished, as by a recall. */
  start(
    item: OutboxItem,
    known: Partial<Pick<Delivery, 'possibleDuplicate' | 'robot' | 'crashes' | 'planId'>>,
  ): Promise<boolean>;
  /** Writes what a try came to; nothing when the delivery is finished already. */
  record(item: OutboxItem, outcome: DeliveryChange): Promise<void>;
  /** The same for a message's last delivery: nobody needs to look after the message any more. */
  recordLast(item: OutboxItem, outcome: DeliveryChange): Promise<void>;
  /** Marks a delivery as recalled, from `queued` (it was never sent) or `sent`; answers whether it was in that state. */
  recall(item: OutboxItem, from: 'queued' | 'sent'): Promise<boolean>;
  /** Takes a dead letter back into delivery. */
  revive(item: OutboxItem): Promise<void>;
  /** Messages that were accepted on a (UTC) day, the newest first. */
  listDay(day: string, cursor?: string): Promise<{ messages: Message[]; cursor?: string }>;
  /** Messages that were accepted before `until` (epoch ms) and that `seen` was not told of: one page, the oldest first. */
  listUnseen(until: number): Promise<{ messages: Message[]; unreadable: number; upTo: string; more: boolean }>;
  /** Everything up to this id was looked at. */
  seen(upTo: string): Promise<void>;
  /** Messages that somebody has to look after by now, and since when; oldest first. */
  listDue(now: number): Promise<{ message: Message; dueAt: number }[]>;
  /** Somebody looks after this message at `dueAt`, or earlier if that was agreed before. */
  watch(id: string, dueAt: number): Promise<void>;
  /** The next look at a message that was listed; answers false when others set it meanwhile. Undefined: none. */
  checked(id: string, listed: number, dueAt: number | undefined): Promise<boolean>;
};

export type DeliveryChange = Partial<Delivery> & { status: DeliveryStatus };

/** A message that is not finished so long after it was accepted comes under watch. */
export const FIRST_CHECK_MS = 15 * 60_000;

/** The FIFO queue on which messages wait for their destination; a destination is a group. */
export type Outbox = {
  /** `round` tells a later round of the same item from a repeat of the first, which the queue drops. */
  put(items: OutboxItem[], round?: string): Promise<void>;
};
/** Where records go that nothing helps. */
export type DeadLetters = { put(items: OutboxItem[]): Promise<void> };

const FINISHED: readonly DeliveryStatus[] = ['sent', 'failed', 'unknown', 'expired', 'recalled'];

/** A message's id begins with when it was accepted, so that ids sort by time: `m_20260131235959123` and what makes it unique. */
export function messageIdAt(ms: number, unique = ''): string {
  return `m_${new Date(ms).toISOString().replace(/\D/g, '')}${unique}`;
}

export function isFinished(status: DeliveryStatus): boolean {
  return FINISHED.includes(status);
}

/** One word for the whole message: on its way while any delivery is, else the worst that happened. */
export function overallStatus({ deliveries }: Message): DeliveryStatus {
  const statuses = Object.values(deliveries).map(({ status }) => status);
  const order: DeliveryStatus[] = ['sending', 'queued', 'failed', 'unknown', 'expired', 'recalled', 'sent'];
  return order.find((status) => statuses.includes(status)) ?? 'failed';
}

/** What a delivery sends: the message's content, or what goes instead of it. */
export function contentOf({ content, otherwise = [] }: Message, { fallbackIndex }: Delivery): Content {
  return [content, ...otherwise][fallbackIndex] ?? content;
}

/** What of a message still has to go out. */
export function waitingItems({ id, priority, deliveries }: Message): OutboxItem[] {
  const waiting = Object.entries(deliveries).filter(([, { status }]) => !isFinished(status));
  return waiting.map(([destination]) => ({ messageId: id, destination, ...(priority && { priority }) }));
}

/** Tries that a record keeps: the first says how it began, the last ones how it stands. */
const MOST_ATTEMPTS = 40;

/** The tries of a delivery with one more; a record must not outgrow its table however long the trouble lasts. */
export function withAttempt({ attempts }: Delivery, attempt: Attempt): Attempt[] {
  if (attempts.length < MOST_ATTEMPTS) return [...attempts, attempt];
  return [...attempts.slice(0, 1), ...attempts.slice(2 - MOST_ATTEMPTS), attempt];
}

/** Whether a try of the call that is next may have arrived at DingTalk without an answer. */
export function mayHaveArrived({ status, attempts, possibleDuplicate }: Delivery): boolean {
  const last = attempts.at(-1);
  const unanswered = last?.outcome === 'no-answer' || last?.class === 'transient' || last?.class === 'unknown';
  return status === 'sending' || unanswered || possibleDuplicate === true;
}
