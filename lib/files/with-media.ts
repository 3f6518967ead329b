import { ServiceError } from '../base/errors.ts';
import type { Content } from '../messages/content.ts';
import type { Destination } from '../messages/destination.ts';
import { type App, type MediaDeps, mediaOf, sourceOf } from './media.ts';
import { MAX_MEDIA_BYTES } from './share/ways.ts';

/** Prefix of a media id that names an object of our bucket: `s3:reports/chart.png`. */
const OBJECT = 's3:';

export type WithMediaDeps = MediaDeps & { bucket: string; appNamed(name?: string): App };

/**
 * The content with a media id of DingTalk in place of an object's key: the object is uploaded, unless DingTalk has the
 * same bytes already. @throws ServiceError `object_gone`, `over_media_limit`, and what an upload throws.
 */
export async function withMedia(deps: WithMediaDeps, destination: Destination, content: Content): Promise<Content> {
  if (!('mediaId' in content) || !content.mediaId.startsWith(OBJECT)) return content;
  const key = content.mediaId.slice(OBJECT.length);
  const object = { bucket: deps.bucket, key };
  const { eTag, size } = await deps.objects.head(object);
  if (size === 0 || size > MAX_MEDIA_BYTES) {
    const remedy = `"${key}" has ${size} bytes; DingTalk takes 1 to ${MAX_MEDIA_BYTES} as media.`;
    throw new ServiceError('messages.media', { code: 'over_media_limit', retryable: false, remedy });
  }
  const app = deps.appNamed('app' in destination ? destination.app : undefined);
  const fileName = content.kind === 'file' ? content.fileName : (key.split('/').at(-1) ?? key);
  const source = sourceOf(deps, { ...object, eTag, size });
  const { mediaId } = await mediaOf(deps, { app, way: content.kind, share: { fileName }, source });
  return { ...content, mediaId };
}
