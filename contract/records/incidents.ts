import * as v from 'valibot';
import { By } from '../../lib/base/people/by.ts';

/** `taken` and `silenced` are firing too: somebody has it, or wants to hear no more of it. */
export const IncidentState = v.picklist(['firing', 'taken', 'silenced', 'resolved']);
export type IncidentState = v.InferOutput<typeof IncidentState>;

/** A step of an incident: who made it, and what it was. */
export const IncidentStep = v.object({
  version: v.number(),
  at: v.string(),
  by: By,
  action: v.picklist(['fired', 'updated', 'taken', 'silenced', 'resolved', 'fired_again']),
});
export type IncidentStep = v.InferOutput<typeof IncidentStep>;

/** Whom an incident goes on to once nobody took it for so long. */
export const GoesOn = v.object({
  afterMinutes: v.number(),
  people: v.array(v.string()),
  ifUnread: v.optional(v.boolean()),
});
export type GoesOn = v.InferOutput<typeof GoesOn>;

/** A person's tap. */
export const Tapped = v.object({ userId: v.string(), at: v.string() });
export type Tapped = v.InferOutput<typeof Tapped>;
