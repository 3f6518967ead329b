import * as v from 'valibot';
import { Cursor } from '../values.ts';

export const ListShares = v.object({
  day: v.optional(v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/, 'takes a day (UTC), such as 2026-01-31'))),
  cursor: v.optional(Cursor),
});
export type ListShares = v.InferOutput<typeof ListShares>;
