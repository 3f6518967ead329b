import type { JsonObject } from '../json.ts';
import type { RefusalId } from './refusals.ts';

export type CallbackRegistration = { url: string; token: string; aesKey: string; tags: string[] };

/** One DingTalk API call as it came in, refused ones too. */
export type CallRecord = {
  id: string;
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  /** Those that say how to repeat the call. */
  headers: Record<string, string>;
  /** 0 when the caller got no answer. */
  status: number;
  code: string;
  ms: number;
  body: unknown;
  /** What was answered; absent when nothing was. */
  answer?: unknown;
  /** The messages that it brought about. */
  messages?: string[];
  fault?: string;
  /** Which refusal it met, and the section of the references it comes from. */
  refusal?: RefusalId;
  source?: string;
};

export type BillKind = 'api' | 'webhook';

/** How often an app did something in a month that is charged (interactive.md §10). */
export type Bill = { month: string; app: string; kind: BillKind; act: string; count: number };

export type Card = {
  outTrackId: string;
  templateId: string;
  appKey: string;
  params: JsonObject;
  privateData: JsonObject;
  callbackType?: 'STREAM' | 'HTTP';
  callbackRouteKey?: string;
  spaceModels: {
    imGroupOpenSpaceModel?: { supportForward: boolean };
    imRobotOpenSpaceModel?: { supportForward: boolean };
  };
};

export type CardRoute = { callbackUrl: string; apiSecret?: string };

/** A DING by a robot: in the client, by text message, or by telephone (callbacks.md §9.5). */
export type Ding = { robotCode: string; remindType: number };

export type MediaType = 'image' | 'voice' | 'video' | 'file';

/** An uploaded file; `data` is dropped from the oldest ones when the shelf is full. */
export type StoredFile = {
  mediaId: string;
  type: MediaType;
  fileName: string;
  contentType: string;
  size: number;
  sha256: string;
  at: string;
  data: Buffer | undefined;
};

/** To whom an app robot wrote within the last minute. */
export type AppRobotLog = { at: number; groups: string[]; people: string[] }[];

export type RobotLog = { sent: number[]; blockedUntil: number };

export type DownloadCode = { robotCode: string; mediaId: string; expiresAt: number };

export type DownloadLink = { mediaId: string; expiresAt: number };

export type Session = { conversation: string; robot: string; appKey: string; expiresAt: number };

/** A to-do as DingTalk keeps it; people are unionIds here (callbacks.md §9). */
export type Todo = {
  id: string;
  appKey: string;
  subject: string;
  sourceId?: string;
  description?: string;
  creatorId: string;
  executorIds: string[];
  participantIds: string[];
  doneBy: string[];
  done: boolean;
  dueTime?: number;
  priority?: number;
  detailUrl: JsonObject;
  contentFieldList?: unknown;
  notifyConfigs?: JsonObject;
  createdTime: number;
  modifiedTime: number;
  deleted: boolean;
};

/** The two generations keep a token each; whether they share one is not known (messaging.md §1.6). */
export type Token = { value: string; appKey: string; generation: 'new' | 'old'; expiresAt: number };

/** One asyncsend_v2 call and its result, which the caller has to query (messaging.md §5). */
export type WorkTask = {
  taskId: number;
  at: number;
  appKey: string;
  contentHash: string;
  msgtype: string;
  toAll: boolean;
  sent: string[];
  invalidUsers: string[];
  invalidDepartments: number[];
  /** An oa message whose status bar can be changed: to at most 5 people, by name (messaging.md §5.2). */
  statusBar: boolean;
  /** Silently left out, with the codes of messaging.md §5.5: the same content today, too many a day or a minute. */
  dropped: { userid: string; code: string }[];
  recalled: boolean;
};

/** Two kinds that look alike and do not fit each other's call (identity.md §0, fact 1). */
export type SignInCode = {
  kind: 'in-app' | 'oauth';
  appKey: string;
  unionId: string;
  /** The organisation that the person chose; only with scope `corpid`. */
  corpId?: string;
  expiresAt: number;
};

/** A person's own token, apart from those of apps. */
export type UserToken = { appKey: string; unionId: string; expiresAt: number };

export type RefreshToken = { appKey: string; unionId: string; corpId?: string; expiresAt: number };

/** A link of a message that DingTalk's servers fetched; status 0 is no answer. */
export type Preview = { url: string; message: string; at: string; status: number };
