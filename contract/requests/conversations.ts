import * as v from 'valibot';
import { Cursor, Limit, Name } from '../values.ts';

/** Which groups. */
export const ListConversations = v.strictObject({
  title: v.optional(v.pipe(v.string(), v.maxLength(200))),
  app: v.optional(Name),
  limit: v.optional(Limit),
  cursor: v.optional(Cursor),
});
export type ListConversations = v.InferOutput<typeof ListConversations>;
