import type { ConversationStore } from './conversation.ts';

export type ListDeps = { conversations: Pick<ConversationStore, 'list'>; defaultApp: string };

/**
 * The groups that dingdock heard of, by the beginning of their title: what PUT /destinations/{name} takes as
 * `openConversationId` is not to be seen in DingTalk. Groups that are gone are left out.
 */
export async function listConversations(
  { conversations, defaultApp }: ListDeps,
  { app = defaultApp, title = '' }: { app?: string | undefined; title?: string | undefined },
) {
  const found = await conversations.list(app, title);
  return {
    items: found.filter(({ disbanded }) => !disbanded).map(({ disbanded: _, ...conversation }) => conversation),
  };
}
