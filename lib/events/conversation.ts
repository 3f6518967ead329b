import { beginningOf } from '../base/text/characters.ts';
import type { BusEvent } from './event.ts';
import { type Fields, read, textOf } from './fields.ts';

/** A known group. DingTalk gives an app no list of its groups, so they are collected from events. */
export type Conversation = {
  app: string;
  openConversationId: string;
  chatId?: string | undefined;
  title?: string | undefined;
  owner?: string | undefined;
  /**
   * People who joined, by the events. A hint only: earlier members are not known, and when a leave event comes before its
   * join event, the person is counted.
   */
  knownMembers: number;
  disbanded: boolean;
  heardAt: string;
};

/** What an event says about a group. */
export type ConversationNews = {
  app: string;
  openConversationId: string;
  at: string;
  chatId?: string | undefined;
  title?: string | undefined;
  owner?: string | undefined;
  joined: string[];
  left: string[];
  disbanded: boolean;
};

export type ConversationStore = {
  /** Events come in any order: an older title or owner changes nothing. */
  learn(news: ConversationNews): Promise<void>;
  /** The title of each of these groups, in their order; undefined where no event told it. */
  titles(groups: readonly { app: string; openConversationId: string }[]): Promise<(string | undefined)[]>;
  /** The groups whose title begins with the prefix. */
  list(
    app: string,
    titlePrefix: string,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<{ conversations: Conversation[]; cursor?: string }>;
};

/** Keeps what events say about groups, so that a destination can be registered by a group's title. */
export function rememberConversation({ conversations }: { conversations: Pick<ConversationStore, 'learn'> }) {
  return (event: BusEvent) => {
    const news = conversationNews(event);
    return news && isKept(news) ? { run: () => conversations.learn(news) } : undefined;
  };
}

/** DingTalk's ids have some 30 characters, names of groups 50; a table takes no key without end. */
const LONGEST_ID = 200;
const LONGEST_TITLE = 200;
/** Bytes: a group holds many of them. DingTalk's have 64 at most. */
const LONGEST_USER_ID = 100;

function isKept({ openConversationId }: ConversationNews): boolean {
  return openConversationId.length <= LONGEST_ID;
}

/** Undefined for events that are about no group (callbacks.md §4.2; a robot message: callbacks.md §5.3). */
function conversationNews({ type, app, data, occurredAt }: BusEvent): ConversationNews | undefined {
  const news = { app, at: occurredAt, joined: [], left: [], disbanded: false };
  if (type === 'robot.message') {
    const openConversationId = textOf(data.conversationId);
    if (data.conversationType !== '2' || openConversationId === undefined) return undefined;
    return { ...news, openConversationId, title: titleOf(data.conversationTitle) };
  }
  const openConversationId = textOf(data.openConversationId);
  if (!/^(chat|im_cool_app)_/.test(type) || openConversationId === undefined) return undefined;
  return {
    ...news,
    openConversationId,
    chatId: idOf(read(data, 'chatId')),
    title: type === 'chat_update_title' ? titleOf(data.title) : undefined,
    owner: type === 'chat_update_owner' ? idOf(data.owner) : undefined,
    joined: type === 'chat_add_member' ? people(data) : [],
    left: leaving(type, data),
    disbanded: type === 'chat_disband',
  };
}

function leaving(type: string, data: Fields): string[] {
  if (type === 'chat_quit') return texts([data.operator]);
  return type === 'chat_remove_member' ? people(data) : [];
}

function people(data: Fields): string[] {
  return Array.isArray(data.userId) ? texts(data.userId).filter((id) => Buffer.byteLength(id) <= LONGEST_USER_ID) : [];
}

function texts(values: unknown[]): string[] {
  return values.flatMap((value) => idOf(value) ?? []);
}

function idOf(value: unknown): string | undefined {
  const id = textOf(value);
  return id !== undefined && id.length <= LONGEST_ID ? id : undefined;
}

function titleOf(value: unknown): string | undefined {
  const title = textOf(value);
  return title && beginningOf(title, ({ length }) => length <= LONGEST_TITLE);
}
