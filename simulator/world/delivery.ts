import { AsyncLocalStorage } from 'node:async_hooks';
import type { Delivery, Message, Said } from './message.ts';
import { phoneLosses } from './phone-losses.ts';
import { nextId, remember, type State, tell } from './state.ts';
import { conversationTitle } from './tenant.ts';

/** The call at work, and the messages that it has brought about so far. */
export const callAtWork = new AsyncLocalStorage<{ id: string; messages: string[] }>();

export function deliver(state: State, said: Said, to: Delivery): Message {
  const lostOnPhones = phoneLosses(said);
  const call = callAtWork.getStore();
  const message: Message = {
    id: nextId(state, 'msg-'),
    at: new Date(state.clock.now()).toISOString(),
    conversationTitle: conversationTitle(state.tenant, to.conversation),
    ...said,
    ...to,
    ...(lostOnPhones.length > 0 ? { lostOnPhones } : {}),
    mentions: to.mentions ?? [],
    ...(call ? { call: call.id } : {}),
    readBy: [],
    recalled: false,
  };
  call?.messages.push(message.id);
  remember(state.messages, message, state.settings.mostKept);
  tell(state, 'message', message);
  return message;
}

export function recall(state: State, message: Message): void {
  message.recalled = true;
  tell(state, 'message', message);
}

/** One update for all messages that a person reads at once. */
export function markRead(state: State, userId: string, messages: Message[]): number {
  const unread = messages.filter((message) => message.sender !== userId && !message.readBy.includes(userId));
  for (const message of unread) message.readBy.push(userId);
  if (unread.length > 0) tell(state, 'read', { userId, ids: unread.map((message) => message.id) });
  return unread.length;
}

export function messagesWithKey(state: State, key: string): Message[] {
  return state.messages.filter((message) => message.key === key);
}
