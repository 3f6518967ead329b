import * as v from 'valibot';

export const IncidentState = v.picklist(['firing', 'resolved']);
export type IncidentState = v.InferOutput<typeof IncidentState>;

/** A step of an incident: who told it, and what it was then. */
export const IncidentStep = v.object({
  version: v.number(),
  at: v.string(),
  by: v.object({ type: v.literal('source'), id: v.string() }),
  action: v.picklist(['fired', 'updated', 'resolved', 'fired_again']),
});
export type IncidentStep = v.InferOutput<typeof IncidentStep>;
