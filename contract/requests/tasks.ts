import * as v from 'valibot';
import { Channel, Completion, Step, TaskPriority, TaskStatus, Tell } from '../records/tasks.ts';
import { Cursor, Day, Mobile, Name, PersonText, rule, Text, Timestamp, To, Url, UserId } from '../values.ts';

export const ByUserId = v.strictObject({ userId: UserId });

export const ByMobile = v.strictObject({ mobile: Mobile });

export const ByUnionId = v.strictObject({ unionId: UserId });

/**
 * A person as callers name one: by userId, mobile or unionId, or a bare text of which the kind is found out: what looks
 * like a mobile number is looked up as one first, anything else as a userId first.
 */
export const PersonRef = v.union([PersonText, ByUserId, ByMobile, ByUnionId]);
export type PersonRef = v.InferOutput<typeof PersonRef>;

/** JSON of the caller's own, which comes back with every event; the record has to fit into its table. */
export const Data = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check((data) => JSON.stringify(data).length <= 16_384, 'takes at most 16 KB of JSON'),
);

/** What a task says and a change may change; limits: callbacks.md §9.1. */
const title = v.pipe(Text, v.maxLength(1024));

const description = v.pipe(v.string(), v.nonEmpty(), v.maxLength(4096));

const remindBefore = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(43_200));

const url = v.pipe(Url, v.maxBytes(1024));

const people = v.pipe(v.array(PersonRef), v.maxLength(100));

export const DispatchTask = v.pipe(
  v.strictObject({
    title,
    completion: v.optional(Completion, 'all'),
    description: v.optional(description),
    due: v.optional(Timestamp),
    remindBefore: v.optional(remindBefore),
    priority: v.optional(TaskPriority),
    url: v.optional(url),
    data: v.optional(Data),
    assignees: v.pipe(people, v.minLength(1)),
    participants: v.optional(people),
    creator: v.optional(PersonRef),
    notify: v.optional(To),
    via: v.optional(v.pipe(v.array(Channel), v.minLength(1), v.maxLength(10))),
    tell: v.optional(Tell, 'outcome'),
    partial: v.optional(v.boolean(), false),
    app: v.optional(Name),
  }),
  rule(
    'due_missing',
    'needs "due" where it has "remindBefore"',
    ({ due, remindBefore }) => remindBefore === undefined || due !== undefined,
  ),
);
export type DispatchTask = v.InferOutput<typeof DispatchTask>;

export const StepChange = v.strictObject({ userId: UserId, state: Step });

/** `null` takes a field away. */
export const ChangeTask = v.pipe(
  v.strictObject({
    title: v.optional(title),
    description: v.optional(v.nullable(description)),
    due: v.optional(v.nullable(Timestamp)),
    remindBefore: v.optional(v.nullable(remindBefore)),
    priority: v.optional(v.nullable(TaskPriority)),
    url: v.optional(v.nullable(url)),
    completion: v.optional(Completion),
    add: v.optional(people),
    remove: v.optional(v.pipe(v.array(UserId), v.maxLength(100))),
    step: v.optional(StepChange),
    status: v.optional(v.picklist(['done', 'cancelled', 'open'])),
    comment: v.optional(v.pipe(Text, v.maxLength(1000))),
  }),
  rule('change_missing', 'says nothing that is to be changed', (given) =>
    Object.keys(given).some((name) => name !== 'comment'),
  ),
);
export type ChangeTask = v.InferOutput<typeof ChangeTask>;

const BEFORE = 'takes a day or a time with its zone, such as 2026-01-31 or 2026-01-31T08:00:00%2B08:00';

export const ListTasks = v.strictObject({
  assignee: v.optional(UserId),
  status: v.optional(v.picklist(['open', 'closed', 'overdue', ...TaskStatus.options])),
  dueBefore: v.optional(
    v.pipe(
      Text,
      // in an address a bare "+" is a blank
      v.transform((text) => text.replace(/ (?=\d\d:\d\d$)/, '+')),
      v.check((text) => v.is(Day, text) || v.is(Timestamp, text), BEFORE),
    ),
  ),
  cursor: v.optional(Cursor),
});
export type ListTasks = v.InferOutput<typeof ListTasks>;
