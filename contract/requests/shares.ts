import * as v from 'valibot';
import { Cursor, Day, Limit } from '../values.ts';

export const ListShares = v.strictObject({
  day: v.optional(Day),
  limit: v.optional(Limit),
  cursor: v.optional(Cursor),
});
export type ListShares = v.InferOutput<typeof ListShares>;
