import * as v from 'valibot';
import { ConversationList } from '../../contract/answers/conversations.ts';
import type { ListConversations } from '../../contract/requests/conversations.ts';
import type { ConversationStore } from './conversation.ts';

export type ListDeps = { conversations: Pick<ConversationStore, 'list'>; defaultApp: string };

/**
 * The groups that dingdock heard of, by the beginning of their title: what PUT /destinations/{name} takes as
 * `openConversationId` is not to be seen in DingTalk. Groups that are gone are left out.
 */
export async function listConversations(
  { conversations, defaultApp }: ListDeps,
  { app = defaultApp, title = '' }: ListConversations,
): Promise<ConversationList> {
  const found = await conversations.list(app, title);
  return v.parse(ConversationList, { items: found.filter(({ disbanded }) => !disbanded) });
}
