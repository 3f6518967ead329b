import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../../base/errors.ts';
import type { ObjectStore } from '../../files/share/share.ts';
import { AwsFailure } from '../signed-request.ts';
import type { ObjectCall, S3Call } from './s3-call.ts';

const METADATA = 'x-amz-meta-';

/** Objects in S3. */
export function createBucket(call: S3Call): ObjectStore {
  return {
    async head({ bucket, key, versionId }) {
      const place = { bucket, key, versionId };
      const { headers } = await call({ method: 'HEAD', ...place }).catch((cause) => whyNot(call, place, cause));
      if (isArchived(headers)) throw new ServiceError('object.head', { code: 'object_archived', retryable: false });
      const packed = (headers['content-encoding'] ?? '')
        .toLowerCase()
        .split(',')
        .filter((each) => !UNPACKED.includes(each.trim()));
      const encoding = packed.join(',').trim() || undefined;
      return { ...factsIn(headers), metadata: metadataIn(headers), encoding };
    },

    async open({ bucket, key, versionId, eTag }, range) {
      const headers = { 'If-Match': `"${eTag}"`, ...(range && { Range: `bytes=${range.start}-${range.end}` }) };
      const body = await call({ method: 'GET', bucket, key, versionId, headers }).catch(explain('object.open'));
      return { length: factsIn(body.headers).size, chunks: body, cancel: () => void body.destroy() };
    },
  };
}

function factsIn({ etag = '', 'content-length': length }: IncomingHttpHeaders) {
  return { eTag: etag.replaceAll('"', ''), size: Number(length ?? 0) };
}

function metadataIn(headers: IncomingHttpHeaders): Record<string, string> {
  const given = Object.entries(headers).filter(([name]) => name.startsWith(METADATA));
  return Object.fromEntries(given.map(([name, value]) => [name.slice(METADATA.length), String(value)]));
}

const FINAL: Record<string, string> = {
  NoSuchKey: 'object_gone',
  NoSuchVersion: 'object_gone',
  NotFound: 'object_gone',
  PreconditionFailed: 'object_replaced',
  InvalidObjectState: 'object_archived',
  AccessDenied: 'object_forbidden',
  Forbidden: 'object_forbidden',
  AllAccessDisabled: 'object_forbidden',
  InvalidRequest: 'object_unreadable',
  NoSuchBucket: 'bucket_gone',
};
/** Answers to HEAD, which have no body, that could mean several things. */
const MUTE = ['http_400', 'Forbidden'];
/** How bodies travel, and not how an object is kept. */
const UNPACKED = ['', 'identity', 'aws-chunked'];

/** Whether S3 has to fetch an object from its archive before anybody can read it. */
function isArchived(headers: IncomingHttpHeaders): boolean {
  const isRestored = headers['x-amz-restore']?.includes('ongoing-request="false"');
  const storage = String(headers['x-amz-storage-class']);
  return !isRestored && ('x-amz-archive-status' in headers || ['GLACIER', 'DEEP_ARCHIVE'].includes(storage));
}

/** @throws ServiceError with the reason, which S3 tells a GET alone */
async function whyNot(call: S3Call, place: Omit<ObjectCall, 'method'>, cause: unknown): Promise<never> {
  const isMute = cause instanceof AwsFailure && MUTE.includes(cause.code);
  const one = { method: 'GET', ...place, headers: { Range: 'bytes=0-0' } } as const;
  const told: unknown = isMute
    ? await call(one).then(
        (body) => {
          body.destroy();
          return cause;
        },
        (reason: unknown) => reason,
      )
    : cause;
  return explain('object.head')(told);
}

/** A missing or replaced object will not come back, and one that nobody may read stays so; everything else may pass. */
function explain(operation: string) {
  return (cause: unknown): never => {
    const code = finalCode(cause);
    if (code !== undefined) throw new ServiceError(operation, { code, retryable: false, cause });
    throw new ServiceError(operation, { code: 'object_unreachable', retryable: true, cause });
  };
}

function finalCode(cause: unknown): string | undefined {
  if (!(cause instanceof AwsFailure)) return undefined;
  return /^KMS\b/.test(cause.code) ? 'object_key_forbidden' : FINAL[cause.code];
}
