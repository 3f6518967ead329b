import { isMediaKey, OBJECT } from '../base/access.ts';
import { ServiceError } from '../base/errors.ts';
import { REMEDIES } from '../base/words/en.ts';
import type { Content } from '../messages/content.ts';
import type { Destination } from '../messages/destination.ts';
import { type App, type MediaDeps, mediaOf, sourceOf } from './media.ts';
import { whyLost } from './share/lost.ts';
import { brokenMediaRule } from './share/rules.ts';
import type { ObjectRef } from './share/share.ts';
import { MAX_MEDIA_BYTES } from './share/ways.ts';

/** Ten messages of a batch are worked on at once, in 256 MB. */
const HELD_BYTES = 1024 * 1024;

export type WithMediaDeps = MediaDeps & {
  bucket: string;
  /** Whether the download link of the share that this object is was revoked: nobody gets it any more. */
  revoked(object: ObjectRef): Promise<boolean>;
  appNamed(name?: string): App;
};

/**
 * The content with a media id of DingTalk in place of an object's key: the object is uploaded, unless DingTalk has the
 * same bytes already. @throws ServiceError `object_gone`, `over_media_limit`, the code of a rule of the destination that
 * the object breaks, and what an upload throws.
 */
export async function withMedia(deps: WithMediaDeps, destination: Destination, content: Content): Promise<Content> {
  if (!('mediaId' in content) || !content.mediaId.startsWith(OBJECT)) return content;
  const key = content.mediaId.slice(OBJECT.length);
  const object = { bucket: deps.bucket, key };
  if (!isMediaKey(key)) throw refused('object_not_allowed', REMEDIES.notForMessages(key));
  const { eTag, size, encoding } = await deps.objects.head(object).catch(inWords);
  if (encoding !== undefined) {
    throw refused('object_encoded', REMEDIES.packed(key, encoding));
  }
  if (await deps.revoked({ ...object, eTag })) throw refused('object_revoked', REMEDIES.linkRevoked(key));
  if (size === 0 || size > MAX_MEDIA_BYTES) {
    const remedy = REMEDIES.mediaBytes(key, size, MAX_MEDIA_BYTES);
    throw refused('over_media_limit', remedy);
  }
  const app = deps.appNamed('app' in destination ? destination.app : undefined);
  const fileName = content.kind === 'file' ? content.fileName : (key.split('/').at(-1) ?? key);
  // a rule for types is no rule if another name gets around it
  const rule = brokenMediaRule(destination, key, size) ?? brokenMediaRule(destination, fileName, size);
  if (rule) throw refused(rule.code, rule.reason);
  const source = sourceOf(deps, { ...object, eTag, size }, HELD_BYTES);
  const { mediaId } = await mediaOf(deps, { app, way: content.kind, share: { fileName }, source });
  return { ...content, mediaId };
}

/** @throws the error, with why nobody can read the object */
function inWords(error: unknown): never {
  const remedy = whyLost(error);
  if (remedy === undefined || !(error instanceof ServiceError)) throw error;
  const { operation, code, retryable } = error;
  throw new ServiceError(operation, { code, retryable, remedy, cause: error });
}

function refused(code: string, remedy: string): ServiceError {
  return new ServiceError('messages.media', { code, retryable: false, remedy });
}
