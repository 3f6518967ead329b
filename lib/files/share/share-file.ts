import * as v from 'valibot';
import { ServiceError } from '../../base/errors.ts';
import { sha256 } from '../../base/hash.ts';
import type { Log } from '../../base/log.ts';
import { decodeKey, routeOf, type Wish } from './route.ts';
import { serveTarget, type WayDeps } from './serve-target.ts';
import type { Share, ShareStore, Target } from './share.ts';

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
const BUSY_MS = 15_000;
/** A worker says so often that it is alive: its claim lapses, and its record comes back, soon after the last time. */
const BEAT_MS = 3_000;
export const HIDDEN_MS = 9_000;

export type ShareDeps = WayDeps & {
  shares: ShareStore;
  randomId: () => string;
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
  const found: Share = {
    id: route.to === 'upload' ? route.id : `s_${sha256(identity, 32)}`,
    bucket: bucket.name,
    key,
    eTag: object.eTag,
    versionId: object.versionId,
    size: object.size,
    createdAt: new Date(deps.now()).toISOString(),
    status: 'received',
    targets: [],
    attempts: [],
  };
  const owner = deps.randomId();
  const claimed = await deps.shares.claim(found, owner);
  if (claimed === 'busy') return 'busy';
  if (claimed === 'done') return 'finished';

  const untouched = { status: 'awaiting' as const, attempts: claimed.attempts.slice(0, -1) };
  if (claimed.key !== key) {
    // somebody put another object below the prefix of an upload that is waited for
    await deps.shares.finish({ ...claimed, ...untouched }, owner);
    return 'finished';
  }
  const { eTag, versionId, size } = found;
  const progress: { share: Share } = { share: { ...claimed, eTag, versionId, size } };
  const save = async (share: Share) => {
    progress.share = share;
    await deps.shares.save(share, owner);
  };
  const stop = deps.every(BEAT_MS, () => deps.shares.renew(found.id, owner));
  try {
    await deps.shares.finish(await shareWithEach(deps, progress.share, save), owner);
    return 'finished';
  } catch (error) {
    const { share } = progress;
    if (error instanceof ServiceError && LOST[error.code]) {
      const begun =
        untouched.attempts.length > 0 || share.targets.some(({ status, drive }) => status !== 'waiting' || drive);
      if (route.to === 'upload' && error.code === 'object_replaced' && !begun) {
        // somebody put again to the address of a POST /files: what stands there now comes with an event of its own
        await deps.shares.finish({ ...claimed, ...untouched }, owner);
        return 'finished';
      }
      const lost = { code: error.code, reason: LOST[error.code] };
      deps.log.warn('share-refused', { shareId: share.id, code: error.code });
      await deps.shares.finish(concluded({ ...share, ...lost, targets: share.targets.map(refusedWith(lost)) }), owner);
      return 'finished';
    }
    // the claim ends, and the record comes back by its queue; what was done stays done
    const code = error instanceof ServiceError ? error.code : 'internal_error';
    const attempts = share.attempts.map((attempt, n, { length }) =>
      n === length - 1 ? { ...attempt, code } : attempt,
    );
    await deps.shares.finish({ ...share, attempts }, owner);
    throw error;
  } finally {
    stop();
  }
}

const LOST: Record<string, string | undefined> = {
  object_gone: 'the object was deleted before it could be shared',
  object_replaced: 'another object took its place before it could be shared',
};

/** Each destination for itself: what one cannot take does not keep the file from the others. */
async function shareWithEach(deps: ShareDeps, claimed: Share, save: (share: Share) => Promise<void>): Promise<Share> {
  const head = await deps.objects.head(claimed);
  if (head.eTag !== claimed.eTag) {
    throw new ServiceError('object.head', { code: 'object_replaced', retryable: false });
  }
  const wished = claimed.targets.length > 0 ? claimed : withWish(claimed, head.metadata);
  if (wished.status === 'refused') {
    deps.log.warn('share-refused', { shareId: wished.id, code: wished.code });
    return wished;
  }
  let share: Share = { ...wished, size: head.size };
  if (share.size === 0) return concluded({ ...share, targets: share.targets.map(refusedWith(EMPTY)) });

  const failures: unknown[] = [];
  for (const { destination } of share.targets) {
    const target = share.targets.find((each) => each.destination === destination);
    if (target?.status !== 'waiting') continue;
    try {
      const put = (more: Partial<Share>, changed: Target): Share => ({
        ...share,
        ...more,
        targets: share.targets.map((each) => (each.destination === destination ? changed : each)),
      });
      const served = await serveTarget(deps, share, target, async (changed) => {
        share = put({}, changed);
        await save(share);
      });
      if (served.target.status === 'refused') {
        deps.log.warn('share-refused', { shareId: share.id, code: served.target.code });
      }
      share = put(served.share, served.target);
      await save(share);
    } catch (error) {
      if (error instanceof ServiceError && LOST[error.code]) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return concluded(share);
}

const EMPTY = { code: 'empty_file', reason: 'the file is empty, and DingTalk takes no empty files' };

function refusedWith(why: { code: string; reason: string | undefined }) {
  return (target: Target): Target => (target.status === 'waiting' ? { ...target, ...why, status: 'refused' } : target);
}

/** Fills in what key and metadata ask for; refused when that cannot be told. */
function withWish(share: Share, metadata: Record<string, string>): Share {
  const route = routeOf(share.key, metadata);
  if (route.to === 'destinations') return { ...share, ...recordOf(route.wish) };
  const reason = `"${share.key}" belongs to no POST /files`;
  const why = route.to === 'nowhere' ? route : { code: 'unknown_upload', reason };
  return { ...share, status: 'refused', code: why.code, reason: why.reason };
}

function recordOf({ destinations, ...wish }: Wish): Partial<Share> {
  return { ...wish, targets: destinations.map((destination) => ({ destination, status: 'waiting' })) };
}

/** One word for all its destinations. */
function concluded(share: Share): Share {
  const refused = share.targets.filter(({ status }) => status === 'refused');
  const status = refused.length === 0 && share.code === undefined ? 'shared' : 'partly';
  if (refused.length < share.targets.length) return { ...share, status };
  const [{ code, reason } = {}] = refused;
  return { ...share, status: 'refused', code: share.code ?? code, reason: share.reason ?? reason };
}
