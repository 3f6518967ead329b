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

/** A pause is this part of the time that a trouble has lasted: after it nothing is late by more than that. */
const PART_OF_AGE = 1 / 10;
const FIRST_PAUSE_MS = 5_000;

/** How long (ms) to leave what has failed for `ageMs`, at most `longestMs`: the longer the older the trouble is. */
export function pauseAfter(ageMs: number, longestMs: number): number {
  return Math.min(longestMs, Math.max(FIRST_PAUSE_MS, ageMs * PART_OF_AGE));
}
