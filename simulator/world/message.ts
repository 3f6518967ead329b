import type { JsonObject } from '../json.ts';

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
  /** Who was notified by an @ that the client renders. */
  mentions: string[];
  file?: MessageFile;
  /** processQueryKey, task id, messageId: what DingTalk gave the sender to ask or recall with. */
  key?: string;
  readBy: string[];
  recalled: boolean;
};

/** The content of a message, in one form for all APIs. */
export type Said = { msgtype: string; text: string; title?: string; content: JsonObject; file?: MessageFile };

export type Delivery = {
  conversation: string;
  via: Via;
  sender: string;
  key?: string;
  mentions?: string[];
  atRequest?: JsonObject;
};
