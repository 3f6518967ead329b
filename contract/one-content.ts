import type * as v from 'valibot';
import { CONTENT_KINDS, type ContentKind } from './contents.ts';
import { REPLY_KINDS, replyOptions } from './requests/events.ts';
import { messageOptions } from './requests/messages.ts';
import { To } from './values.ts';

/** A request with exactly one content: which it may have, what stands before and behind it, and how each is named. */
export type OneContent = {
  kinds: readonly ContentKind[];
  before: v.ObjectEntries;
  behind: v.ObjectEntries;
  form: string;
};

export const ONE_CONTENT: Record<'SendMessage' | 'ReplyToEvent', OneContent> = {
  SendMessage: { kinds: CONTENT_KINDS, before: { to: To }, behind: messageOptions, form: 'Message' },
  ReplyToEvent: { kinds: REPLY_KINDS, before: {}, behind: replyOptions, form: 'Reply' },
};
