import * as v from 'valibot';
import { ConversationList } from '../../contract/answers/conversations.ts';
import type { ListConversations } from '../../contract/requests/conversations.ts';
import type { ConversationStore } from './conversation.ts';

export type ListDeps = { conversations: Pick<ConversationStore, 'list'>; defaultApp: string };

const PAGE = 100;

/**
 * The known groups by the beginning of their title: they give the `openConversationId` for PUT /destinations/{name},
 * which DingTalk does not show. Disbanded groups are left out.
 */
export async function listConversations(
  { conversations, defaultApp }: ListDeps,
  { app = defaultApp, title = '', cursor, limit = PAGE }: ListConversations,
): Promise<ConversationList> {
  const { conversations: found, ...next } = await conversations.list(app, title, { cursor, limit });
  return v.parse(ConversationList, { items: found.filter(({ disbanded }) => !disbanded), ...next });
}
