// Made from the contract by `npm run openapi`.
/** A member that must not be there: exactly one content is sent. */
type Absent = undefined;

/** A message that is text: Plain text. Long texts are split. */
export type TextMessage = {
  /** Where it goes. */
  to: To;
  /** Plain text. Long texts are split. */
  text: string;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  markdown?: Absent;
  link?: Absent;
  actionCard?: Absent;
  feedCard?: Absent;
  image?: Absent;
  voice?: Absent;
  file?: Absent;
  oa?: Absent;
  card?: Absent;
};
/** A message that is markdown: Markdown. Long texts are split. */
export type MarkdownMessage = {
  /** Where it goes. */
  to: To;
  /** Markdown. Long texts are split. */
  markdown: Markdown;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  link?: Absent;
  actionCard?: Absent;
  feedCard?: Absent;
  image?: Absent;
  voice?: Absent;
  file?: Absent;
  oa?: Absent;
  card?: Absent;
};
/** A message that is link: A card that opens a page. */
export type LinkMessage = {
  /** Where it goes. */
  to: To;
  /** A card that opens a page. */
  link: Link;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  markdown?: Absent;
  actionCard?: Absent;
  feedCard?: Absent;
  image?: Absent;
  voice?: Absent;
  file?: Absent;
  oa?: Absent;
  card?: Absent;
};
/** A message that is actionCard: A card with buttons. */
export type ActionCardMessage = {
  /** Where it goes. */
  to: To;
  /** A card with buttons. */
  actionCard: ActionCard;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  markdown?: Absent;
  link?: Absent;
  feedCard?: Absent;
  image?: Absent;
  voice?: Absent;
  file?: Absent;
  oa?: Absent;
  card?: Absent;
};
/** A message that is feedCard: A card with several lines. */
export type FeedCardMessage = {
  /** Where it goes. */
  to: To;
  /** A card with several lines. */
  feedCard: FeedCard;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  markdown?: Absent;
  link?: Absent;
  actionCard?: Absent;
  image?: Absent;
  voice?: Absent;
  file?: Absent;
  oa?: Absent;
  card?: Absent;
};
/** A message that is image: A picture. */
export type ImageMessage = {
  /** Where it goes. */
  to: To;
  /** A picture. */
  image: Image;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  markdown?: Absent;
  link?: Absent;
  actionCard?: Absent;
  feedCard?: Absent;
  voice?: Absent;
  file?: Absent;
  oa?: Absent;
  card?: Absent;
};
/** A message that is voice: A voice message. */
export type VoiceMessage = {
  /** Where it goes. */
  to: To;
  /** A voice message. */
  voice: Voice;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  markdown?: Absent;
  link?: Absent;
  actionCard?: Absent;
  feedCard?: Absent;
  image?: Absent;
  file?: Absent;
  oa?: Absent;
  card?: Absent;
};
/** A message that is file: A file. */
export type FileMessage = {
  /** Where it goes. */
  to: To;
  /** A file. */
  file: File;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  markdown?: Absent;
  link?: Absent;
  actionCard?: Absent;
  feedCard?: Absent;
  image?: Absent;
  voice?: Absent;
  oa?: Absent;
  card?: Absent;
};
/** A message that is oa: A work notification with a form. */
export type OaMessage = {
  /** Where it goes. */
  to: To;
  /** A work notification with a form. */
  oa: Oa;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  markdown?: Absent;
  link?: Absent;
  actionCard?: Absent;
  feedCard?: Absent;
  image?: Absent;
  voice?: Absent;
  file?: Absent;
  card?: Absent;
};
/** A message that is card: A card of a template, whose variables can be changed later. */
export type CardMessage = {
  /** Where it goes. */
  to: To;
  /** A card of a template, whose variables can be changed later. */
  card: Card;
  /** Who is to be notified. */
  mention?: Mention;
  /** Not before this time, at most 30 days ahead: ISO 8601 with a zone. */
  sendAt?: string;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** `high` goes before what waits for the same destination. Default: `normal`. */
  priority?: 'normal' | 'high';
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  /** True: DingTalk is asked whom a work notification reached, which is one more call. Default: false. */
  confirm?: boolean;
  /** True: people whom DingTalk does not know are refused; otherwise they are a warning. Default: false. */
  strict?: boolean;
  text?: Absent;
  markdown?: Absent;
  link?: Absent;
  actionCard?: Absent;
  feedCard?: Absent;
  image?: Absent;
  voice?: Absent;
  file?: Absent;
  oa?: Absent;
};
/** A message: exactly one content, and where it goes. */
export type SendMessage =
  | TextMessage
  | MarkdownMessage
  | LinkMessage
  | ActionCardMessage
  | FeedCardMessage
  | ImageMessage
  | VoiceMessage
  | FileMessage
  | OaMessage
  | CardMessage;
