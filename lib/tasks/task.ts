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

/** What a change did, with whom it came and by which way. */
export const HistoryEntry = v.object({
  /** The task's `version` after this change: 1, 2, 3 … */
  version: v.number(),
  at: v.string(),
  /** A userId, `key:<name>` of an API key, or `schedule`. */
  by: v.string(),
  via: v.picklist(['api', 'page', 'card', 'robot', 'todo', 'schedule']),
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
  ]),
  comment: v.optional(v.string()),
  /** The fields that an edit changed, or who came and went. */
  changed: v.optional(v.array(v.string())),
});
export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;

/** `done`: as `completion` asks. `declined`: nobody is left who could do it. */
export const TaskStatus = v.picklist(['assigned', 'accepted', 'done', 'declined', 'cancelled', 'failed']);
export type TaskStatus = v.InferOutput<typeof TaskStatus>;

/**
 * A task: what is to be done, by whom, and all that happened to it. Times are ISO 8601. It is one item: every change is
 * one conditional write on `version`, and everything else that knows of the task (DingTalk's to-do, card and messages,
 * the bus, the lists) is brought in step afterwards; `reached` says up to which version each of them is.
 */
export const Task = v.object({
  id: v.string(),
  /** What people call it: short, and given once. */
  number: v.optional(v.number()),
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
  via: v.array(v.picklist(['todo', 'message', 'card'])),
  notify: v.array(v.string()),
  status: TaskStatus,
  /** Since when it is late; a task that is done or cancelled is not. */
  overdueSince: v.optional(v.string()),
  version: v.number(),
  history: v.array(HistoryEntry),
  reached: v.record(v.string(), v.number()),
  /** DingTalk's id of the to-do. */
  todoId: v.optional(v.string()),
  messageId: v.optional(v.string()),
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
});
export type Task = v.InferOutput<typeof Task>;
