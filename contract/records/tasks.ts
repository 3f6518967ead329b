import * as v from 'valibot';
import { Trouble } from '../../lib/base/trouble.ts';

/** The ids DingTalk knows a person by: robots and notifications take `userId`, to-dos `unionId` (callbacks.md §10). */
export const Person = v.object({ userId: v.string(), unionId: v.string(), name: v.optional(v.string()) });
export type Person = v.InferOutput<typeof Person>;

export const Step = v.picklist(['assigned', 'accepted', 'done', 'declined']);

/** How far one assignee is. */
export const Assignee = v.object({ ...Person.entries, state: Step });
export type Assignee = v.InferOutput<typeof Assignee>;

/** `done`: as `completion` asks. `declined`: all assignees declined. `failed`: it could not be dispatched. */
export const TaskStatus = v.picklist(['assigned', 'accepted', 'done', 'declined', 'cancelled', 'failed']);
export type TaskStatus = v.InferOutput<typeof TaskStatus>;

export const TaskPriority = v.picklist(['low', 'normal', 'high', 'urgent']);

export const Completion = v.picklist(['any', 'all']);

/** The ways on which people hear of a task. */
export const Channel = v.picklist(['todo', 'message', 'card']);
export type Channel = v.InferOutput<typeof Channel>;

export const Tell = v.picklist(['outcome', 'every']);

/** What a change did, with whom it came and by which way. */
export const HistoryEntry = v.object({
  version: v.number(),
  at: v.string(),
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
  assignee: v.optional(v.string()),
  status: v.optional(TaskStatus),
  comment: v.optional(v.string()),
  changed: v.optional(v.array(v.string())),
});
export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;

export const Skipped = v.object({ person: v.string(), reason: v.string() });

/** What callers see of a task's record. */
export const taskEntries = {
  id: v.string(),
  number: v.number(),
  createdAt: v.string(),
  app: v.optional(v.string()),
  title: v.string(),
  description: v.optional(v.string()),
  url: v.optional(v.string()),
  data: v.optional(v.record(v.string(), v.unknown())),
  priority: v.optional(TaskPriority),
  assignees: v.array(Assignee),
  participants: v.array(Person),
  creator: v.optional(Person),
  completion: Completion,
  due: v.optional(v.string()),
  remindBefore: v.optional(v.number()),
  via: v.array(Channel),
  notify: v.array(v.string()),
  tell: Tell,
  partial: v.boolean(),
  skipped: v.optional(v.array(Skipped)),
  status: TaskStatus,
  overdueSince: v.optional(v.string()),
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
  version: v.number(),
  history: v.array(HistoryEntry),
};

/** What callers see of what follows the record. */
export const followedEntries = {
  todoId: v.optional(v.string()),
  cardId: v.optional(v.string()),
  troubles: v.optional(v.record(v.string(), Trouble)),
};
