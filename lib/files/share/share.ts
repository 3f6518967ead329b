import * as v from 'valibot';
import { DriveFile, shareEntries, targetEntries, type Way } from '../../../contract/records/shares.ts';

export type { Way };

/** How long a download link is valid, and how often it may be opened. */
export const LinkRules = v.object({ days: v.optional(v.number()), views: v.optional(v.number()) });
export type LinkRules = v.InferOutput<typeof LinkRules>;

/** An upload at one destination. */
export const Target = v.object({
  ...targetEntries,
  messageIds: v.optional(v.array(v.string())),
  /** Its place in DingTalk's drive, and the receivers that have it. */
  drive: v.optional(
    v.object({
      app: v.string(),
      ...DriveFile.entries,
      sentTo: v.array(v.string()),
      /** The receiver of a send whose answer is not known yet. */
      sending: v.optional(v.string()),
    }),
  ),
});
export type Target = v.InferOutput<typeof Target>;

/** An upload and its outcome, one for each object version. Times are ISO 8601. */
export const Share = v.object({
  ...shareEntries,
  link: v.optional(LinkRules),
  /** How the object is packed: whoever reads it without unpacking has other bytes than its name says. */
  encoding: v.optional(v.string()),
  /** The id of its download link, when one was made. */
  linkId: v.optional(v.string()),
  targets: v.array(Target),
  /** Of a POST /files: whose it is, and what tells a repeat from another request under the same key. */
  owner: v.optional(v.string()),
  requestHash: v.optional(v.string()),
});
export type Share = v.InferOutput<typeof Share>;

/** Stores shares. A claim is a lease: it lapses when its worker crashes, and only its owner can write. */
export type ShareStore = {
  /** Stores a new share; answers false, and changes nothing, when its id is taken. */
  create(share: Share): Promise<boolean>;
  /** Claims a share and answers it; `busy`: another worker has it; `done`: it is finished. */
  claim(share: Share, owner: string): Promise<Share | 'busy' | 'done'>;
  /** Extends the claim. */
  renew(id: string, owner: string): Promise<void>;
  /** Writes the progress of a claimed share. */
  save(share: Share, owner: string): Promise<void>;
  /** Writes a claimed share and ends the claim. */
  finish(share: Share, owner: string): Promise<void>;
  get(id: string): Promise<Share | undefined>;
  listDay(
    day: string,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<{ shares: Share[]; cursor?: string }>;
};

/** One version of an object. */
export type ObjectRef = { bucket: string; key: string; eTag: string; versionId?: string | undefined };

/** A body that is being received: it may end early. Without a length only its framing shows that. */
export type Body = { length: number | undefined; chunks: AsyncIterable<Uint8Array>; cancel(): void };

/** Reads uploaded objects. @throws ServiceError `object_gone`, `object_replaced` */
export type ObjectStore = {
  head(object: Omit<ObjectRef, 'eTag'>): Promise<{
    eTag: string;
    size: number;
    metadata: Record<string, string>;
    encoding?: string | undefined;
  }>;
  /** The whole object, or the bytes from `start` to `end`, both included. */
  open(object: ObjectRef, range?: { start: number; end: number }): Promise<Body>;
};

/** Signs addresses to read and write objects without AWS credentials. */
export type UrlSigner = {
  /** An address that serves the object for `seconds` as `fileName`. */
  presign(
    object: { bucket: string; key: string; versionId?: string | undefined; fileName: string },
    seconds: number,
  ): Promise<string>;
  /** An address for the upload of one object of exactly this size and type. */
  presignUpload(
    object: { bucket: string; key: string; size: number; contentType: string },
    seconds: number,
  ): Promise<{ url: string; headers: Record<string, string> }>;
};

/** A short download link. */
export const Link = v.object({
  id: v.string(),
  shareId: v.string(),
  bucket: v.string(),
  key: v.string(),
  versionId: v.optional(v.string()),
  fileName: v.string(),
  expiresAt: v.string(),
  /** Where its readers are, and what they know the app as that sent it. */
  timeZone: v.string(),
  sender: v.string(),
  maxViews: v.optional(v.number()),
  views: v.optional(v.number(), 0),
  revokedAt: v.optional(v.string()),
});
export type Link = v.InferOutput<typeof Link>;

export type LinkStore = {
  /** Stores a link; an existing one stays unchanged, with its views and its revocation. */
  put(link: Link): Promise<void>;
  get(id: string): Promise<Link | undefined>;
  /** Counts a view; answers false when the link is revoked or used up. */
  view(id: string): Promise<boolean>;
  revoke(id: string, at: string): Promise<void>;
  /** Notes of an object that its link was revoked: no message takes it any more. */
  revokeObject(object: ObjectRef, at: string): Promise<void>;
  isRevoked(object: ObjectRef): Promise<boolean>;
};

/** Caches DingTalk's media ids by app and content. They do not expire (files.md §1.3). */
export type MediaMemory = {
  /** The id; or the lease to upload it, for `owner`, which is new for each upload; or that another worker uploads it. */
  recall(key: string, owner: string): Promise<{ mediaId: string } | 'yours' | 'busy'>;
  /** Keeps the lease for as long again. */
  renew(key: string, owner: string): Promise<void>;
  keep(key: string, mediaId: string): Promise<void>;
  /** Gives the lease back after a failed upload. */
  release(key: string, owner: string): Promise<void>;
};
