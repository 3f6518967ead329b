import * as v from 'valibot';
import {
  type Assignee,
  type Channel,
  followedEntries,
  type HistoryEntry,
  Person,
  type TaskStatus,
  taskEntries,
} from '../../contract/records/tasks.ts';

export type { Assignee, Channel, HistoryEntry, TaskStatus };
export { Person };

/** The to-do as DingTalk has it, so that only differences are sent. People are unionIds, times epoch ms. */
export const SentTodo = v.object({
  ownerUnionId: v.string(),
  subject: v.string(),
  description: v.optional(v.string()),
  due: v.optional(v.number()),
  executors: v.array(v.string()),
  /** Left out where there is nothing to say: a record below 1 kB is one write unit each time. */
  participants: v.optional(v.array(v.string())),
  doneBy: v.optional(v.array(v.string())),
  done: v.optional(v.boolean()),
});
export type SentTodo = v.InferOutput<typeof SentTodo>;

/**
 * The state of the followers of the record: DingTalk's to-do, card and messages, the bus, the lists. Only the worker that
 * holds the lease writes it, never together with the record.
 */
export const Followed = v.object({
  /** The version that each follower has reached. */
  reached: v.record(v.string(), v.number()),
  /** DingTalk's ids of the to-do and of the card, and why a follower is behind. */
  ...followedEntries,
  todo: v.optional(SentTodo),
  /** How many to-dos of the task were deleted: DingTalk does not free their source ids. */
  todosBefore: v.optional(v.number()),
  /** The destinations that have the card instead of a message. */
  cardAt: v.optional(v.array(v.string())),
  /** The message that announced the task. */
  messageId: v.optional(v.string()),
  /** The newest messages of its changes since, and the digests that it may be in, whose outcomes its troubles tell. */
  newsIds: v.optional(v.array(v.string())),
  digestIds: v.optional(v.array(v.string())),
  /** When a deed of a person was told last (epoch ms), and the version of the first one since, which waits to be told. */
  toldAt: v.optional(v.number()),
  tellFrom: v.optional(v.number()),
  /** The due date of the last reminder. */
  reminded: v.optional(v.string()),
  /** The rows of the task on lists, what each says of it, and the due date that they are sorted by. */
  rows: v.optional(v.record(v.string(), v.string())),
  rowsDue: v.optional(v.string()),
});
export type Followed = v.InferOutput<typeof Followed>;

/**
 * A task: what is to be done, by whom, and its history. Times are ISO 8601. It is one item: every change is one write on
 * condition of `version`; the followers are brought up to date afterwards.
 */
export const Task = v.object({
  ...taskEntries,
  /** Whose it is: the owner of the key that dispatched it. */
  caller: v.string(),
  requestHash: v.string(),
  /** Where the people of its app are; here, since what answers the task page does not read the apps' secret. */
  timeZone: v.string(),
  /** What they know the app as. */
  sender: v.string(),
  /** Their organisation: who signs in there is one of them. */
  corpId: v.optional(v.string()),
  ...Followed.entries,
});
export type Task = v.InferOutput<typeof Task>;
