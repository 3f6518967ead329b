import { createHash } from 'node:crypto';
import { ServiceError } from '../base/errors.ts';
import type { Drive } from '../dingtalk/drive.ts';
import type { Streamed } from '../dingtalk/transport/http.ts';
import { digestOf } from './digest.ts';
import type { MediaMemory, ObjectRef, ObjectStore } from './share/share.ts';
import { unstalled } from './unstalled.ts';
import { zipOf } from './zip.ts';

/** DingTalk as one app sees it, as far as files go. */
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
  sleep: (ms: number) => Promise<void>;
  /** Does something every so often, until the function that it answers is called. */
  every(ms: number, work: () => Promise<void>): () => void;
};

/** A broken read begins anew twice. */
const READS = 3;
const POLL_MS = 250;
/** Whoever uploads says so often that it is alive. */
const BEAT_MS = 3_000;
/** Longer than any upload of media. */
const OTHERS_MS = 60_000;

/** An object, as often as it is needed, and never more of it in memory than a chunk. */
export function sourceOf({ objects }: Pick<MediaDeps, 'objects'>, object: ObjectRef & { size: number }): Streamed {
  return {
    length: object.size,
    async *open() {
      yield* unstalled(await objects.open(object));
    },
  };
}

/**
 * The media id of a file: the one that is known for the same bytes, or one from an upload. Reading the object twice (for
 * its sum, then for DingTalk) is cheap; a second upload is one of 5,000 calls a month.
 */
export async function mediaOf(
  deps: MediaDeps,
  {
    app,
    way,
    share,
    source,
  }: { app: App; way: 'image' | 'picture' | 'voice' | 'file' | 'zip'; share: { fileName: string }; source: Streamed },
): Promise<{ mediaId: string; sha256: string; fileName: string }> {
  const { sha256, crc32 } = await digest(source);
  const type = way === 'voice' ? 'voice' : way === 'image' || way === 'picture' ? 'image' : 'file';
  const fileName = way === 'zip' ? zipName(share.fileName) : share.fileName;
  const body = way === 'zip' ? zipOf(share.fileName, crc32, source) : source;
  // a file shows the name it was uploaded under (files.md §6.4), an image none
  const shown = type === 'file' ? createHash('sha256').update(fileName).digest('hex').slice(0, 16) : '';
  const key = [app.name, type, shown, sha256].join('#');
  const mediaId = await remembered(deps, key, async () => (await app.media.upload({ type, fileName, body })).mediaId);
  return { mediaId, sha256, fileName };
}

async function digest(source: Streamed) {
  for (let reads = 1; ; reads += 1) {
    try {
      return await digestOf(source.open());
    } catch (error) {
      if (reads >= READS || !(error instanceof ServiceError) || !error.retryable) throw error;
    }
  }
}

/** One worker uploads, the others wait for its id. */
async function remembered(deps: MediaDeps, key: string, upload: () => Promise<string>): Promise<string> {
  const until = deps.now() + OTHERS_MS;
  for (;;) {
    const recalled = await deps.media.recall(key);
    if (typeof recalled === 'object') return recalled.mediaId;
    if (recalled === 'yours') break;
    if (deps.now() > until) throw new ServiceError('media.recall', { code: 'media_busy', retryable: true });
    await deps.sleep(POLL_MS);
  }
  const stop = deps.every(BEAT_MS, () => deps.media.renew(key));
  try {
    const mediaId = await upload();
    await deps.media.keep(key, mediaId);
    return mediaId;
  } catch (error) {
    await deps.media.release(key);
    throw error;
  } finally {
    stop();
  }
}

function zipName(fileName: string): string {
  return `${fileName}.zip`;
}
