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
  /** The card that is shown here, and what clients draw of it where its template is known. */
  outTrackId?: string;
  card?: CardView;
  summary?: CardSummary;
  /** The call that brought it about. */
  call?: string;
  readBy: string[];
  recalled: boolean;
};

/** looks.md §0, facts 2, 4, 5, 8 and 9; looks.md §2 */
export type PhoneLoss =
  | 'raw-html'
  | 'html-link'
  | 'table'
  | 'code-fence'
  | 'rule'
  | 'link-definition'
  | 'card-links'
  | 'feed-entries';

/** What a card says for the chat list, by language, and for the push (looks.md §4). */
export type CardSummary = { list?: JsonObject; alert?: string; off?: boolean };

/** The content of a message, in one form for all APIs. */
export type Said = { msgtype: string; text: string; title?: string; content: JsonObject; file?: MessageFile };

/** A button that calls back, opens an address, or does nothing. */
export type CardButton = { text: string; id?: string; params?: JsonObject; url?: string; disabled?: boolean };

/** What clients draw of a card (interactive.md §2.1). */
export type CardView = {
  title?: string;
  markdown: string[];
  buttons: CardButton[];
  flow?: 'processing' | 'typing' | 'finished' | 'executing' | 'failed';
};

export type Delivery = {
  conversation: string;
  via: Via;
  sender: string;
  key?: string;
  outTrackId?: string;
  card?: CardView;
  summary?: CardSummary;
  mentions?: string[];
  appended?: string[];
  atRequest?: JsonObject;
};
