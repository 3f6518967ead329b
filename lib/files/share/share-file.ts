import * as v from 'valibot';
import { ServiceError } from '../../base/errors.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { shortened } from '../../records/history.ts';
import { whyLost } from './lost.ts';
import { decodeKey, routeOf, type Wish } from './route.ts';
import { serveTarget, type WayDeps } from './serve-target.ts';
import type { Share, ShareStore, Target } from './share.ts';

/** An S3 notification as it stands in the queue; S3 also sends one test event without records. */
export const UploadNotification = v.object({
  Records: v.optional(
    v.array(
      v.object({
        /** When the bucket took it. */
        eventTime: v.optional(v.pipe(v.string(), v.isoTimestamp())),
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
type Upload = UploadNotification['Records'][number];

/** Whose the ids of what the bucket took are; owners of keys have another form (`key:ci`). */
const OF_BUCKET = 'bucket';
/** Another worker has the same upload: after this time it has shared it, or its claim has lapsed. */
const BUSY_MS = 15_000;
/** A worker renews its claim and its record's visibility this often; both lapse soon after the last renewal. */
const BEAT_MS = 3_000;
export const HIDDEN_MS = 9_000;
/** How much of its attempts a record keeps (bytes of JSON). */
const KEPT_BYTES = 5_000;

export type ShareDeps = WayDeps & {
  shares: ShareStore;
  ids: Ids;
  randomId: () => string;
  log: Log;
};

/** Shares the objects of one notification. An object version is shared once, however often S3 notifies of it. */
export async function shareFile(
  deps: ShareDeps,
  { Records }: UploadNotification,
): Promise<{ retryInMs: number } | undefined> {
  const outcomes = [];
  for (const upload of Records) outcomes.push(await shareObject(deps, upload));
  return outcomes.includes('busy') ? { retryInMs: BUSY_MS } : undefined;
}

async function shareObject(deps: ShareDeps, { eventTime, s3 }: Upload): Promise<'finished' | 'busy'> {
  const { bucket, object } = s3;
  const key = decodeKey(object.key);
  const route = routeOf(key);
  if (route.to === 'ignore') return 'finished';
  const { eTag, versionId, size, sequencer } = object;
  const identity = JSON.stringify([bucket.name, key, versionId ?? [eTag, sequencer]]);
  const id = route.to === 'upload' ? route.id : deps.ids.of('s', OF_BUCKET, identity);
  const createdAt = new Date(eventTime ?? deps.now()).toISOString();
  const fresh = { status: 'received' as const, targets: [], attempts: [] };
  const owner = deps.randomId();
  const found = { id, bucket: bucket.name, key, eTag, versionId, size, createdAt, ...fresh };
  const claimed = await deps.shares.claim(found, owner);
  if (claimed === 'busy') return 'busy';
  if (claimed === 'done') return 'finished';
  if (claimed.key !== key) {
    // another object below the prefix of an upload that is still awaited
    await deps.shares.finish(untouched(claimed), owner);
    return 'finished';
  }
  const stop = deps.every(BEAT_MS, () => deps.shares.renew(id, owner));
  try {
    const attempts = shortened(claimed.attempts, KEPT_BYTES);
    const outcome = await shareWithEach(deps, { ...claimed, attempts, eTag, versionId, size }, owner);
    const { error } = outcome;
    await deps.shares.finish(recordAfter(deps.log, outcome, claimed, route.to === 'upload'), owner);
    if (error !== undefined && whyLost(error) === undefined) throw error;
    return 'finished';
  } finally {
    stop();
  }
}

/** The newest state of a share, and the error that ended the work before all destinations had the file. */
type Outcome = { share: Share; error?: unknown };

/** Shares the file with each destination by itself: a failure at one does not stop the others. */
async function shareWithEach(deps: ShareDeps, started: Share, owner: string): Promise<Outcome> {
  let share = started;
  const failures: unknown[] = [];
  const save = async (target: Target, more: Partial<Share> = {}) => {
    const targets = share.targets.map((each) => (each.destination === target.destination ? target : each));
    share = { ...share, ...more, targets };
    await deps.shares.save(share, owner);
  };
  try {
    share = await withTargets(deps, started);
    for (const target of share.targets.filter(({ status }) => status === 'waiting')) {
      try {
        const served = await serveTarget(deps, share, target, save);
        if (served.target.status === 'refused') logRefusal(deps.log, share, served.target.code);
        await save(served.target, served.share);
      } catch (error) {
        if (whyLost(error) !== undefined) throw error;
        failures.push(error);
      }
    }
  } catch (error) {
    return { share, error };
  }
  const [error] = failures;
  return failures.length > 0 ? { share, error } : { share: concluded(share) };
}

/** The share with the destinations that its key and metadata ask for; refused when it cannot be shared at all. */
async function withTargets({ objects, log }: ShareDeps, share: Share): Promise<Share> {
  const { eTag, size, metadata, encoding } = await objects.head(share);
  if (eTag !== share.eTag) throw new ServiceError('object.head', { code: 'object_replaced', retryable: false });
  const wished = share.targets.length > 0 ? share : withWish(share, metadata);
  if (wished.status === 'refused') logRefusal(log, wished, wished.code);
  const targets = size === 0 ? wished.targets.map(refusedWith(EMPTY)) : wished.targets;
  return { ...wished, size, targets, encoding };
}

/** The record that ends the claim. After a failure that may pass it stays unfinished, and its queue brings it back. */
function recordAfter(log: Log, { share, error }: Outcome, claimed: Share, isUpload: boolean): Share {
  if (error === undefined) return share;
  const code = error instanceof ServiceError ? error.code : 'internal_error';
  const reason = whyLost(error);
  if (reason === undefined) {
    const last = share.attempts.at(-1);
    return { ...share, attempts: share.attempts.map((attempt) => (attempt === last ? { ...attempt, code } : attempt)) };
  }
  const isBegun =
    claimed.attempts.length > 1 || share.targets.some(({ status, drive }) => status !== 'waiting' || drive);
  // a second PUT to the address of a POST /files: the new object has an event of its own
  if (isUpload && code === 'object_replaced' && !isBegun) return untouched(claimed);
  logRefusal(log, share, code);
  return concluded({ ...share, code, reason, targets: share.targets.map(refusedWith({ code, reason })) });
}

/** An upload as it was before this worker claimed it. */
function untouched(claimed: Share): Share {
  return { ...claimed, status: 'awaiting', attempts: claimed.attempts.slice(0, -1) };
}

function logRefusal(log: Log, { id: shareId }: Share, code: string | undefined): void {
  log.warn('share-refused', { shareId, code });
}

const EMPTY = { code: 'empty_file', reason: 'the file is empty, and DingTalk takes no empty files' };

function refusedWith(why: { code: string; reason: string | undefined }) {
  return (target: Target): Target => (target.status === 'waiting' ? { ...target, ...why, status: 'refused' } : target);
}

/** Fills in what key and metadata ask for; refused when they name no destination. */
function withWish(share: Share, metadata: Record<string, string>): Share {
  const route = routeOf(share.key, metadata);
  if (route.to === 'destinations') return { ...share, ...recordOf(route.wish) };
  const reason = `"${share.key}" belongs to no POST /files`;
  const why = 'code' in route ? route : { code: 'unknown_upload', reason };
  return { ...share, status: route.to === 'nobody' ? 'ignored' : 'refused', code: why.code, reason: why.reason };
}

function recordOf({ destinations, ...wish }: Wish): Partial<Share> {
  return { ...wish, targets: destinations.map((destination) => ({ destination, status: 'waiting' })) };
}

/** The share with one status for all its destinations. */
function concluded(share: Share): Share {
  if (share.status === 'refused' || share.status === 'ignored') return share;
  const refused = share.targets.filter(({ status }) => status === 'refused');
  const status = refused.length === 0 && share.code === undefined ? 'shared' : 'partly';
  if (refused.length < share.targets.length) return { ...share, status };
  const [{ code, reason } = {}] = refused;
  return { ...share, status: 'refused', code: share.code ?? code, reason: share.reason ?? reason };
}
