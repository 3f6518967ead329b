import * as v from 'valibot';
import {
  Attempt,
  DeliveryStatus,
  DeliveryView,
  PersonOutcome,
  type Reach as ReachOf,
  Waits,
  Warning,
} from '../../contract/records/messages.ts';
import { Mention } from '../../contract/values.ts';
import { defined } from '../base/defined.ts';
import { beginningOf } from '../base/text/characters.ts';
import { Content } from './content.ts';

export { Attempt, DeliveryStatus, Warning };
export type Reach = v.InferOutput<typeof ReachOf>;

/** What DingTalk answered to calls: its ids of what was sent, and the outcome for each person where it says that. */
export const Outcomes = v.object({
  receipts: v.optional(v.array(v.string()), []),
  people: v.optional(v.array(PersonOutcome), []),
});
export type Outcomes = v.InferOutput<typeof Outcomes>;

/**
 * The delivery of a message to one destination, with what only the sender needs. Outcomes of many calls and people, and
 * the tries of a long trouble, stand in items of their own; whoever reads the message has them all here.
 */
export const Delivery = v.object({
  ...v.omit(DeliveryView, ['destination', 'reach']).entries,
  /** Counts its changes: each is made on the condition that none came between. */
  rev: v.optional(v.number(), 0),
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
  /** It is out of the queue until then (epoch ms); null when it is back in it. */
  dueAt: v.nullish(v.number()),
  /** When it was queued last (epoch ms), where that was after the message was accepted. */
  queuedAt: v.optional(v.number()),
  /** It does not go straight through, so the lists of what waits have it. */
  waiting: v.nullish(v.boolean()),
  /** There are pages of outcomes. */
  paged: v.optional(v.boolean()),
  /** Of the outcomes those that stand in no page: the record itself holds them. */
  tail: v.optional(Outcomes),
  /** Its last call was found in a page, and is still to be noted in the record. */
  recovered: v.optional(v.boolean()),
  /** Its warnings stand in an item of their own. */
  warned: v.optional(v.boolean()),
  /** How many of the first attempts stand in an item of their own. */
  tried: v.optional(v.number(), 0),
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

/** What DingTalk answered to the calls up to `call`, which is too much for the record itself. */
export const Page = v.object({ call: v.number(), ...Outcomes.entries });
export type Page = v.InferOutput<typeof Page>;

/** A change of a delivery; its `page` is kept before it. With a `rev` it is made of the delivery as it was read. */
export const DeliveryChange = v.object({
  ...v.partial(Delivery).entries,
  status: DeliveryStatus,
  page: v.optional(Page),
});
export type DeliveryChange = v.InferOutput<typeof DeliveryChange>;

/** What a message says. */
export const Said = v.object({
  content: Content,
  /** Fallback contents, used in this order where DingTalk refuses the content. */
  otherwise: v.optional(v.array(Content)),
  mention: v.optional(Mention),
});
export type Said = v.InferOutput<typeof Said>;

/** What becomes of a message: its deliveries, keyed by destination name. Times are ISO 8601. */
export const MessageState = v.object({
  id: v.string(),
  /** Whose it is: the owner of the key that sent it, or the part of dingdock. */
  caller: v.string(),
  requestHash: v.string(),
  createdAt: v.string(),
  /** Not sent before this time. */
  sendAt: v.optional(v.string()),
  expiresAt: v.optional(v.string()),
  priority: v.optional(v.picklist(['normal', 'high'])),
  delivery: v.picklist(['at-least-once', 'at-most-once']),
  /** DingTalk is asked whom it reached, where it says that only then. */
  confirm: v.optional(v.boolean()),
  deliveries: v.record(v.string(), Delivery),
});
export type MessageState = v.InferOutput<typeof MessageState>;

/** A message as a whole. */
export const Message = v.object({ ...MessageState.entries, ...Said.entries });
export type Message = v.InferOutput<typeof Message>;

/** One message for one destination: a record of the outbox. */
export const OutboxItem = v.object({
  messageId: v.string(),
  destination: v.string(),
  /** `high` is sent before messages that wait for the same destination. */
  priority: v.optional(v.picklist(['normal', 'high'])),
  /** Of the API that asked for it, for the log. */
  requestId: v.optional(v.string()),
});
export type OutboxItem = v.InferOutput<typeof OutboxItem>;

/**
 * As it stands in the queue: with what DingTalk took when the record could not be written, which is noted before all else; or
 * with the message as it was accepted, so that who receives it first need not read it.
 */
export const OutboxRecord = v.object({
  ...OutboxItem.entries,
  taken: v.optional(DeliveryChange),
  // one that a newer version wrote is read where the table has it
  message: v.optional(v.fallback(v.optional(Message), undefined)),
});
export type OutboxRecord = v.InferOutput<typeof OutboxRecord>;

/** A message that is not finished this long after it was accepted is checked. */
export const FIRST_CHECK_MS = 15 * 60_000;

/** The FIFO queue on which messages wait for their destination; a destination is a group. */
export type Outbox = {
  /** The queue drops repeats of an item, unless they have another `round`. */
  put(items: OutboxRecord[], round?: string): Promise<void>;
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

/** The status of the whole message: unfinished while any delivery is, else the worst outcome. A fallback stands for what it took. */
export function overallStatus({ deliveries }: Pick<MessageState, 'deliveries'>): DeliveryStatus {
  const statuses = Object.values(deliveries).map(({ status, fallback }) => (fallback ? 'sent' : status));
  const order: DeliveryStatus[] = ['sending', 'queued', 'failed', 'unknown', 'expired', 'recalled', 'sent'];
  return order.find((status) => statuses.includes(status)) ?? 'failed';
}

/** The destinations that a message was accepted for, without those that stand in for one of them. */
export function askedFor({ deliveries }: Pick<MessageState, 'deliveries'>): string[] {
  return Object.entries(deliveries).flatMap(([name, { fallbackFor }]) => (fallbackFor ? [] : [name]));
}

/** The content that a delivery sends: the message's own or a fallback. */
export function contentOf({ content, otherwise = [] }: Said, { fallbackIndex }: Delivery): Content {
  return [content, ...otherwise][fallbackIndex] ?? content;
}

/** What an outcome says of a person whom a message did not reach. */
export const NOT_REACHED: readonly string[] = ['invalid', 'throttled'];

/** Whom a delivery that is over reached; undefined where it named nobody. */
export function reachOf({ people = [] }: Pick<Delivery, 'people'>): Reach | undefined {
  if (people.length === 0) return undefined;
  const whose = (is: (outcome: string) => boolean) =>
    people.filter(({ outcome }) => is(outcome)).map(({ userId }) => userId);
  return {
    reached: whose((outcome) => outcome === 'accepted'),
    notReached: whose((outcome) => NOT_REACHED.includes(outcome)),
    unconfirmed: whose((outcome) => outcome === 'unconfirmed'),
  };
}

/** The deliveries of a message that are not finished. */
export function waitingItems({ id, priority, deliveries }: MessageState): OutboxItem[] {
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

/** Bytes of what DingTalk says: the record holds three attempts of each of up to forty deliveries. */
const MOST_WORDS_BYTES = 300;
const MOST_CODE_BYTES = 64;

/** An attempt as a record keeps it. */
export function briefly({ code, reason, remedy, ...attempt }: Attempt): Attempt {
  const cut = (text: string | undefined, most: number) =>
    text && beginningOf(text, (part) => Buffer.byteLength(part) <= most);
  const [words, help] = [reason, remedy].map((text) => cut(text, MOST_WORDS_BYTES));
  return { ...attempt, ...defined({ code: cut(code, MOST_CODE_BYTES), reason: words, remedy: help }) };
}

/** Whether an earlier try of the next call may have arrived at DingTalk without an answer. */
export function mayHaveArrived({ status, attempts, possibleDuplicate }: Delivery): boolean {
  const last = attempts.at(-1);
  const unanswered = last?.outcome === 'no-answer' || last?.class === 'transient' || last?.class === 'unknown';
  return status === 'sending' || unanswered || possibleDuplicate === true;
}
