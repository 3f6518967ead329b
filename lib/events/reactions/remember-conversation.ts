import { type ConversationStore, conversationNews } from '../conversation.ts';
import type { BusEvent } from '../event.ts';

/** Keeps what events say about groups, so that a destination can be made of a title. */
export function rememberConversation({ conversations }: { conversations: Pick<ConversationStore, 'learn'> }) {
  return (event: BusEvent) => {
    const news = conversationNews(event);
    return news && { run: () => conversations.learn(news) };
  };
}
