import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { ServiceError } from '../../lib/errors.ts';
import { decodeKey, routeOf } from '../../lib/files/route.ts';
import type { LinkStore, ObjectStore, Share, ShareStore } from '../../lib/files/share.ts';
import { readableSize, type Way, wayOf } from '../../lib/files/way.ts';
import type { Log } from '../../lib/log.ts';
import { type AcceptDeps, acceptMessage } from '../../lib/messages/accept.ts';
import type { Content } from '../../lib/messages/content.ts';
import type { Destination } from '../../lib/messages/destination.ts';

/** An S3 notification as it stands in the queue; S3 also sends one test event without records. */
export const UploadNotification = v.object({
  Records: v.optional(
    v.array(
      v.object({
        s3: v.object({
          bucket: v.object({ name: v.string() }),
          object: v.object({
            key: v.string(),
            size: v.optional(v.number(), 0),
            eTag: v.optional(v.string(), ''),
            versionId: v.optional(v.string()),
            sequencer: v.optional(v.string(), ''),
          }),
        }),
      }),
    ),
    [],
  ),
});
export type UploadNotification = v.InferOutput<typeof UploadNotification>;
type Upload = UploadNotification['Records'][number]['s3'];

/** Another worker has the same upload: by then it has shared it, or died over it. */
const BUSY_MS = 60_000;
/** A download link in a card lives this long. */
const LINK_MS = 7 * 24 * 3_600_000;

export type ShareDeps = AcceptDeps & {
  shares: ShareStore;
  links: LinkStore;
  objects: ObjectStore;
  appNamed(name?: string): {
    media: {
      upload(media: { type: 'image' | 'file'; fileName: string; body: Uint8Array }): Promise<{ mediaId: string }>;
    };
  };
  /** An id for a share's link that cannot be guessed and is the same at each try. */
  linkId(shareId: string): string;
  publicUrl: string;
  log: Log;
};

/** Shares what one notification names. The same object version is shared once, however often it is notified. */
export async function shareFile(
  deps: ShareDeps,
  { Records }: UploadNotification,
): Promise<{ retryInMs: number } | undefined> {
  const outcomes = [];
  for (const { s3 } of Records) outcomes.push(await shareObject(deps, s3));
  return outcomes.includes('busy') ? { retryInMs: BUSY_MS } : undefined;
}

async function shareObject(deps: ShareDeps, { bucket, object }: Upload): Promise<'finished' | 'busy'> {
  const key = decodeKey(object.key);
  const route = routeOf(key);
  if (route.to === 'ignore') return 'finished';
  const identity = JSON.stringify([bucket.name, key, object.versionId ?? [object.eTag, object.sequencer]]);
  const share: Share = {
    id: `s_${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`,
    bucket: bucket.name,
    key,
    eTag: object.eTag,
    versionId: object.versionId,
    size: object.size,
    createdAt: new Date(deps.now()).toISOString(),
    status: 'received',
  };
  const claim = await deps.shares.claim(share);
  if (claim !== 'claimed') return claim === 'busy' ? 'busy' : 'finished';

  const refuse = async (code: string, reason: string) => {
    deps.log.warn('share-refused', { shareId: share.id, code });
    await deps.shares.finish({ ...share, status: 'refused', code, reason });
    return 'finished' as const;
  };
  if (route.to === 'nowhere') return refuse(route.code, route.reason);
  const destination = await deps.destinations.get(route.destination);
  if (!destination) return refuse('unknown_destination', `no destination is named "${route.destination}"`);
  share.destination = route.destination;
  share.fileName = route.fileName;
  if (share.size === 0) return refuse('empty_file', 'the file is empty, and DingTalk takes no empty files');

  const made = await contentFor(deps, destination, share, route.fileName);
  if (!made) return refuse('object_gone', 'the object was deleted or replaced before it could be shared');
  const { id: messageId } = await acceptMessage(deps, {
    caller: 'share-file',
    idempotencyKey: share.id,
    to: [route.destination],
    content: made.content,
  });
  const why = made.way.way === 'link-card' ? { code: made.way.code, reason: made.way.reason } : {};
  await deps.shares.finish({ ...share, ...why, status: 'shared', way: made.way.way, messageId });
  return 'finished';
}

async function contentFor(
  deps: ShareDeps,
  destination: Destination,
  share: Share,
  fileName: string,
): Promise<{ way: Way; content: Content } | undefined> {
  const way = wayOf(destination.kind, fileName, share.size);
  if (way.way === 'link-card') return { way, content: await linkCard(deps, share, fileName) };
  const body = await deps.objects.read(share);
  if (!body) return undefined;
  try {
    const { media } = deps.appNamed('app' in destination ? destination.app : undefined);
    const { mediaId } = await media.upload({ type: way.mediaType, fileName, body });
    const content: Content = way.way === 'image' ? { kind: 'image', mediaId } : { kind: 'file', mediaId, fileName };
    return { way, content };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.retryable) throw error;
    // DingTalk refuses this file for good: people still get it, by a link.
    const refused: Way = { way: 'link-card', code: error.code, reason: 'DingTalk refused the file as media' };
    return { way: refused, content: await linkCard(deps, share, fileName) };
  }
}

async function linkCard(deps: ShareDeps, share: Share, fileName: string): Promise<Content> {
  const { bucket, key, versionId, size } = share;
  const id = deps.linkId(share.id);
  const expiresAt = new Date(deps.now() + LINK_MS).toISOString();
  await deps.links.put({ id, bucket, key, versionId, fileName, expiresAt });
  return {
    kind: 'actionCard',
    title: fileName,
    text: `### ${fileName}\n\n${readableSize(size)} · 有效期至 ${expiresAt.slice(0, 10)}`,
    buttons: [{ title: '下载 Download', url: `${deps.publicUrl}/f/${id}` }],
  };
}
