import * as v from 'valibot';

/** Why a place that shows a record is behind, and how often it was tried. */
export const Trouble = v.object({
  since: v.string(),
  tries: v.number(),
  code: v.string(),
  reason: v.string(),
  remedy: v.optional(v.string()),
});
export type Trouble = v.InferOutput<typeof Trouble>;
