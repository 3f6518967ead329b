import * as v from 'valibot';
import {
  type Assignee,
  type Channel,
  followedEntries,
  type HistoryEntry,
  Person,
  type TaskStatus,
  type Trouble,
  taskEntries,
} from '../../contract/records/tasks.ts';

export type { Assignee, Channel, HistoryEntry, TaskStatus, Trouble };
export { Person };

/** What DingTalk's to-do was last told, so that only what differs is told again. People are unionIds, times epoch ms. */
export const SentTodo = v.object({
  ownerUnionId: v.string(),
  subject: v.string(),
  description: v.optional(v.string()),
  due: v.optional(v.number()),
  executors: v.array(v.string()),
  participants: v.array(v.string()),
  doneBy: v.array(v.string()),
  done: v.boolean(),
});
export type SentTodo = v.InferOutput<typeof SentTodo>;

/**
 * What follows the record: DingTalk's to-do, card and messages, the bus, the lists. Written only by whoever follows the
 * task just now, beside the record and never with it.
 */
export const Followed = v.object({
  /** Up to which version each follower is. */
  reached: v.record(v.string(), v.number()),
  /** DingTalk's ids of the to-do and of the card, and why a follower is behind. */
  ...followedEntries,
  todo: v.optional(SentTodo),
  /** How many to-dos the task had before: one that was taken back leaves its source id behind. */
  todosBefore: v.optional(v.number()),
  /** The destinations that have the card instead of a message. */
  cardAt: v.optional(v.array(v.string())),
  /** The message that told of the task first. */
  messageId: v.optional(v.string()),
  /** The due time of which people were reminded. */
  reminded: v.optional(v.string()),
  /** The lists the task stands on, by item. */
  rows: v.optional(v.record(v.string(), v.string())),
});
export type Followed = v.InferOutput<typeof Followed>;

/**
 * A task: what is to be done, by whom, and all that happened to it. Times are ISO 8601. It is one item: every change is
 * one conditional write on `version`, and everything else that knows of the task is brought in step afterwards.
 */
export const Task = v.object({
  ...taskEntries,
  caller: v.string(),
  requestHash: v.string(),
  ...Followed.entries,
});
export type Task = v.InferOutput<typeof Task>;
