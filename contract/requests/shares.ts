import * as v from 'valibot';
import { Cursor } from '../values.ts';

const DAY = 'takes a day (UTC), such as 2026-01-31';

export const ListShares = v.strictObject({
  day: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{4}-\d{2}-\d{2}$/, DAY),
      v.check((day) => !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day), DAY),
    ),
  ),
  cursor: v.optional(Cursor),
});
export type ListShares = v.InferOutput<typeof ListShares>;