/** A reply that is text: Plain text. Long texts are split. */
export type TextReply = {
  /** Plain text. Long texts are split. */
  text: string;
  /** Who is to be notified; only a session webhook notifies people. */
  mention?: Mention;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  markdown?: Absent;
  link?: Absent;
  actionCard?: Absent;
};
/** A reply that is markdown: Markdown. Long texts are split. */
export type MarkdownReply = {
  /** Markdown. Long texts are split. */
  markdown: Markdown;
  /** Who is to be notified; only a session webhook notifies people. */
  mention?: Mention;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  text?: Absent;
  link?: Absent;
  actionCard?: Absent;
};
/** A reply that is link: A card that opens a page. */
export type LinkReply = {
  /** A card that opens a page. */
  link: Link;
  /** Who is to be notified; only a session webhook notifies people. */
  mention?: Mention;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  text?: Absent;
  markdown?: Absent;
  actionCard?: Absent;
};
/** A reply that is actionCard: A card with at most five buttons. */
export type ActionCardReply = {
  /** A card with at most five buttons. */
  actionCard: ActionCard;
  /** Who is to be notified; only a session webhook notifies people. */
  mention?: Mention;
  /** What is not sent by then is not sent any more: ISO 8601 with a zone. */
  expiresAt?: string;
  /** When DingTalk gave no answer: send again (`at-least-once`, the default) or stop (`at-most-once`). */
  delivery?: 'at-least-once' | 'at-most-once';
  text?: Absent;
  markdown?: Absent;
  link?: Absent;
};
/** An answer: exactly one content, of those that a session webhook and an app robot take both. */
export type ReplyToEvent = TextReply | MarkdownReply | LinkReply | ActionCardReply;
/** Name of a destination, or 1 to 20 of them. */
export type To = string | Array<string>;
/** Who is to be notified of the message; at most 50 people. */
export type Mention = {
  /** People by userId; an `@` and blanks around it are taken off. */
  users?: Array<string>;
  /** People by mobile number, in any usual form; other countries as `+852-61234567`. */
  mobiles?: Array<string>;
  /** True: everybody in the conversation. */
  all?: boolean;
  /** For destinations that notify nobody: `refuse` the message, show the names as `text`, or leave them out (`none`). Default: `refuse`. */
  fallback?: 'refuse' | 'text' | 'none';
};
/** A text in Markdown. */
export type Markdown = {
  /** Title, shown in lists of conversations. */
  title: string;
  /** The Markdown. */
  text: string;
  /** True: tables become lists and single line ends breaks, so that every client shows them. */
  convert?: boolean;
};
/** A card that opens a page. */
export type Link = {
  /** Title of the card. */
  title: string;
  /** Text below the title. */
  text: string;
  /** Page that the card opens. */
  url: string;
  /** Picture on the card: its address, or a media id. Work notifications need one. */
  pictureUrl?: string;
};
/** A button of a card. */
export type Button = {
  /** Text of the button. */
  title: string;
  /** Page that the button opens. */
  url: string;
};
/** A card in Markdown with buttons. */
export type ActionCard = {
  /** Title, shown in lists of conversations. */
  title: string;
  /** The Markdown of the card. */
  text: string;
  /** At least one; how many are shown depends on the kind of destination. */
  buttons: Array<Button>;
  /** Buttons one below the other, or side by side. Default: `vertical`. */
  orientation?: 'vertical' | 'horizontal';
  /** True: tables become lists and single line ends breaks, so that every client shows them. */
  convert?: boolean;
};
/** A line of a feed card. */
export type FeedItem = {
  /** Text of the line. */
  title: string;
  /** Page that the line opens. */
  url: string;
  /** Address of its picture. */
  pictureUrl: string;
};
/** A card with several lines, each with a picture. */
export type FeedCard = {
  /** At least one line. */
  items: Array<FeedItem>;
};
/** A picture. */
export type Image = {
  /** Id of an uploaded file in DingTalk, by its media API. */
  mediaId: string;
};
/** A voice message (AMR). */
export type Voice = {
  /** Id of an uploaded file in DingTalk, by its media API. */
  mediaId: string;
  /** Length in milliseconds; 1 to 59,999. */
  durationMs: number;
};
/** A file. */
export type File = {
  /** Id of an uploaded file in DingTalk, by its media API. */
  mediaId: string;
  /** Name that is shown. */
  fileName: string;
};
/** The head of a form. */
export type OaHead = {
  /** Text of the head. */
  text: string;
  /** Colour: eight hex digits, alpha first. */
  color: string;
};
/** The status bar of a form; for at most five people. */
export type OaStatus = {
  /** Text of the status. */
  text: string;
  /** Colour: eight hex digits, alpha first. */
  color?: string;
};
/** A row of a form. */
export type OaRow = {
  /** Its name. */
  key: string;
  /** Its value. */
  value: string;
};
/** A large figure. */
export type OaRich = {
  /** The figure. */
  num: string;
  /** Its unit. */
  unit?: string;
};
/** The body of a form. */
export type OaBody = {
  /** Its title. */
  title?: string;
  /** Its rows. */
  form?: Array<OaRow>;
  /** A large figure. */
  rich?: OaRich;
  /** Its text. */
  content?: string;
  /** Media id of its picture. */
  imageMediaId?: string;
  /** Number of attached files that is shown. */
  fileCount?: number;
  /** Who wrote it. */
  author?: string;
};
/** A work notification with a form. */
export type Oa = {
  /** Page that it opens. */
  url: string;
  /** Page that it opens on a computer, if that is another. */
  pcUrl?: string;
  /** Its head. */
  head: OaHead;
  /** Its status bar. */
  status?: OaStatus;
  /** Its body. */
  body: OaBody;
};
/** An interactive card: what it shows can be changed with PATCH /messages/{id}. */
export type Card = {
  /** Of a published template: one of the app's own, or one of DingTalk's. */
  templateId: string;
  /** Values of its variables by their names: at most 100, each of at most 1,000 bytes. */
  params: Record<string, string>;
};
/** What of a card is to change. */
export type CardChange = {
  /** New values of its variables by their names; those that are not named stay. */
  params: Record<string, string>;
};
/** What of a sent message is to change. */
export type ChangeMessage = {
  /** The variables that change; the others stay. */
  card: CardChange;
};
/** A person by userId. */
export type ByUserId = {
  /** A person's userId in DingTalk. */
  userId: string;
};
/** A person by mobile number. */
export type ByMobile = {
  /** The mobile number. */
  mobile: string;
};
/** A person by unionId. */
export type ByUnionId = {
  /** The unionId. */
  unionId: string;
};
/** A person: by userId, mobile number or unionId, or a bare text that is looked up as one of them. At most 128 characters. */
export type PersonRef = string | ByUserId | ByMobile | ByUnionId;
/** A task to dispatch. */
export type DispatchTask = {
  /** What is to be done. At most 1,024 characters. */
  title: string;
  /** Done when `any` of the assignees is done, or when `all` are. Default: `all`. */
  completion?: 'any' | 'all';
  /** What it is about. At most 4,096 characters. */
  description?: string;
  /** When it has to be done: ISO 8601 with a zone. */
  due?: string;
  /** Minutes before `due` at which assignees are reminded; 1 to 43,200. Needs `due`. */
  remindBefore?: number;
  /** How urgent it is. */
  priority?: 'low' | 'normal' | 'high' | 'urgent';
  /** Address of what the task is about. At most 1,024 bytes. */
  url?: string;
  /** JSON of the caller's own; comes back with the task and its events. At most 16 KB. */
  data?: Record<string, unknown>;
  /** Who has to do it; 1 to 100 people. */
  assignees: Array<PersonRef>;
  /** Who follows it; at most 100 people. */
  participants?: Array<PersonRef>;
  /** Who gave the task; people read this name. */
  creator?: PersonRef;
  /** Destinations that hear of it. */
  notify?: To;
  /** Ways by which people hear of it. Default: `todo` and `message`. */
  via?: Array<'todo' | 'message' | 'card'>;
  /** What `notify` destinations hear of: begin and end (`outcome`) or `every` step. */
  tell?: 'outcome' | 'every';
  /** True: leave out people who cannot be found and ways that DingTalk refuses, instead of refusing the task. */
  partial?: boolean;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
};
/** How far one assignee is. */
export type StepChange = {
  /** A person's userId in DingTalk. */
  userId: string;
  /** The new state of the assignee. */
  state: 'assigned' | 'accepted' | 'done' | 'declined';
};
/** What is to be changed; at least one member beside `comment`. `null` takes a field away. */
export type ChangeTask = {
  /** What is to be done. At most 1,024 characters. */
  title?: string;
  /** What it is about. At most 4,096 characters. */
  description?: string | null;
  /** When it has to be done: ISO 8601 with a zone. */
  due?: string | null;
  /** Minutes before `due` at which assignees are reminded; 1 to 43,200. Needs `due`. */
  remindBefore?: number | null;
  /** How urgent it is. */
  priority?: 'low' | 'normal' | 'high' | 'urgent' | null;
  /** Address of what the task is about. At most 1,024 bytes. */
  url?: string | null;
  /** Done when `any` of the assignees is done, or when `all` are. Default: `all`. */
  completion?: 'any' | 'all';
  /** Who becomes an assignee. */
  add?: Array<PersonRef>;
  /** Who is no assignee any more, by userId or unionId. */
  remove?: Array<string>;
  /** How far one assignee is. */
  step?: StepChange;
  /** The whole task: done, cancelled, or open again. */
  status?: 'done' | 'cancelled' | 'open';
  /** A word about it, kept in the history. At most 1,000 characters. */
  comment?: string;
};
/** One of the answers. */
export type AskedChoice = {
  /** Its name in events; `reject` takes one person, every other as many as `quorum` says. */
  id: string;
  /** What people read. `approve` and `reject` have words in the app's language; else: the id. */
  label?: string;
  /** True: only with a comment. */
  comment?: boolean;
};
/** A task of AWS Step Functions that waits for the answer (`.waitForTaskToken`), in the account and region of dingdock. */
export type WaitingTask = {
  /** `$$.Task.Token` of the state. Nobody is shown it. */
  taskToken: string;
};
/** Who may answer. */
export type AskedApprovers = {
  /** Who may answer; 1 to 50 people. */
  people: Array<PersonRef>;
  /** So many have to choose the same; a rejection takes one. Default: 1. */
  quorum?: number;
  /** True: whoever asks may not answer. */
  excludeAsker?: boolean;
};
/** A question that people decide. */
export type AskApproval = {
  /** What is to be decided, in one line. At most 200 characters. */
  question: string;
  /** More about it, in Markdown. At most 4,000 characters. */
  details?: string;
  /** The answers; 2 to 5. Default: `approve` and `reject`. */
  choices?: Array<AskedChoice>;
  /** Who may answer, and how many have to. */
  approvers: AskedApprovers;
  /** Destinations that are asked, where the approvers read. Default: each approver, one-to-one. */
  to?: To;
  /** When it is too late, ISO 8601; 90 days at most. Default: in a day. */
  expiresAt?: string;
  /** What it means when nobody decided in time. It never means yes. */
  onExpire?: 'expire' | 'reject';
  /** Who asks; people read this name. */
  asker?: PersonRef;
  /** JSON of your own, which comes back with every event. At most 16 KB. */
  data?: Record<string, unknown>;
  /** The task that gets the answer. */
  stepFunctions?: WaitingTask;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
};
/** How long the download link of the file lives, where one is made. */
export type LinkRules = {
  /** Days from now; 1 to 90. */
  days?: number;
  /** How often it may be opened; 1 to 100,000. */
  views?: number;
};
/** A file that will be uploaded, and where it goes. */
export type RequestUpload = {
  /** Where the file goes. */
  to: To;
  /** Name that is shown; of a path, the last part. */
  fileName: string;
  /** Exact size in bytes; 1 to 5,368,709,120 (5 GiB). */
  size: number;
  /** Media type. Default: `application/octet-stream`. */
  contentType?: string;
  /** A word with the file. At most 1,000 characters. */
  caption?: string;
  /** Who is to be notified. */
  mention?: Mention;
  /** How long a download link lives. */
  link?: LinkRules;
};
/** What a destination takes of shared files; DingTalk's own limits hold all the same. */
export type FileRules = {
  /** Largest file in bytes; a larger one becomes a card with a link. */
  maxBytes?: number;
  /** Extensions that go as files, in lower case without a dot. */
  types?: Array<string>;
  /** True: never the file itself, always a card with a link. */
  linkOnly?: boolean;
};
/** Texts that come close together go as one message, with counts. */
export type MergeRule = {
  /** How close, in milliseconds; 1,000 to 3,600,000. */
  windowMs: number;
};
/** Where messages go instead while DingTalk, or what is left of its month, is gone: needs `to` or `topicArn`. */
export type Fallback = {
  /** Name of another destination. */
  to?: string;
  /** An SNS topic: the one that the stage has as `fallbackTopicArn`. */
  topicArn?: string;
  /** After how long, in milliseconds; at most 86,400,000. Default: 900,000, a quarter of an hour. Messages with high priority do not wait for it. */
  afterMs?: number;
};
/** How many messages go out in which time. */
export type Pace = {
  /** Number of messages; 1 to 1,000. */
  messages: number;
  /** In so many milliseconds; 1 to 86,400,000. */
  perMs: number;
  /** Pause after a "too fast" of DingTalk, in milliseconds; at most 86,400,000. */
  penaltyMs?: number;
};
/** Hours of each day in which only messages with high priority are sent. The rest waits for their end, and texts go as one message then. */
export type QuietHours = {
  /** When they begin, by the clocks of the zone. */
  from: string;
  /** When they end; before `from`: the next day. */
  to: string;
  /** A time zone; the app's when left out. */
  timeZone?: string;
};
/** A custom robot of a group. */
export type Robot = {
  /** The value behind `access_token=` in the address of the robot, or the address. */
  accessToken: string;
  /** The `SEC…` text, when the robot signs. */
  secret?: string;
};
/** A custom robot of a group. */
export type CustomRobot = {
  /** Which kind of destination this is. */
  kind: 'custom-robot';
  /** The value behind `access_token=` in the address of the robot, or the address. */
  accessToken: string;
  /** The `SEC…` text, when the robot signs. */
  secret?: string;
  /** The word that the robot wants in each message, its security setting "keyword"; empty: it wants none. */
  keyword?: string;
  /** How many messages go out, when that is not 20 a minute. */
  pace?: Pace;
  /** True for an external group: its robots cannot mention people. */
  external?: boolean;
  /** False: the names of mentioned people are not written into a `text`, since the client adds them. Default: true. */
  mentionInText?: boolean;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** Several custom robots of one group: a message goes by the one that is free first. */
export type CustomRobotPool = {
  /** Which kind of destination this is. */
  kind: 'custom-robot-pool';
  /** The robots; 1 to 20. */
  robots: Array<Robot>;
  /** The word that the robot wants in each message, its security setting "keyword"; empty: it wants none. */
  keyword?: string;
  /** How many messages go out, when that is not 20 a minute. */
  pace?: Pace;
  /** True for an external group: its robots cannot mention people. */
  external?: boolean;
  /** False: the names of mentioned people are not written into a `text`, since the client adds them. Default: true. */
  mentionInText?: boolean;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** A group, by the app's robot. */
export type RobotGroup = {
  /** Which kind of destination this is. */
  kind: 'robot-group';
  /** Id of the group; GET /conversations lists those that events spoke of. */
  openConversationId: string;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** People, each one to one, by the app's robot. */
export type RobotUsers = {
  /** Which kind of destination this is. */
  kind: 'robot-users';
  /** The people, by userId; 1 to 2,000. */
  userIds: Array<string>;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** Work notifications: needs `userIds`, `departmentIds` or `all`. */
export type WorkNotification = {
  /** Which kind of destination this is. */
  kind: 'work-notification';
  /** The people, by userId; 1 to 2,000. */
  userIds?: Array<string>;
  /** The departments, by DingTalk id; 1 to 2,000. */
  departmentIds?: Array<number>;
  /** True: everybody in the company. */
  all?: boolean;
  /** True: DingTalk is asked whom each message reached, which is one more call each. Default: false. */
  confirm?: boolean;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** The legacy calls to a conversation, for apps that still may: needs `chatId`, or `sender` and `cid`. */
export type Conversation = {
  /** Which kind of destination this is. */
  kind: 'conversation';
  /** Legacy id of the group. */
  chatId?: string;
  /** The userId on whose behalf the legacy call sends; goes with `cid`. */
  sender?: string;
  /** Legacy id of a conversation that a person picked; goes with `sender`. */
  cid?: string;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** A named target of messages. */
export type Destination = CustomRobot | CustomRobotPool | RobotGroup | RobotUsers | WorkNotification | Conversation;
/** How the sender signs: HMAC-SHA256 of the raw body, in hex. */
export type Hmac = {
  /** What it signs with. */
  secret: string;
  /** Header with the signature. Default: that of the kind, else `X-Signature`. */
  header?: string;
  /** Header with the Unix seconds, where `<seconds>:<body>` is signed. */
  timestampHeader?: string;
};
/** Templates of Liquid over the members of the body; all of it is `body`. */
export type Templates = {
  /** Title of the message. At most 4,000 signs. */
  title?: string;
  /** Its text in Markdown; where it makes none, nothing is sent. At most 4,000 signs. */
  text: string;
  /** What tells a repeat from something new. At most 4,000 signs. */
  identity?: string;
};
/** Where incidents with certain labels go. */
export type IncidentRule = {
  /** Labels that an incident has to have, all of them. */
  labels: Record<string, string>;
  /** Where those go. */
  to: To;
};
/** Who is told when nobody took an incident for so long. */
export type NextPeople = {
  /** Minutes since it fired; 0 to 1,440. 0: when it fires. */
  afterMinutes: number;
  /** People's userIds in DingTalk; 1 to 20. */
  people: Array<string>;
  /** They are told only if nobody who was told before them has read it. Default: false. */
  ifUnread?: boolean;
};
/** How a source keeps incidents. */
export type Incidents = {
  /** What fires again within so many minutes is the same incident; 1 to 1,440. Default: 5. */
  quietGapMinutes?: number;
  /** Where they go by their labels; at most 20, to 100 destinations in all. What no rule fits goes to `to` of the source. */
  rules?: Array<IncidentRule>;
  /** Who is told one to one when nobody took it; at most 5 steps. */
  next?: Array<NextPeople>;
};
/** For senders that know a custom robot of DingTalk: they change the address, nothing else. */
export type RobotSource = {
  /** Which kind of destination this is. */
  kind: 'dingtalk-robot';
  /** Where what it says goes. */
  to: To;
  /** Language of what dingdock adds. Default: `zh`. */
  language?: 'zh' | 'en';
  /** Zone of times in messages. Default: Asia/Shanghai, in English UTC. */
  timeZone?: string;
  /** True: make another key; the one before works for a day more. */
  rotateKey?: boolean;
  /** The secret that the sender signs with, `SEC…`. Left out: the key in the address is proof enough. */
  secret?: string;
};
/** For Alertmanager and for the webhook of Grafana. */
export type AlertmanagerSource = {
  /** Which kind of destination this is. */
  kind: 'alertmanager';
  /** Where what it says goes. */
  to: To;
  /** Language of what dingdock adds. Default: `zh`. */
  language?: 'zh' | 'en';
  /** Zone of times in messages. Default: Asia/Shanghai, in English UTC. */
  timeZone?: string;
  /** True: make another key; the one before works for a day more. */
  rotateKey?: boolean;
  /** How Grafana signs. */
  hmac?: Hmac;
  /** One incident for each thing that is wrong, in place of a message each time. Left out: none. */
  incidents?: Incidents;
};
/** For topics of SNS, and with them for alarms of CloudWatch. */
export type SnsSource = {
  /** Which kind of destination this is. */
  kind: 'sns';
  /** Where what it says goes. */
  to: To;
  /** Language of what dingdock adds. Default: `zh`. */
  language?: 'zh' | 'en';
  /** Zone of times in messages. Default: Asia/Shanghai, in English UTC. */
  timeZone?: string;
  /** True: make another key; the one before works for a day more. */
  rotateKey?: boolean;
  /** ARNs of the topics that may deliver; 1 to 20. */
  topics: Array<string>;
  /** True: take raw delivery too, which nobody signs. Default: false. */
  raw?: boolean;
  /** True: the topics subscribe the function `receive-source`, in the same AWS account and region, and take no address. A topic is of one such source. Default: false. */
  lambda?: boolean;
  /** One incident for each thing that is wrong, in place of a message each time. Left out: none. */
  incidents?: Incidents;
};
/** For any sender of JSON, of a form or of a text. */
export type JsonSource = {
  /** Which kind of destination this is. */
  kind: 'json';
  /** Where what it says goes. */
  to: To;
  /** Language of what dingdock adds. Default: `zh`. */
  language?: 'zh' | 'en';
  /** Zone of times in messages. Default: Asia/Shanghai, in English UTC. */
  timeZone?: string;
  /** True: make another key; the one before works for a day more. */
  rotateKey?: boolean;
  /** How the sender signs. */
  hmac?: Hmac;
  /** What becomes of the body. Left out: its title and its text by their usual names. */
  template?: Templates;
};
/** Where a sender that exists is let in, and where what it says goes. */
export type PutSource = RobotSource | AlertmanagerSource | SnsSource | JsonSource;
/** A custom robot as DingTalk's dialog shows it when it is made. */
export type PastedRobot = {
  /** Which kind of destination this is. */
  kind?: 'custom-robot';
  /** The address of the robot; only its token is kept. */
  webhook: string;
  /** The `SEC…` text, when the robot signs. */
  secret?: string;
  /** The word that the robot wants in each message, its security setting "keyword"; empty: it wants none. */
  keyword?: string;
  /** How many messages go out, when that is not 20 a minute. */
  pace?: Pace;
  /** True for an external group: its robots cannot mention people. */
  external?: boolean;
  /** False: the names of mentioned people are not written into a `text`, since the client adds them. Default: true. */
  mentionInText?: boolean;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** A destination by its kind, or a robot pasted from DingTalk's dialog. */
export type PutDestination = Destination | PastedRobot;
/** One try to hand a message to DingTalk. */
export type Attempt = {
  /** When, ISO 8601 UTC. */
  at: string;
  /** What came of it. */
  outcome: 'sent' | 'refused' | 'no-answer' | 'failed';
  /** DingTalk's code, or one of dingdock's. */
  code?: string;
  /** The kind of the code, by which dingdock decides what to do. */
  class?: string;
  /** The reason in words. */
  reason?: string;
  /** What a person can do about it. */
  remedy?: string;
};
/** What became of the message for one person. */
export type PersonOutcome = {
  /** A person's userId in DingTalk. */
  userId: string;
  /** What DingTalk said of the person. */
  outcome: 'accepted' | 'invalid' | 'throttled' | 'unconfirmed';
};
/** Whom a message reached as far as DingTalk says; people by userId, or by the number that they were mentioned by. */
export type Reach = {
  /** DingTalk took it for these. */
  reached: Array<string>;
  /** DingTalk did not take it for these. */
  notReached: Array<string>;
  /** DingTalk does not say, or was not asked. */
  unconfirmed: Array<string>;
};
/** What a message waits for. */
export type Waits = {
  /** `sendAt`: its own time; `quiet`: the end of the quiet hours of the destination; `quota`: what is left of the month is kept for messages with high priority; `pause`: DingTalk asked for one; `pace`: its rate limit; `retry`: the next try; `merge`: messages to go with it. */
  for: 'sendAt' | 'quiet' | 'quota' | 'pause' | 'pace' | 'retry' | 'merge';
  /** Which of DingTalk's quotas of the month. */
  quota?: 'api' | 'webhook';
  /** Code of the last failed try. */
  reason?: string;
  /** When it goes on, ISO 8601 UTC. */
  until: string;
};
/** What of an accepted request will not be as it is meant. */
export type Warning = {
  /** Where it stands in the request. */
  path: string;
  /** Stable, machine-readable reason. */
  code: string;
  /** What happens, and what to do. */
  message: string;
};
/** Where a delivery went instead. */
export type UsedFallback = {
  /** Name of the other destination: its delivery stands in the same message. */
  to?: string;
  /** The SNS topic. */
  topicArn?: string;
  /** When, ISO 8601 UTC. */
  at: string;
  /** Why: the code of the last try, or `quota` where the month is used up. */
  code: string;
};
/** The delivery that another one is in place of. */
export type FallbackFor = {
  /** Name of the destination. */
  destination: string;
  /** Since when, ISO 8601 UTC. */
  at: string;
};
/** What became of a message at one destination. */
export type DeliveryView = {
  /** Name of the destination. */
  destination: string;
  /** `unknown`: no answer came, and sending again could send twice. */
  status: 'queued' | 'sending' | 'sent' | 'failed' | 'unknown' | 'expired' | 'recalled';
  /** Each try, the oldest first; at most 40 are kept. */
  attempts: Array<Attempt>;
  /** True: it was sent again although an earlier try may have arrived. */
  possibleDuplicate?: boolean;
  /** What became of each person, where DingTalk says so. */
  people?: Array<PersonOutcome>;
  /** Whom it reached, once it is over and where people were named. */
  reach?: Reach;
  /** What of it was not as it was meant. */
  warnings?: Array<Warning>;
  /** Id of the message that this one went with. */
  mergedInto?: string;
  /** What it waits for before it is sent, and until when; left out when it waits for its turn only. */
  waits?: Waits;
  /** Where it went instead: DingTalk was gone for too long. */
  fallback?: UsedFallback;
  /** The destination that it came here for: DingTalk was gone there for too long. */
  fallbackFor?: FallbackFor;
};
/** Where the record is, and what belongs to it. */
export type Links = {
  /** Path of the record. */
  self: string;
};
/** A message and what became of it. */
export type MessageView = {
  /** Id of the message. */
  id: string;
  /** On its way while any delivery is, else the worst that happened; what went to a fallback counts as what became of it there. */
  status: 'queued' | 'sending' | 'sent' | 'failed' | 'unknown' | 'expired' | 'recalled';
  /** When it was accepted, ISO 8601 UTC. */
  createdAt: string;
  /** When it is sent, ISO 8601. */
  sendAt?: string;
  /** When it expires, ISO 8601. */
  expiresAt?: string;
  /** What became of it at each destination; absent while nobody waited for the outcome. */
  deliveries?: Array<DeliveryView>;
  /** What phones will not show as it is meant; told by the request that sends it. */
  warnings?: Array<Warning>;
  /** Where the record is, and what belongs to it. */
  links: Links;
};
/** A page of messages. */
export type MessageList = {
  /** The newest first. */
  messages: Array<MessageView>;
  /** Opens the next page; absent on the last one. Give it back as `cursor`. */
  cursor?: string;
};
/** Whether a message was taken back at one destination. */
export type Recall = {
  /** Name of the destination. */
  destination: string;
  /** Whether it was taken back. */
  outcome: 'recalled' | 'not_recalled';
  /** Why not. */
  reason?: string;
};
/** Whether a card was changed at one destination. */
export type MessageChange = {
  /** Name of the destination. */
  destination: string;
  /** Whether it shows the new values. */
  outcome: 'changed' | 'not_changed';
  /** Why not. */
  reason?: string;
};
/** What was changed. */
export type MessageChanged = {
  /** Id of the message. */
  id: string;
  /** By destination. */
  deliveries: Array<MessageChange>;
};
/** What was taken back. */
export type Recalled = {
  /** Id of the message. */
  id: string;
  /** By destination. */
  deliveries: Array<Recall>;
};
/** Who has read a message at one destination. */
export type Readers = {
  /** Name of the destination. */
  destination: string;
  /** userIds of who has read it. */
  read?: Array<string>;
  /** userIds of who has not. */
  unread?: Array<string>;
  /** userIds of whom it did not reach. */
  notReached?: Array<string>;
  /** Why DingTalk does not tell. */
  reason?: string;
};
/** Who has read a message. */
export type Receipts = {
  /** Id of the message. */
  id: string;
  /** By destination. */
  deliveries: Array<Readers>;
};
/** A person. */
export type Person = {
  /** A person's userId in DingTalk. */
  userId: string;
  /** The person's unionId in DingTalk. */
  unionId: string;
  /** The person's name in DingTalk. */
  name?: string;
};
/** An assignee and how far they are. */
export type Assignee = {
  /** A person's userId in DingTalk. */
  userId: string;
  /** The person's unionId in DingTalk. */
  unionId: string;
  /** The person's name in DingTalk. */
  name?: string;
  /** How far the person is. */
  state: 'assigned' | 'accepted' | 'done' | 'declined';
};
/** What one change did. */
export type HistoryEntry = {
  /** `version` of the task after it. */
  version: number;
  /** When, ISO 8601 UTC. */
  at: string;
  /** Who: a userId, `key:<name>` of an API key, `schedule` or `dingtalk`. */
  by: string;
  /** By which way. */
  via: 'api' | 'page' | 'card' | 'robot' | 'todo' | 'schedule' | 'dispatch';
  /** What was done. */
  action:
    | 'assigned'
    | 'accepted'
    | 'done'
    | 'declined'
    | 'resumed'
    | 'edited'
    | 'people'
    | 'completed'
    | 'cancelled'
    | 'reopened'
    | 'overdue'
    | 'failed';
  /** userId of the assignee whose state changed. */
  assignee?: string;
  /** What the whole task became, when that is another status. */
  status?: 'assigned' | 'accepted' | 'done' | 'declined' | 'cancelled' | 'failed';
  /** What the person wrote. */
  comment?: string;
  /** The fields that an edit changed, or who came (`+lisi`) and went (`-lisi`). */
  changed?: Array<string>;
};
/** Why something that follows the task is behind. */
export type Trouble = {
  /** Since when, ISO 8601 UTC. */
  since: string;
  /** How often it was tried. */
  tries: number;
  /** Stable, machine-readable reason. */
  code: string;
  /** The reason in words. */
  reason: string;
  /** What a person can do about it. */
  remedy?: string;
};
/** Somebody who was asked for and could not be assigned. */
export type Skipped = {
  /** As the request named them. */
  person: string;
  /** Why not. */
  reason: string;
};
/** Where the record is, and what belongs to it. */
export type TaskLinks = {
  /** Path of the task. */
  self: string;
  /** Path of the message that told of it. */
  message?: string;
  /** Address of a page that only shows the task. */
  page: string;
  /** Each assignee's own page, by userId: who holds it acts as that person. For keys with `tasks:write` that reach them; not in lists. */
  pages?: Record<string, string>;
};
/** A task and its state. */
export type TaskView = {
  /** Id of the task. */
  id: string;
  /** Short number by which people call it. */
  number: number;
  /** When it was dispatched, ISO 8601 UTC. */
  createdAt: string;
  /** Name of the DingTalk app. */
  app?: string;
  /** What is to be done. At most 1,024 characters. */
  title: string;
  /** What it is about. At most 4,096 characters. */
  description?: string;
  /** Address of what the task is about. At most 1,024 bytes. */
  url?: string;
  /** JSON of the caller's own; comes back with the task and its events. At most 16 KB. */
  data?: Record<string, unknown>;
  /** How urgent it is. */
  priority?: 'low' | 'normal' | 'high' | 'urgent';
  /** Who has to do it, and how far they are. */
  assignees: Array<Assignee>;
  /** Who follows it. */
  participants: Array<Person>;
  /** Who gave it. */
  creator?: Person;
  /** Done when `any` of the assignees is done, or when `all` are. Default: `all`. */
  completion: 'any' | 'all';
  /** When it has to be done: ISO 8601 with a zone. */
  due?: string;
  /** Minutes before `due` at which assignees are reminded; 1 to 43,200. Needs `due`. */
  remindBefore?: number;
  /** Ways by which people hear of it. Default: `todo` and `message`. */
  via: Array<'todo' | 'message' | 'card'>;
  /** Destinations that hear of it. */
  notify: Array<string>;
  /** What `notify` destinations hear of: begin and end (`outcome`) or `every` step. */
  tell: 'outcome' | 'every';
  /** True: leave out people who cannot be found and ways that DingTalk refuses, instead of refusing the task. */
  partial: boolean;
  /** Who could not be assigned. */
  skipped?: Array<Skipped>;
  /** State of the whole task. */
  status: 'assigned' | 'accepted' | 'done' | 'declined' | 'cancelled' | 'failed';
  /** Since when it is overdue, ISO 8601; absent when it is not. */
  overdueSince?: string;
  /** Why it failed: stable code. */
  code?: string;
  /** Why it failed, in words. */
  reason?: string;
  /** Number of changes, this state included: 1, 2, 3 … */
  version: number;
  /** What happened, the oldest first. */
  history: Array<HistoryEntry>;
  /** DingTalk's id of the to-do. */
  todoId?: string;
  /** dingdock's id of the task's card in DingTalk. */
  cardId?: string;
  /** What follows the task and is behind, by its name (`todo`, `card`, `message`, `digest`, `bus` …); of messages why they were not sent. */
  troubles?: Record<string, Trouble>;
  /** Where the record is, and what belongs to it. */
  links: TaskLinks;
};
/** A page of tasks. */
export type TaskList = {
  /** By due time, the open ones first. */
  tasks: Array<TaskView>;
  /** Opens the next page; absent on the last one. Give it back as `cursor`. */
  cursor?: string;
};
/** Whom a destination names. Who is in a group, only DingTalk knows. */
export type PlannedReach = {
  /** How many people it names. */
  people?: number;
  /** How many departments it names. */
  departments?: number;
  /** Everybody in the company. */
  everybody?: true;
};
/** One message in DingTalk. */
export type PlannedPart = {
  /** Size as DingTalk counts it. */
  bytes: number;
};
/** What would go to one destination. */
export type PlannedDelivery = {
  /** Name of the destination. */
  destination: string;
  /** Which kind of destination this is. */
  kind: string;
  /** The kind of content that goes there. */
  content: string;
  /** What stands there as messages of its own: a long text has several. */
  parts: Array<PlannedPart>;
  /** Calls to DingTalk: each part goes to each batch of people. */
  calls: number;
  /** Which of the month's counts they add to. */
  quota: 'api' | 'webhook';
  /** Whom it names; absent for groups. */
  reach?: PlannedReach;
  /** What it would wait for, as things are now; absent where it would go at once. */
  waits?: Waits;
};
/** What a message would send. Nothing was kept or sent. */
export type MessagePlan = {
  /** Always true. */
  dryRun: true;
  /** Calls to DingTalk, all together. */
  calls: number;
  /** What would go to each destination. */
  deliveries: Array<PlannedDelivery>;
  /** What phones will not show as it is meant. */
  warnings?: Array<Warning>;
};
/** What became of a message; of a dry run, what it would send. */
export type MessageOrPlan = MessageView | MessagePlan;
/** What a task would send. Nothing was kept or sent. */
export type TaskPlan = {
  /** Always true. */
  dryRun: true;
  /** Calls to DingTalk: to-do, messages and cards together. */
  calls: number;
  /** The message that would go to each of `notify`. */
  deliveries: Array<PlannedDelivery>;
  /** Who would have to do it. */
  assignees: Array<Person>;
  /** Who would follow it. */
  participants: Array<Person>;
  /** Who would be left out, with the reason. */
  skipped?: Array<Skipped>;
};
/** Who did something. */
export type By = {
  /** What it is. */
  type: 'person' | 'key' | 'source' | 'agent' | 'schedule' | 'dingtalk';
  /** A userId, or the name of a key, a source or a job. */
  id: string;
  /** By which way it came. */
  via: 'api' | 'page' | 'card' | 'robot' | 'schedule';
};
/** One of the answers. */
export type Choice = {
  /** Its name. */
  id: string;
  /** What people read. */
  label: string;
  /** True: only with a comment. */
  comment?: boolean;
};
/** Who may answer. */
export type Approvers = {
  /** The people. */
  people: Array<Person>;
  /** So many have to choose the same; a rejection takes one. */
  quorum: number;
  /** True: whoever asks may not answer. */
  excludeAsker?: boolean;
};
/** What one approver answered last. */
export type Answer = {
  /** A person's userId in DingTalk. */
  userId: string;
  /** Id of the choice. */
  choice: string;
  /** When, ISO 8601 UTC. */
  at: string;
  /** What the person wrote. */
  comment?: string;
};
/** What was decided. */
export type Decision = {
  /** Id of the choice. */
  choice: string;
  /** When, ISO 8601 UTC. */
  at: string;
  /** Whose answer completed it. */
  by: By;
  /** What the person wrote. */
  comment?: string;
};
/** What one change did. */
export type ApprovalEntry = {
  /** `version` of the approval after it. */
  version: number;
  /** When, ISO 8601 UTC. */
  at: string;
  /** Who did it. */
  by: By;
  /** What was done; `decided` is the answer that completed it. */
  action: 'asked' | 'answered' | 'decided' | 'expired' | 'withdrawn';
  /** Id of the choice that was answered. */
  choice?: string;
  /** What the person wrote. */
  comment?: string;
};
/** What became of the answer to a task of AWS Step Functions. */
export type TaskAnswer = {
  /** `waiting` for the decision, `given`, `refused` by Step Functions, or `unknown`: a call was made, its own answer never came, and the task is over now. */
  status: 'waiting' | 'given' | 'refused' | 'unknown';
  /** When that was known, ISO 8601 UTC. */
  at?: string;
  /** Step Functions' own code. */
  code?: string;
};
/** Where the record is, and what belongs to it. */
export type ApprovalLinks = {
  /** Path of the approval. */
  self: string;
  /** Path of the message that asked. */
  message?: string;
  /** Address of a page that only shows the approval. */
  page: string;
  /** Each approver's own page, by userId: who holds it answers as that person. For keys with `approvals:write` that reach them; not in lists. */
  pages?: Record<string, string>;
};
/** An approval and its state. */
export type ApprovalView = {
  /** Id of the approval. */
  id: string;
  /** Short name by which people answer it in a chat. */
  code: string;
  /** When it was asked, ISO 8601 UTC. */
  createdAt: string;
  /** Name of the DingTalk app. */
  app?: string;
  /** What is to be decided, in one line. At most 200 characters. */
  question: string;
  /** More about it, in Markdown. At most 4,000 characters. */
  details?: string;
  /** JSON of your own, which comes back with every event. At most 16 KB. */
  data?: Record<string, unknown>;
  /** The answers that may be given. */
  choices: Array<Choice>;
  /** Who may answer, and how many have to. */
  approvers: Approvers;
  /** Who asks. */
  asker?: Person;
  /** Destinations that were asked; none: each approver, one-to-one. */
  to: Array<string>;
  /** When it is too late, ISO 8601. */
  expiresAt: string;
  /** What it means when nobody decided in time. It never means yes. */
  onExpire: 'expire' | 'reject';
  /** `decided`: `decision` says what for. */
  status: 'pending' | 'decided' | 'expired' | 'withdrawn';
  /** The one decision. */
  decision?: Decision;
  /** What each approver answered last. */
  answers: Array<Answer>;
  /** Number of changes, this state included: 1, 2, 3 … */
  version: number;
  /** What happened, the oldest first. */
  history: Array<ApprovalEntry>;
  /** What became of the answer to the task that waits. */
  stepFunctions?: TaskAnswer;
  /** What shows the approval and is behind, by its name (`message`, `lists`, `bus`, `asker`); `message` also tells of a message that was not sent. */
  troubles?: Record<string, Trouble>;
  /** Where the record is, and what belongs to it. */
  links: ApprovalLinks;
};
/** A page of approvals. */
export type ApprovalList = {
  /** The newest first. */
  approvals: Array<ApprovalView>;
  /** Opens the next page; absent on the last one. Give it back as `cursor`. */
  cursor?: string;
};
/** A request that uploads the file. */
export type Upload = {
  /** Method of the request. */
  method: 'PUT';
  /** Its address; takes one file of just this size and type. */
  url: string;
  /** Headers that it needs. */
  headers: Record<string, string>;
  /** Until when the address is good, ISO 8601 UTC. */
  expiresAt: string;
};
/** Where to upload a file. */
export type UploadView = {
  /** Id of the share. */
  id: string;
  /** The upload. */
  upload: Upload;
  /** Where the record is, and what belongs to it. */
  links: Links;
};
/** One try to share the file. */
export type ShareAttempt = {
  /** When, ISO 8601 UTC. */
  at: string;
  /** What stopped it: stable code. */
  code?: string;
};
/** Where a file stands in DingTalk's drive. */
export type DriveFile = {
  /** Id of the space. */
  spaceId: string;
  /** Id of the file in it. */
  dentryId: string;
};
/** The messages that the file went with. */
export type MessageLinks = {
  /** Their paths. */
  messages: Array<string>;
};
/** What became of a file at one destination. */
export type TargetView = {
  /** Name of the destination. */
  destination: string;
  /** What became of the file there. `sending`: its messages are on their way; `failed`, `unknown`, `expired` and `recalled`: as its messages ended. */
  status: 'waiting' | 'sending' | 'shared' | 'refused' | 'failed' | 'unknown' | 'expired' | 'recalled';
  /** How the file went. */
  way?: 'image' | 'picture' | 'file' | 'zip' | 'drive' | 'link-card';
  /** Why it was refused, was not sent, or went another way: stable code. */
  code?: string;
  /** The same in words. */
  reason?: string;
  /** What a person can do about it. */
  remedy?: string;
  /** True: it was sent again although an earlier send may have arrived. */
  possibleDuplicate?: boolean;
  /** Where it stands in DingTalk's drive. */
  drive?: DriveFile;
  /** Where the record is, and what belongs to it. */
  links: MessageLinks;
};
/** The download link of a file. */
export type LinkView = {
  /** Its address. */
  url: string;
  /** Until when it is good, ISO 8601 UTC. */
  expiresAt: string;
  /** How often it may be opened; absent: without limit. */
  maxViews?: number;
  /** How often it was opened. */
  views: number;
  /** When it was revoked, ISO 8601 UTC. */
  revokedAt?: string;
};
/** An upload and what became of it. */
export type ShareView = {
  /** Id of the share. */
  id: string;
  /** Bucket of the file. */
  bucket: string;
  /** Its key in the bucket. */
  key: string;
  /** S3's ETag of the file; empty until it is there. */
  eTag: string;
  /** S3's version of the file. */
  versionId?: string;
  /** Size in bytes. */
  size: number;
  /** When the share began, ISO 8601 UTC. */
  createdAt: string;
  /** `awaiting`: nothing is uploaded yet. `sending`: its messages are on their way. `partly`: not shared at some destinations. */
  status:
    | 'awaiting'
    | 'received'
    | 'sending'
    | 'shared'
    | 'partly'
    | 'refused'
    | 'failed'
    | 'unknown'
    | 'expired'
    | 'recalled'
    | 'ignored';
  /** Name that is shown. */
  fileName?: string;
  /** SHA-256 of the content, in hex digits. */
  sha256?: string;
  /** The word with it. */
  caption?: string;
  /** Who is notified. */
  mention?: Mention;
  /** Each try, the oldest first. */
  attempts: Array<ShareAttempt>;
  /** Why all of it was refused or failed: stable code. */
  code?: string;
  /** The same in words. */
  reason?: string;
  /** What became of it at each destination. */
  targets: Array<TargetView>;
  /** Its download link, where one was made. */
  link?: LinkView;
  /** Where the record is, and what belongs to it. */
  links: Links;
};
/** A page of shares. */
export type ShareList = {
  /** The newest first. */
  shares: Array<ShareView>;
  /** Opens the next page; absent on the last one. Give it back as `cursor`. */
  cursor?: string;
};
/** A robot without its secrets. */
export type RobotView = {
  /** Whether a secret for signing is stored. */
  signs: boolean;
};
/** A custom robot without its secrets. */
export type CustomRobotView = {
  /** Name of the destination, as in the path. */
  name: string;
  /** Which kind of destination this is. */
  kind: 'custom-robot';
  /** Whether a secret for signing is stored. */
  signs: boolean;
  /** The word that the robot wants in each message, its security setting "keyword"; empty: it wants none. */
  keyword?: string;
  /** How many messages go out, when that is not 20 a minute. */
  pace?: Pace;
  /** True for an external group: its robots cannot mention people. */
  external?: boolean;
  /** False: the names of mentioned people are not written into a `text`, since the client adds them. Default: true. */
  mentionInText?: boolean;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** Custom robots of one group, without their secrets. */
export type CustomRobotPoolView = {
  /** Name of the destination, as in the path. */
  name: string;
  /** Which kind of destination this is. */
  kind: 'custom-robot-pool';
  /** The robots. */
  robots: Array<RobotView>;
  /** The word that the robot wants in each message, its security setting "keyword"; empty: it wants none. */
  keyword?: string;
  /** How many messages go out, when that is not 20 a minute. */
  pace?: Pace;
  /** True for an external group: its robots cannot mention people. */
  external?: boolean;
  /** False: the names of mentioned people are not written into a `text`, since the client adds them. Default: true. */
  mentionInText?: boolean;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** A group, by the app's robot. */
export type RobotGroupView = {
  /** Name of the destination, as in the path. */
  name: string;
  /** Which kind of destination this is. */
  kind: 'robot-group';
  /** Id of the group; GET /conversations lists those that events spoke of. */
  openConversationId: string;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** People, by the app's robot. */
export type RobotUsersView = {
  /** Name of the destination, as in the path. */
  name: string;
  /** Which kind of destination this is. */
  kind: 'robot-users';
  /** The people, by userId; 1 to 2,000. */
  userIds: Array<string>;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** Work notifications. */
export type WorkNotificationView = {
  /** Name of the destination, as in the path. */
  name: string;
  /** Which kind of destination this is. */
  kind: 'work-notification';
  /** The people, by userId; 1 to 2,000. */
  userIds?: Array<string>;
  /** The departments, by DingTalk id; 1 to 2,000. */
  departmentIds?: Array<number>;
  /** True: everybody in the company. */
  all?: boolean;
  /** True: DingTalk is asked whom each message reached, which is one more call each. Default: false. */
  confirm?: boolean;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** The legacy calls to a conversation. */
export type ConversationView = {
  /** Name of the destination, as in the path. */
  name: string;
  /** Which kind of destination this is. */
  kind: 'conversation';
  /** Legacy id of the group. */
  chatId?: string;
  /** The userId on whose behalf the legacy call sends; goes with `cid`. */
  sender?: string;
  /** Legacy id of a conversation that a person picked; goes with `sender`. */
  cid?: string;
  /** Name of the DingTalk app that sends, of those in the stage's secret. Default: the first. */
  app?: string;
  /** What this destination takes of shared files. */
  files?: FileRules;
  /** Texts that come close together go as one message. */
  merge?: MergeRule;
  /** Hours in which only what is urgent is sent. */
  quiet?: QuietHours;
  /** Where its messages go while DingTalk is gone. */
  fallback?: Fallback;
};
/** A destination without its secrets. */
export type DestinationView =
  | CustomRobotView
  | CustomRobotPoolView
  | RobotGroupView
  | RobotUsersView
  | WorkNotificationView
  | ConversationView;
/** A destination in the list. */
export type ListedDestination = {
  /** Name of the destination. */
  name: string;
  /** Which kind of destination this is. */
  kind: 'custom-robot' | 'custom-robot-pool' | 'robot-group' | 'robot-users' | 'work-notification' | 'conversation';
  /** Title of the group of a `robot-group`, where events told it. */
  title?: string;
};
/** A page of destinations, by their names. */
export type DestinationList = {
  /** The destinations. */
  items: Array<ListedDestination>;
  /** Opens the next page; absent on the last one. Give it back as `cursor`. */
  cursor?: string;
};
/** A group that events spoke of. */
export type Group = {
  /** Name of the DingTalk app that heard of it. */
  app: string;
  /** Id of the group; GET /conversations lists those that events spoke of. */
  openConversationId: string;
  /** Legacy id of the group. */
  chatId?: string;
  /** Title of the group. */
  title?: string;
  /** userId of its owner. */
  owner?: string;
  /** How many people joined as far as events told; a hint. */
  knownMembers: number;
  /** When an event last spoke of it, ISO 8601 UTC. */
  heardAt: string;
};
/** A page of groups. */
export type ConversationList = {
  /** The groups. */
  items: Array<Group>;
  /** Opens the next page; absent on the last one. Give it back as `cursor`. */
  cursor?: string;
};
/** What came by a source. */
export type SourceSeen = {
  /** How many deliveries were taken. */
  received: number;
  /** How many were refused. */
  refused: number;
  /** When the last one came, ISO 8601 UTC. */
  lastAt?: string;
  /** The last thing that went wrong. */
  lastProblem?: {
    at: string;
    code: string;
    reason: string;
  };
};
/** A source without its secrets. */
export type SourceView = {
  /** Name of the source. */
  name: string;
  /** Which kind of destination this is. */
  kind: 'dingtalk-robot' | 'alertmanager' | 'sns' | 'json';
  /** Destinations of what it says. */
  to: Array<string>;
  /** Language of what dingdock adds. */
  language: 'zh' | 'en';
  /** Zone of times in messages. */
  timeZone?: string;
  /** Whether deliveries have to be signed. */
  signs: boolean;
  /** ARNs of its topics. */
  topics?: Array<string>;
  /** Whether raw delivery is taken. */
  raw?: boolean;
  /** Whether its topics deliver to the function itself. */
  lambda?: boolean;
  /** What becomes of a body. */
  template?: {
    title?: string;
    text: string;
    identity?: string;
  };
  /** How its incidents are kept, where it has them. */
  incidents?: Incidents;
  /** Its key; told once. */
  key?: string;
  /** What the sender is given. */
  address: string;
  /** What came by it. */
  seen?: SourceSeen;
};
/** Sources. */
export type SourceList = {
  /** The sources. */
  items: Array<SourceView>;
};
/** A message as it would be sent. */
export type PreviewedMessage = {
  /** Its title. */
  title?: string;
  /** Its text. */
  text: string;
  /** Destinations that would get it. */
  to: Array<string>;
  /** Size as DingTalk counts it; the largest of all destinations. */
  bytes: number;
  /** Calls to DingTalk that it takes. */
  calls: number;
  /** Who would be mentioned. */
  mentions: Array<string>;
  /** `high` goes before what waits. */
  priority: 'normal' | 'high';
};
/** A step of an incident. */
export type IncidentStep = {
  /** Number of the step. */
  version: number;
  /** When it was told, ISO 8601 UTC. */
  at: string;
  /** Who made it, and by which way. */
  by: By;
  /** What happened. */
  action: 'fired' | 'updated' | 'taken' | 'silenced' | 'resolved' | 'fired_again';
};
/** A person's tap. */
export type Tapped = {
  /** A person's userId in DingTalk. */
  userId: string;
  /** When, ISO 8601 UTC. */
  at: string;
};
/** What a sender says is wrong, from its first word to the last. */
export type IncidentView = {
  /** Id of the incident. */
  id: string;
  /** What people call it. */
  code: string;
  /** Number of its last step. */
  version: number;
  /** Source that tells of it. */
  source: string;
  /** What it is now. */
  state: 'firing' | 'taken' | 'silenced' | 'resolved';
  /** Its title. */
  title: string;
  /** What was told of it last, in Markdown. */
  text: string;
  /** Labels by which rules find it. */
  labels: Record<string, string>;
  /** Destinations where it is shown. */
  to: Array<string>;
  /** When it fired, ISO 8601 UTC. */
  openedAt: string;
  /** When it was told of last, ISO 8601 UTC. */
  changedAt: string;
  /** When it was resolved, ISO 8601 UTC. */
  resolvedAt?: string;
  /** Who has taken it: the first who tapped. */
  taken?: Tapped;
  /** Who wants to hear no more of it. */
  silenced?: Tapped;
  /** Those of the next people who were told of it, by userId. */
  told?: Array<string>;
  /** Those of them who have read it, where DingTalk tells dingdock of reading. */
  read?: Array<string>;
  /** How often it fired anew. */
  fired: number;
  /** Its steps, the oldest first; at most 50. Lists leave them out. */
  history?: Array<IncidentStep>;
  /** Ids of the messages that show it: the card, or the first and the last. Lists leave them out. */
  messages?: Array<{
    destination: string;
    opening: string;
    closing?: string;
  }>;
  /** What shows the incident and is behind, by its name; `message` also tells of a message that was not sent, but in lists. */
  troubles?: Record<string, Trouble>;
  /** Where the record is, and what belongs to it. */
  links: Links;
};
/** A page of incidents. */
export type IncidentList = {
  /** The incidents. */
  incidents: Array<IncidentView>;
  /** Opens the next page; absent on the last one. Give it back as `cursor`. */
  cursor?: string;
};
/** What a body would become. */
export type SourcePreview = {
  /** The messages. */
  messages: Array<PreviewedMessage>;
  /** Why it does not look as it was meant to. */
  note?: string;
};
/** What of a month's calls went to one act of an app. */
export type UsedByAct = {
  /** Name of the app. */
  app: string;
  /** The act. */
  act: string;
  /** How many calls. */
  calls: number;
};
/** The calls of a month that DingTalk counts against one quota. */
export type QuotaUsage = {
  /** Which: calls of the API, or of custom robots. */
  name: 'api' | 'webhook';
  /** How many calls were made. */
  used: number;
  /** Of these without an answer: DingTalk may have counted them. */
  unanswered: number;
  /** How many the edition allows, a setting of the stage. */
  quota: number;
  /** Until when DingTalk is not asked, since it called the quota used up. */
  goneUntil?: string;
  /** By act, the most first. */
  acts: Array<UsedByAct>;
};
/** The calls of an hour, of both quotas. */
export type UsedInHour = {
  /** When it began. */
  at: string;
  /** How many calls. */
  calls: number;
};
/** The month's calls to DingTalk. */
export type Usage = {
  /** The month, in Beijing time. */
  month: string;
  /** By quota. */
  meters: Array<QuotaUsage>;
  /** By hour, of the last day as far as it is of this month. */
  hours: Array<UsedInHour>;
  /** Until when DingTalk bans the address that calls come from. */
  bannedUntil?: string;
};
/** What the key of a request may do; `*` stands for all. */
export type Grant = {
  /** Name of the key. */
  caller: string;
  /** What it does. */
  scopes: Array<string>;
  /** Names of the destinations that it reaches. */
  destinations: Array<string>;
  /** userIds of the people that it reaches beside them. */
  people: Array<string>;
  /** Names of the apps that it acts as. */
  apps: Array<string>;
};
/** The API answers. */
export type Health = {
  /** Always `ok`. */
  status: 'ok';
};
/** One thing that is wrong with a request. */
export type Fault = {
  /** Where in the request; empty: the request itself. */
  path: string;
  /** Stable, machine-readable code. */
  code: string;
  /** What is wrong and what would be right. */
  message: string;
  /** With `too_many_calls`: how many calls to DingTalk it would take. */
  calls?: number;
  /** With `too_many_calls`: the most there may be, a setting of the stage. */
  most?: number;
};
/** Why a request was not carried out (RFC 9457). */
export type Problem = {
  /** Stable name of the problem. */
  type: string;
  /** The problem in words. */
  title: string;
  /** HTTP status. */
  status: number;
  /** Stable, machine-readable code. */
  code: string;
  /** What to do about it. */
  remedy: string;
  /** Everything that is wrong with the request. */
  errors?: Array<Fault>;
};

export type Operations = {
  /** Send one content to one or several destinations. */
  sendMessage: {
    input: { query?: { dryRun?: 'true' | 'false' | undefined }; body: SendMessage };
    answer: MessageOrPlan | MessageView;
  };
  /** Messages, the newest first. */
  listMessages: {
    input: {
      query?: {
        to?: string | undefined;
        owner?: string | undefined;
        status?: 'queued' | 'failed' | 'unknown' | 'expired' | 'recalled' | undefined;
        day?: string | undefined;
        limit?: string | undefined;
        cursor?: string | undefined;
      };
    };
    answer: MessageList;
  };
  /** What became of a message at each destination. */
  getMessage: { input: { id: string }; answer: MessageView };
  /** Change what a sent card shows. */
  changeMessage: { input: { id: string; body: ChangeMessage }; answer: MessageChanged };
  /** Take a message back where DingTalk can. */
  recallMessage: { input: { id: string; body?: unknown }; answer: Recalled };
  /** Send a message again where it ended unsent. */
  resendMessage: { input: { id: string; body?: unknown }; answer: MessageView };
  /** Who has read a message, where DingTalk tells. */
  getReceipts: { input: { id: string }; answer: Receipts };
  /** Answer what somebody wrote to the robot, where it was written. */
  replyToEvent: {
    input: { id: string; query?: { app?: string | undefined }; body: ReplyToEvent };
    answer: MessageView;
  };
  /** Dispatch a task: a to-do for its assignees and a message that mentions them. */
  dispatchTask: {
    input: { query?: { dryRun?: 'true' | 'false' | undefined }; body: DispatchTask };
    answer: TaskPlan | TaskView;
  };
  /** Tasks by due time, the open ones first. */
  listTasks: {
    input: {
      query?: {
        assignee?: string | undefined;
        status?:
          | 'open'
          | 'closed'
          | 'overdue'
          | 'assigned'
          | 'accepted'
          | 'done'
          | 'declined'
          | 'cancelled'
          | 'failed'
          | undefined;
        dueBefore?: string | undefined;
        cursor?: string | undefined;
      };
    };
    answer: TaskList;
  };
  /** A task and its state. */
  getTask: { input: { id: string }; answer: TaskView };
  /** Change a task: its fields, its people, how far an assignee is, or all of it. */
  changeTask: { input: { id: string; body: ChangeTask }; answer: TaskView };
  /** Ask people for a decision. */
  askApproval: { input: { body: AskApproval }; answer: ApprovalView };
  /** Approvals, the newest first. */
  listApprovals: {
    input: {
      query?: { status?: 'pending' | 'closed' | undefined; limit?: string | undefined; cursor?: string | undefined };
    };
    answer: ApprovalList;
  };
  /** An approval and its state. */
  getApproval: { input: { id: string }; answer: ApprovalView };
  /** Withdraw a question that is not decided yet. */
  withdrawApproval: { input: { id: string }; answer: ApprovalView };
  /** Ask for an address that takes one file, which is then shared. */
  requestUpload: { input: { body: RequestUpload }; answer: UploadView };
  /** What became of the uploads of a day, the newest first. */
  listShares: {
    input: { query?: { day?: string | undefined; limit?: string | undefined; cursor?: string | undefined } };
    answer: ShareList;
  };
  /** What became of one upload. */
  getShare: { input: { id: string }; answer: ShareView };
  /** End the download link of a share at once. */
  revokeLink: { input: { id: string }; answer: undefined };
  /** The registered destinations by their names. */
  listDestinations: {
    input: { query?: { limit?: string | undefined; cursor?: string | undefined } };
    answer: DestinationList;
  };
  /** Register a destination, or replace it. */
  putDestination: { input: { name: string; body: PutDestination }; answer: DestinationView };
  /** A destination without its secrets. */
  getDestination: { input: { name: string }; answer: DestinationView };
  /** Forget a destination. */
  deleteDestination: { input: { name: string }; answer: undefined };
  /** Send a test message and wait for its outcome. */
  testDestination: { input: { name: string; body?: unknown }; answer: MessageView };
  /** Groups that events spoke of, with the id that a destination takes. */
  listConversations: {
    input: {
      query?: {
        title?: string | undefined;
        app?: string | undefined;
        limit?: string | undefined;
        cursor?: string | undefined;
      };
    };
    answer: ConversationList;
  };
  /** All sources, without their keys. */
  listSources: { input: object; answer: SourceList };
  /** Incidents, those that fired newest first. */
  listIncidents: {
    input: { query?: { limit?: string | undefined; cursor?: string | undefined } };
    answer: IncidentList;
  };
  /** An incident with its history. */
  getIncident: { input: { id: string }; answer: IncidentView };
  /** Make a source, or change it. */
  putSource: { input: { name: string; body: PutSource }; answer: SourceView };
  /** A source, and what came by it. */
  getSource: { input: { name: string }; answer: SourceView };
  /** Close a source: its key lets nobody in any more. */
  deleteSource: { input: { name: string }; answer: undefined };
  /** What a body would become, without sending it. */
  previewSource: { input: { name: string; body?: unknown }; answer: SourcePreview };
  /** The month's calls to DingTalk beside what the edition allows. */
  getUsage: { input: object; answer: Usage };
  /** What the key of the request may do. */
  getGrant: { input: object; answer: Grant };
  /** Whether the API answers. */
  getHealth: { input: object; answer: Health };
};

export const ROUTES = {
  sendMessage: ['POST', '/messages', 'keyed'],
  listMessages: ['GET', '/messages', 'always'],
  getMessage: ['GET', '/messages/{id}', 'always'],
  changeMessage: ['PATCH', '/messages/{id}', 'never'],
  recallMessage: ['POST', '/messages/{id}/recall', 'never'],
  resendMessage: ['POST', '/messages/{id}/resend', 'never'],
  getReceipts: ['GET', '/messages/{id}/receipts', 'always'],
  replyToEvent: ['POST', '/events/{id}/reply', 'keyed'],
  dispatchTask: ['POST', '/tasks', 'keyed'],
  listTasks: ['GET', '/tasks', 'always'],
  getTask: ['GET', '/tasks/{id}', 'always'],
  changeTask: ['PATCH', '/tasks/{id}', 'never'],
  askApproval: ['POST', '/approvals', 'keyed'],
  listApprovals: ['GET', '/approvals', 'always'],
  getApproval: ['GET', '/approvals/{id}', 'always'],
  withdrawApproval: ['DELETE', '/approvals/{id}', 'always'],
  requestUpload: ['POST', '/files', 'keyed'],
  listShares: ['GET', '/shares', 'always'],
  getShare: ['GET', '/shares/{id}', 'always'],
  revokeLink: ['DELETE', '/shares/{id}/link', 'always'],
  listDestinations: ['GET', '/destinations', 'always'],
  putDestination: ['PUT', '/destinations/{name}', 'always'],
  getDestination: ['GET', '/destinations/{name}', 'always'],
  deleteDestination: ['DELETE', '/destinations/{name}', 'always'],
  testDestination: ['POST', '/destinations/{name}/test', 'keyed'],
  listConversations: ['GET', '/conversations', 'always'],
  listSources: ['GET', '/sources', 'always'],
  listIncidents: ['GET', '/incidents', 'always'],
  getIncident: ['GET', '/incidents/{id}', 'always'],
  putSource: ['PUT', '/sources/{name}', 'always'],
  getSource: ['GET', '/sources/{name}', 'always'],
  deleteSource: ['DELETE', '/sources/{name}', 'always'],
  previewSource: ['POST', '/sources/{name}/preview', 'never'],
  getUsage: ['GET', '/usage', 'always'],
  getGrant: ['GET', '/grant', 'always'],
  getHealth: ['GET', '/health', 'always'],
} as const;
