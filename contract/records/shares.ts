import * as v from 'valibot';
import { Mention } from '../values.ts';

/**
 * One way for a file into a conversation: `image` and `file` as media that DingTalk keeps, `zip` as media in a zip,
 * `picture` as media shown in a markdown, `drive` through DingTalk's drive, `link-card` as a card with a download link.
 */
export const Way = v.picklist(['image', 'picture', 'file', 'zip', 'drive', 'link-card']);
export type Way = v.InferOutput<typeof Way>;

export const ShareAttempt = v.object({ at: v.string(), code: v.optional(v.string()) });

/** The place of a file in DingTalk's drive. */
export const DriveFile = v.object({ spaceId: v.string(), dentryId: v.string() });

/** What callers see of an upload at one destination. */
export const targetEntries = {
  destination: v.string(),
  status: v.picklist(['waiting', 'sending', 'shared', 'refused', 'failed', 'unknown', 'expired', 'recalled']),
  way: v.optional(Way),
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
  remedy: v.optional(v.string()),
  possibleDuplicate: v.optional(v.boolean()),
};

/** What callers see of an upload's record. */
export const shareEntries = {
  id: v.string(),
  bucket: v.string(),
  key: v.string(),
  eTag: v.string(),
  versionId: v.optional(v.string()),
  size: v.number(),
  createdAt: v.string(),
  status: v.picklist([
    'awaiting',
    'received',
    'sending',
    'shared',
    'partly',
    'refused',
    'failed',
    'unknown',
    'expired',
    'recalled',
    'ignored',
  ]),
  fileName: v.optional(v.string()),
  sha256: v.optional(v.string()),
  caption: v.optional(v.string()),
  mention: v.optional(Mention),
  attempts: v.array(ShareAttempt),
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
};
