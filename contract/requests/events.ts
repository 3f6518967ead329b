import * as v from 'valibot';
import { CONTENTS, type ContentKind } from '../contents.ts';
import { Mention, Name, Timestamp } from '../values.ts';
import { DeliveryMode, fewMentions, oneContent, someContent } from './messages.ts';

/** The app whose robot heard it. */
export const ReplyBy = v.strictObject({ app: v.optional(Name) });
export type ReplyBy = v.InferOutput<typeof ReplyBy>;

/** What a session webhook and an app's robot take both. */
export const REPLY_KINDS = ['text', 'markdown', 'link', 'actionCard'] as const satisfies readonly ContentKind[];

/** What an answer may say beside its content. */
export const replyOptions = {
  mention: v.optional(Mention),
  expiresAt: v.optional(Timestamp),
  delivery: v.optional(DeliveryMode),
};

/** An answer to what somebody wrote to the robot, with exactly one content. */
export const ReplyToEvent = v.pipe(
  v.strictObject({ ...v.partial(v.pick(v.object(CONTENTS), REPLY_KINDS)).entries, ...replyOptions }),
  someContent(REPLY_KINDS),
  oneContent(REPLY_KINDS),
  fewMentions(),
);
export type ReplyToEvent = v.InferOutput<typeof ReplyToEvent>;
