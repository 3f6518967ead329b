import * as v from 'valibot';

/** Which groups. */
export const ListConversations = v.object({ title: v.optional(v.string()), app: v.optional(v.string()) });
export type ListConversations = v.InferOutput<typeof ListConversations>;
