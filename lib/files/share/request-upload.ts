import type { UploadView } from '../../../contract/answers/uploads.ts';
import type { RequestUpload } from '../../../contract/requests/files.ts';
import type { Access } from '../../base/access.ts';
import { requestHashOf, requireSameRequest } from '../../base/idempotency.ts';
import type { Ids } from '../../base/ids.ts';
import { spending } from '../../base/quota/budget.ts';
import { baseName, cleanName } from '../../base/text/file-name.ts';
import { UPLOAD_PREFIX } from './route.ts';
import type { Share, ShareStore, UrlSigner } from './share.ts';

/** How long the upload address is valid. */
const UPLOAD_S = 900;
/** The upload to DingTalk, and the message with it. */
const CALLS_A_TARGET = 2;

export type RequestDeps = {
  shares: ShareStore;
  urls: Pick<UrlSigner, 'presignUpload'>;
  bucket: string;
  ids: Ids;
  now: () => number;
};

type Input = { access: Pick<Access, 'owner' | 'spend'>; idempotencyKey?: string | undefined; body: RequestUpload };

/** Stores what to do with a file, and answers an address for its upload, valid for a quarter of an hour. */
export async function requestUpload(
  deps: RequestDeps,
  { access: { owner, spend }, idempotencyKey, body }: Input,
): Promise<UploadView> {
  const { to, size, contentType, caption, mention, link } = body;
  const fileName = cleanName(baseName(body.fileName));
  const requestHash = requestHashOf(body, { mention: { fallback: 'text' } });
  const id = deps.ids.of('s', owner, idempotencyKey);
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
    owner,
    requestHash,
  };
  const kept = await spending(spend, share.targets.length * CALLS_A_TARGET, {
    run: async () => ((await deps.shares.create(share)) ? share : ((await deps.shares.get(id)) ?? share)),
    isNew: (made) => made === share,
  });
  requireSameRequest('share', kept, requestHash);
  const { bucket, key } = kept;
  const upload = await deps.urls.presignUpload({ bucket, key, size, contentType }, UPLOAD_S);
  const expiresAt = new Date(deps.now() + UPLOAD_S * 1000).toISOString();
  return { id, upload: { method: 'PUT', ...upload, expiresAt }, links: { self: `/shares/${id}` } };
}
