import * as v from 'valibot';

/** The ids DingTalk knows a person by: robots and notifications take `userId`, to-dos `unionId` (callbacks.md §10). */
export const Person = v.object({ userId: v.string(), unionId: v.string(), name: v.optional(v.string()) });
export type Person = v.InferOutput<typeof Person>;

/** How far one assignee is. */
export const Assignee = v.object({
  ...Person.entries,
  state: v.picklist(['assigned', 'accepted', 'done', 'declined']),
});
export type Assignee = v.InferOutput<typeof Assignee>;

/** `done`: as `completion` asks. `declined`: nobody is left who could do it. `failed`: it could not be dispatched. */
export const TaskStatus = v.picklist(['assigned', 'accepted', 'done', 'declined', 'cancelled', 'failed']);
export type TaskStatus = v.InferOutput<typeof TaskStatus>;

/** What a change did, with whom it came and by which way. */
export const HistoryEntry = v.object({
  /** The task's `version` after this change: 1, 2, 3 … */
  version: v.number(),
  at: v.string(),
  /** A userId, `key:<name>` of an API key, `schedule`, or `dingtalk`. */
  by: v.string(),
  via: v.picklist(['api', 'page', 'card', 'robot', 'todo', 'schedule', 'dispatch']),
  action: v.picklist([
    'assigned',
    'accepted',
    'done',
    'declined',
    'resumed',
    'edited',
    'people',
    'completed',
    'cancelled',
    'reopened',
    'overdue',
    'failed',
  ]),
  /** Whose state changed, where it is somebody's own. */
  assignee: v.optional(v.string()),
  /** What the whole task became by it, when that is something else than before. */
  status: v.optional(TaskStatus),
  comment: v.optional(v.string()),
  /** The fields that an edit changed, or who came (`+lisi`) and went (`-lisi`). */
  changed: v.optional(v.array(v.string())),
});
export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;

/** The ways on which people hear of a task. */
export const Channel = v.picklist(['todo', 'message', 'card']);
export type Channel = v.InferOutput<typeof Channel>;

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

/** Why something that follows the task is behind, and how often it was tried. */
export const Trouble = v.object({
  since: v.string(),
  tries: v.number(),
  code: v.string(),
  reason: v.string(),
  remedy: v.optional(v.string()),
});
export type Trouble = v.InferOutput<typeof Trouble>;

/**
 * What follows the record: DingTalk's to-do, card and messages, the bus, the lists. Written only by whoever follows the
 * task just now, beside the record and never with it.
 */
export const Followed = v.object({
  /** Up to which version each follower is. */
  reached: v.record(v.string(), v.number()),
  /** DingTalk's id of the to-do. */
  todoId: v.optional(v.string()),
  todo: v.optional(SentTodo),
  /** How many to-dos the task had before: one that was taken back leaves its source id behind. */
  todosBefore: v.optional(v.number()),
  /** The task's card, and the destinations that have it instead of a message. */
  cardId: v.optional(v.string()),
  cardAt: v.optional(v.array(v.string())),
  /** The message that told of the task first. */
  messageId: v.optional(v.string()),
  /** The due time of which people were reminded. */
  reminded: v.optional(v.string()),
  /** The lists the task stands on, by item. */
  rows: v.optional(v.record(v.string(), v.string())),
  troubles: v.optional(v.record(v.string(), Trouble)),
});
export type Followed = v.InferOutput<typeof Followed>;

/**
 * A task: what is to be done, by whom, and all that happened to it. Times are ISO 8601. It is one item: every change is
 * one conditional write on `version`, and everything else that knows of the task is brought in step afterwards.
 */
export const Task = v.object({
  id: v.string(),
  /** What people call it: short, and given once. */
  number: v.number(),
  caller: v.string(),
  requestHash: v.string(),
  createdAt: v.string(),
  app: v.optional(v.string()),
  title: v.string(),
  description: v.optional(v.string()),
  url: v.optional(v.string()),
  data: v.optional(v.record(v.string(), v.unknown())),
  priority: v.optional(v.picklist(['low', 'normal', 'high', 'urgent'])),
  assignees: v.array(Assignee),
  participants: v.array(Person),
  creator: v.optional(Person),
  completion: v.picklist(['any', 'all']),
  due: v.optional(v.string()),
  /** Minutes before `due`. */
  remindBefore: v.optional(v.number()),
  via: v.array(Channel),
  notify: v.array(v.string()),
  /** What the `notify` destinations hear of: how it begins and ends, or every step. */
  tell: v.picklist(['outcome', 'every']),
  /** Whether it goes out by the ways that are open when another is not. */
  partial: v.boolean(),
  /** People who were asked for and could not be assigned. */
  skipped: v.optional(v.array(v.object({ person: v.string(), reason: v.string() }))),
  status: TaskStatus,
  /** Since when it is late; a task that is done or cancelled is not. */
  overdueSince: v.optional(v.string()),
  /** Why it failed. */
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
  version: v.number(),
  history: v.array(HistoryEntry),
  ...Followed.entries,
});
export type Task = v.InferOutput<typeof Task>;
