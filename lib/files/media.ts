import { isRetryable, ServiceError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { retry } from '../base/retry.ts';
import type { Drive } from '../dingtalk/drive.ts';
import type { Streamed } from '../dingtalk/transport/http.ts';
import { type Source, summed } from './held.ts';
import type { MediaMemory, ObjectRef, ObjectStore } from './share/share.ts';
import { unstalled } from './unstalled.ts';
import { zipOf } from './zip.ts';

/** The file calls of one app. */
export type App = {
  name: string;
  media: {
    upload(media: { type: 'image' | 'voice' | 'file'; fileName: string; body: Streamed }): Promise<{ mediaId: string }>;
  };
  drive?: Drive | undefined;
};

export type MediaDeps = {
  objects: ObjectStore;
  media: MediaMemory;
  now: () => number;
  randomId: () => string;
  sleep: (ms: number) => Promise<void>;
  /** Does something every so often, until the function that it answers is called. */
  every(ms: number, work: () => Promise<void>): () => void;
};

/** A read is tried this many times. */
const READS = 3;
/** What DingTalk keeps a file as, by the way it goes. */
const TYPES = { image: 'image', picture: 'image', voice: 'voice', file: 'file', zip: 'file' } as const;
const POLL_MS = 250;
/** How often the worker that uploads renews its lease. */
const BEAT_MS = 3_000;
/** Longer than any upload of media. */
const OTHERS_MS = 60_000;

/** An object that can be read several times; one of at most `heldBytes` may be held, others have one chunk in memory. */
export function sourceOf(
  { objects }: Pick<MediaDeps, 'objects'>,
  object: ObjectRef & { size: number },
  heldBytes = 0,
): Source {
  return {
    length: object.size,
    isHeld: object.size <= heldBytes,
    async *open() {
      yield* unstalled(await objects.open(object));
    },
  };
}

/**
 * The media id of a file: a known one for the same bytes, else one from an upload. Reading an object that is not held twice
 * (for its sum, then for DingTalk) is cheap; a second upload costs one of 5,000 calls a month.
 */
export async function mediaOf(
  deps: MediaDeps,
  { app, way, share, source }: { app: App; way: keyof typeof TYPES; share: { fileName: string }; source: Source },
): Promise<{ mediaId: string; sha256: string; fileName: string }> {
  // a failed read starts again
  const sums = await retry(() => summed(source, { forZip: way === 'zip' }), {
    tries: READS,
    mayPass: isRetryable,
  });
  const type = TYPES[way];
  const fileName = way === 'zip' ? `${share.fileName}.zip` : share.fileName;
  const body = way === 'zip' ? zipOf(share.fileName, sums.crc32, sums.body) : sums.body;
  // DingTalk shows a file by the name of its upload (files.md §6.4), an image without a name
  const shown = type === 'file' ? sha256(fileName, 16) : '';
  const key = [app.name, type, shown, sums.sha256].join('#');
  const mediaId = await remembered(deps, key, async () => (await app.media.upload({ type, fileName, body })).mediaId);
  return { mediaId, sha256: sums.sha256, fileName };
}

/** One worker uploads, the others wait for its id. */
async function remembered(deps: MediaDeps, key: string, upload: () => Promise<string>): Promise<string> {
  const until = deps.now() + OTHERS_MS;
  const owner = deps.randomId();
  for (;;) {
    const recalled = await deps.media.recall(key, owner);
    if (typeof recalled === 'object') return recalled.mediaId;
    if (recalled === 'yours') break;
    if (deps.now() > until) throw new ServiceError('media.recall', { code: 'media_busy', retryable: true });
    await deps.sleep(POLL_MS);
  }
  const stop = deps.every(BEAT_MS, () => deps.media.renew(key, owner));
  try {
    const mediaId = await upload();
    await deps.media.keep(key, mediaId);
    return mediaId;
  } catch (error) {
    await deps.media.release(key, owner);
    throw error;
  } finally {
    stop();
  }
}
