import * as v from 'valibot';
import type { Caller } from './transport/call.ts';

/** The conversation calls that only apps from before 2022-09 may make (messaging.md §6.1, §6.6). */
export type Conversations = {
  /** Writes into an enterprise group by its `chatid`. `msg` has the shapes of work notifications. */
  sendToChat(message: { chatId: string; msg: Record<string, unknown> }): Promise<{ messageId: string }>;
  /** Writes as a person into a conversation of theirs; `cid` comes from the client and is good once, for 24 h. */
  sendAs(message: { sender: string; cid: string; msg: Record<string, unknown> }): Promise<{ receivers: string[] }>;
};

const SentToChat = v.object({ messageId: v.nullish(v.string(), '') });
const SentAs = v.pipe(
  v.object({ receiver: v.nullish(v.string(), '') }),
  v.transform(({ receiver }) => ({ receivers: receiver.split('|').filter((userId) => userId !== '') })),
);

export function createConversations(call: Caller): Conversations {
  return {
    sendToChat: ({ chatId, msg }) =>
      call({
        operation: 'conversations.sendToChat',
        host: 'oapi',
        method: 'POST',
        path: '/chat/send',
        body: { chatid: chatId, msg },
        reply: SentToChat,
      }),
    sendAs: ({ sender, cid, msg }) =>
      call({
        operation: 'conversations.sendAs',
        host: 'oapi',
        method: 'POST',
        path: '/message/send_to_conversation',
        body: { sender, cid, msg },
        reply: SentAs,
      }),
  };
}
