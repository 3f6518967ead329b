import type { ConversationStore } from './conversation.ts';

export type ListDeps = { conversations: Pick<ConversationStore, 'list'>; defaultApp: string };

/**
 * The known groups by the beginning of their title: they give the `openConversationId` for PUT /destinations/{name},
 * which DingTalk does not show. Disbanded groups are left out.
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
