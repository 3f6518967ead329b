import * as v from 'valibot';

/** How an upload reached its conversation, or why it did not. */
export const Share = v.object({
  id: v.string(),
  bucket: v.string(),
  key: v.string(),
  eTag: v.string(),
  versionId: v.optional(v.string()),
  size: v.number(),
  createdAt: v.string(),
  status: v.picklist(['received', 'shared', 'refused']),
  destination: v.optional(v.string()),
  fileName: v.optional(v.string()),
  way: v.optional(v.picklist(['image', 'file', 'link-card'])),
  messageId: v.optional(v.string()),
  /** Why it was refused, or why it went as a card: a stable code and words for a person. */
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
});
export type Share = v.InferOutput<typeof Share>;

/** Shares, one a version of an object. `claim` lets one worker at a time work on a share until it is finished. */
export type ShareStore = {
  claim(share: Share): Promise<'claimed' | 'busy' | 'done'>;
  finish(share: Share): Promise<void>;
  get(id: string): Promise<Share | undefined>;
  listDay(day: string, cursor?: string): Promise<{ shares: Share[]; cursor?: string }>;
};

/** Objects that were uploaded. A missing or replaced object answers undefined. */
export type ObjectStore = {
  read(object: {
    bucket: string;
    key: string;
    eTag: string;
    versionId?: string | undefined;
  }): Promise<Uint8Array | undefined>;
  /** An address that serves the object for `seconds` under `fileName`. */
  presign(
    object: { bucket: string; key: string; versionId?: string | undefined; fileName: string },
    seconds: number,
  ): Promise<string>;
};

/** What a short download link opens. `expiresAt` is ISO 8601. */
export const Link = v.object({
  id: v.string(),
  bucket: v.string(),
  key: v.string(),
  versionId: v.optional(v.string()),
  fileName: v.string(),
  expiresAt: v.string(),
});
export type Link = v.InferOutput<typeof Link>;

export type LinkStore = { put(link: Link): Promise<void>; get(id: string): Promise<Link | undefined> };
