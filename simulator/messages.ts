import type { JsonObject } from './json.ts';
import { nextId, remember, type State, tell } from './state.ts';
import { conversationTitle } from './tenant.ts';

export type Via =
  | 'custom-robot'
  | 'app-robot'
  | 'work-notification'
  | 'conversation'
  | 'session-webhook'
  | 'drive'
  | 'person';
/** A file of the media shelf has a mediaId, one of the drive a dentryId; either is fetched at `url`. */
export type MessageFile = {
  mediaId?: string;
  spaceId?: string;
  dentryId?: string;
  fileName: string;
  fileType: string;
  size: number;
  sha256: string;
  url: string;
};

/** What stands in a conversation: what a person would see, and what DingTalk was given. */
export type Message = {
  id: string;
  at: string;
  conversation: string;
  conversationTitle: string;
  via: Via;
  sender: string;
  msgtype: string;
  text: string;
  title?: string;
  content: JsonObject;
  /** The `at` object of the request. */
  atRequest?: JsonObject;
  /** Who was notified by an @ that really renders. */
  mentions: string[];
  file?: MessageFile;
  /** processQueryKey, task id, messageId: what DingTalk gave the sender to ask or recall with. */
  key?: string;
  readBy: string[];
  recalled: boolean;
};

/** What a message says, whichever door it came through. */
export type Said = { msgtype: string; text: string; title?: string; content: JsonObject; file?: MessageFile };

export type Delivery = {
  conversation: string;
  via: Via;
  sender: string;
  key?: string;
  mentions?: string[];
  atRequest?: JsonObject;
};

export function deliver(state: State, said: Said, to: Delivery): Message {
  const message: Message = {
    id: nextId(state, 'msg-'),
    at: new Date(state.clock.now()).toISOString(),
    conversationTitle: conversationTitle(state.tenant, to.conversation),
    ...said,
    ...to,
    mentions: to.mentions ?? [],
    readBy: [],
    recalled: false,
  };
  remember(state.messages, message, state.settings.mostKept);
  tell(state, 'message', message);
  return message;
}

export function recall(state: State, message: Message): void {
  message.recalled = true;
  tell(state, 'message', message);
}

/** One piece of news for all, however many a person reads at once. */
export function markRead(state: State, userId: string, messages: Message[]): number {
  const unread = messages.filter((message) => message.sender !== userId && !message.readBy.includes(userId));
  for (const message of unread) message.readBy.push(userId);
  if (unread.length > 0) tell(state, 'read', { userId, ids: unread.map((message) => message.id) });
  return unread.length;
}

export function messagesWithKey(state: State, key: string): Message[] {
  return state.messages.filter((message) => message.key === key);
}
