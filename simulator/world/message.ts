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
  /** What the client writes behind the text by itself: `@name` (interactive.md §1). */
  appended?: string[];
  file?: MessageFile;
  /** What a phone would not show, or not as on a desktop (looks.md §2). */
  lostOnPhones?: PhoneLoss[];
  /** processQueryKey, carrierId, task id, messageId: what DingTalk gave the sender to ask or recall with. */
  key?: string;
  /** The card that is shown here. */
  outTrackId?: string;
  /** The call that brought it about. */
  call?: string;
  readBy: string[];
  recalled: boolean;
};

/** looks.md §0, facts 2, 4, 5 and 9; looks.md §2 */
export type PhoneLoss = 'raw-html' | 'html-link' | 'table' | 'code-fence' | 'link-definition' | 'feed-entries';

/** The content of a message, in one form for all APIs. */
export type Said = { msgtype: string; text: string; title?: string; content: JsonObject; file?: MessageFile };

export type Delivery = {
  conversation: string;
  via: Via;
  sender: string;
  key?: string;
  outTrackId?: string;
  mentions?: string[];
  appended?: string[];
  atRequest?: JsonObject;
};
