import * as v from 'valibot';
import { DriveFile, shareEntries, targetEntries } from '../records/shares.ts';
import { Links } from './links.ts';

export const MessageLinks = v.object({ messages: v.array(v.string()) });

export const TargetView = v.object({ ...targetEntries, drive: v.optional(DriveFile), links: MessageLinks });

/** A download link as it is shown to who shared the file. */
export const LinkView = v.object({
  url: v.string(),
  expiresAt: v.string(),
  maxViews: v.optional(v.number()),
  views: v.number(),
  revokedAt: v.optional(v.string()),
});

export const ShareView = v.object({
  ...shareEntries,
  targets: v.array(TargetView),
  link: v.optional(LinkView),
  links: Links,
});
export type ShareView = v.InferOutput<typeof ShareView>;

export const ShareList = v.object({ shares: v.array(ShareView), cursor: v.optional(v.string()) });
export type ShareList = v.InferOutput<typeof ShareList>;
