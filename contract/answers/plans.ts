import * as v from 'valibot';
import { Waits, Warning } from '../records/messages.ts';
import { Person, Skipped } from '../records/tasks.ts';
import { MessageView } from './messages.ts';

// What `?dryRun=true` answers: what a request would send. Nothing was kept, and nothing was sent.

/** Whom a destination names. Who is in a group, only DingTalk knows. */
export const PlannedReach = v.object({
  people: v.optional(v.number()),
  departments: v.optional(v.number()),
  everybody: v.optional(v.literal(true)),
});

/** One part of a message, as DingTalk would get it. */
export const PlannedPart = v.object({ bytes: v.number() });

/** What would go to one destination. */
export const PlannedDelivery = v.object({
  destination: v.string(),
  kind: v.string(),
  content: v.string(),
  parts: v.array(PlannedPart),
  calls: v.number(),
  quota: v.picklist(['api', 'webhook']),
  reach: v.optional(PlannedReach),
  waits: v.optional(Waits),
});
export type PlannedDelivery = v.InferOutput<typeof PlannedDelivery>;

const plan = { dryRun: v.literal(true), calls: v.number(), deliveries: v.array(PlannedDelivery) };

export const MessagePlan = v.object({ ...plan, warnings: v.optional(v.array(Warning)) });
export type MessagePlan = v.InferOutput<typeof MessagePlan>;

export const TaskPlan = v.object({
  ...plan,
  assignees: v.array(Person),
  participants: v.array(Person),
  skipped: v.optional(v.array(Skipped)),
});
export type TaskPlan = v.InferOutput<typeof TaskPlan>;

/** A request to send a message that was waited for, or only tried. */
export const MessageOrPlan = v.union([MessageView, MessagePlan]);
