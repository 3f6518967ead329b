import type { List } from './lists.ts';
import type { Delivery, DeliveryChange, Message, MessageState, OutboxItem } from './message.ts';

/** Where nobody else changed the delivery since it was read at this `rev`; without one, whatever came between. */
type AsRead = Pick<Partial<Delivery>, 'rev'>;

/** Stores messages. Every write that decides something is conditional. */
export type MessageStore = {
  /**
   * Stores a new message and puts it on its lists; answers false, and changes nothing, when the id is taken. `isUnique`: it
   * cannot be, so all is written at once.
   */
  create(message: Message, isUnique?: boolean): Promise<boolean>;
  /** The id that an idempotency key stands for: `id`, unless the key has one already. */
  idFor(key: string, id: string, now: number): Promise<string>;
  /** A message as a whole, with the outcomes of all its calls. */
  get(id: string): Promise<Message | undefined>;
  /** The states of several messages at once, by id; those that are not there are left out. */
  states(ids: readonly string[]): Promise<Map<string, MessageState>>;
  /** Marks a delivery as sending; answers false when it is finished, for example recalled, or was changed meanwhile. */
  start(
    item: OutboxItem,
    known: AsRead &
      Partial<Pick<Delivery, 'possibleDuplicate' | 'robot' | 'crashes' | 'planId' | 'waits' | 'warnings'>>,
  ): Promise<boolean>;
  /** Writes the outcome of a try; answers false when the delivery is finished already, or was changed meanwhile. */
  record(item: OutboxItem, outcome: DeliveryChange): Promise<boolean>;
  /** The same for the last delivery of a message: also ends the checks of the message. */
  recordLast(item: OutboxItem, outcome: DeliveryChange): Promise<boolean>;
  /**
   * Ends a delivery for which another one, to its fallback, begins, unless the message has that one already; answers false
   * when it is finished already, or was changed meanwhile.
   */
  fallBack(item: OutboxItem, ended: DeliveryChange, other: { to: string; delivery: Delivery }): Promise<boolean>;
  /** Marks a delivery as recalled, from `queued` (it was never sent) or `sent`; answers whether it was in that state. */
  recall(item: OutboxItem, from: 'queued' | 'sent'): Promise<boolean>;
  /** Makes a dead letter deliverable again; answers false when it is so already. */
  revive(item: OutboxItem): Promise<boolean>;
  /** Puts a message on all lists it belongs on: it may have been kept by somebody who died before that. */
  enlist(message: MessageState): Promise<void>;
  /** A page of those that were accepted on a (UTC) day, the newest first. */
  listDay(day: string, page: ListPage): Promise<StatePage>;
  /** A page of another list, the newest first; only of a (UTC) day, if one is given. */
  listed(list: List, page: ListPage & { day?: string | undefined }): Promise<StatePage>;
};

export type ListPage = { cursor?: string | undefined; limit: number };
export type StatePage = { messages: MessageState[]; cursor?: string };

/** What is looked after because it is not finished. */
export type MessageWatch = {
  /** Messages accepted before `until` (epoch ms) and after the last `seen`: one page, oldest first. */
  listUnseen(until: number): Promise<{ messages: MessageState[]; upTo: string; more: boolean }>;
  /** Marks all messages up to this id as seen. */
  seen(upTo: string): Promise<void>;
  /** Messages whose check is due, and since when; the oldest first. A page, and where the next one begins. */
  listDue(now: number, from?: string): Promise<{ due: { message: MessageState; dueAt: number }[]; next?: string }>;
  /** Says that nothing is due before this time, so that the next look begins there. */
  beginAt(dueAt: number): Promise<void>;
  /** Schedules a check of this message at `dueAt`, or keeps an earlier one. */
  watch(id: string, dueAt: number): Promise<void>;
  /** Schedules the next check of a listed message (undefined: none); answers false when it was rescheduled meanwhile. */
  checked(id: string, listed: number, dueAt: number | undefined): Promise<boolean>;
  /** Notes that these deliveries are put back into the queue now, and answers those that nobody finished meanwhile. */
  requeue(message: MessageState, items: OutboxItem[], at: number): Promise<OutboxItem[]>;
};
