import * as v from 'valibot';
import { type Fault, InvalidInput } from '../../base/errors.ts';
import { sha256 } from '../../base/hash.ts';
import { destinationFaults } from '../../messages/accept.ts';
import type { DestinationStore } from '../../messages/destination.ts';
import { Mention } from '../../messages/mention.ts';
import { cleanName, MAX_LINK_DAYS, UPLOAD_PREFIX } from './route.ts';
import type { Share, ShareStore, UrlSigner } from './share.ts';

/** One PUT takes 5 GiB; larger files go into the bucket by a multipart upload. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;
/** The address is for the upload that follows, not for keeping. */
const UPLOAD_S = 900;

const text = v.pipe(v.string(), v.nonEmpty());
const figure = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const To = v.union([
  v.pipe(
    text,
    v.transform((one) => [one]),
  ),
  v.pipe(v.array(text), v.minLength(1), v.maxLength(20)),
]);

export const RequestUpload = v.strictObject({
  to: To,
  fileName: v.pipe(
    text,
    v.check((name) => cleanName(name.split('/').at(-1) ?? '') !== '', 'holds nothing that could be shown'),
  ),
  size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PUT_BYTES)),
  contentType: v.optional(v.pipe(v.string(), v.regex(/^[\w.+-]+\/[\w.+-]+$/)), 'application/octet-stream'),
  caption: v.optional(v.pipe(text, v.maxLength(1000))),
  mention: v.optional(Mention),
  link: v.optional(v.strictObject({ days: v.optional(figure(MAX_LINK_DAYS)), views: v.optional(figure(100_000)) })),
});
export type RequestUpload = v.InferOutput<typeof RequestUpload>;

export type RequestDeps = {
  shares: ShareStore;
  destinations: DestinationStore;
  urls: Pick<UrlSigner, 'presignUpload'>;
  bucket: string;
  randomId: () => string;
  now: () => number;
};

export async function uploadFaults(deps: RequestDeps, body: unknown): Promise<Fault[]> {
  const to = v.safeParse(v.object({ to: To }), body);
  return to.success ? destinationFaults(deps.destinations, 'to', to.output.to) : [];
}

/** Keeps what shall become of a file, and hands out an address that takes just this file, for a quarter of an hour. */
export async function requestUpload(
  deps: RequestDeps,
  { caller, idempotencyKey, body }: { caller: string; idempotencyKey?: string | undefined; body: RequestUpload },
) {
  const { to, size, contentType, caption, mention, link } = body;
  const fileName = cleanName(body.fileName.split('/').at(-1) ?? '');
  const requestHash = sha256(JSON.stringify(body));
  const id = `s_${idempotencyKey === undefined ? deps.randomId() : sha256(`${caller}\n${idempotencyKey}`).slice(0, 32)}`;
  const share: Share = {
    id,
    bucket: deps.bucket,
    key: `${UPLOAD_PREFIX}${id}/${fileName}`,
    eTag: '',
    size,
    createdAt: new Date(deps.now()).toISOString(),
    status: 'awaiting',
    fileName,
    caption,
    mention: mention && { ...mention, fallback: mention.fallback ?? 'text' },
    link,
    targets: [...new Set(to)].map((destination) => ({ destination, status: 'waiting' })),
    attempts: [],
    requestHash,
  };
  const kept = (await deps.shares.create(share)) ? share : ((await deps.shares.get(id)) ?? share);
  if (kept.requestHash !== requestHash) {
    const message = `this key already stands for share ${id} with another body; use a new key for a new file`;
    const fault = { path: 'Idempotency-Key', code: 'idempotency_key_reused', message };
    throw new InvalidInput('files.request', 'idempotency_key_reused', [fault]);
  }
  const { bucket, key } = kept;
  const upload = await deps.urls.presignUpload({ bucket, key, size, contentType }, UPLOAD_S);
  const expiresAt = new Date(deps.now() + UPLOAD_S * 1000).toISOString();
  return { id, upload: { method: 'PUT', ...upload, expiresAt }, links: { self: `/shares/${id}` } };
}
