import * as v from 'valibot';

/** A group that events spoke of. */
export const Group = v.object({
  app: v.string(),
  openConversationId: v.string(),
  chatId: v.optional(v.string()),
  title: v.optional(v.string()),
  owner: v.optional(v.string()),
  knownMembers: v.number(),
  heardAt: v.string(),
});

export const ConversationList = v.object({ items: v.array(Group), cursor: v.optional(v.string()) });
export type ConversationList = v.InferOutput<typeof ConversationList>;
