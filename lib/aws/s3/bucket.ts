import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectOutput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ServiceError } from '../../base/errors.ts';
import type { ObjectStore } from '../../files/share/share.ts';

/** Objects in S3. */
export function createBucket(client: S3Client): ObjectStore {
  return {
    async head({ bucket, key, versionId }) {
      const {
        ETag = '',
        ContentLength = 0,
        Metadata = {},
        ContentEncoding = '',
        ...more
      } = await client
        .send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }))
        .catch((cause) => whyNot(client, { Bucket: bucket, Key: key, VersionId: versionId }, cause));
      if (isArchived(more)) throw new ServiceError('object.head', { code: 'object_archived', retryable: false });
      const packed = ContentEncoding.toLowerCase()
        .split(',')
        .filter((each) => !UNPACKED.includes(each.trim()));
      const encoding = packed.join(',').trim() || undefined;
      return { eTag: ETag.replaceAll('"', ''), size: ContentLength, metadata: Metadata, encoding };
    },

    async open({ bucket, key, eTag, versionId }, range) {
      const Range = range && `bytes=${range.start}-${range.end}`;
      const read = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        IfMatch: `"${eTag}"`,
        Range,
      });
      const { Body, ContentLength } = await client.send(read).catch(explain('object.open'));
      if (!Body || ContentLength === undefined || !(Symbol.asyncIterator in Body) || !('destroy' in Body)) {
        throw new ServiceError('object.open', { code: 'object_without_body', retryable: true });
      }
      const stream = Body;
      return { length: ContentLength, chunks: stream, cancel: () => void stream.destroy() };
    },
  };
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
/** Of the answers to HEAD, which have no body, those that could mean several things. */
const MUTE: readonly (number | undefined)[] = [400, 403];
/** How bodies travel, and not how an object is kept. */
const UNPACKED = ['', 'identity', 'aws-chunked'];

/** Whether S3 has to fetch an object from its archive before anybody can read it. */
function isArchived({ StorageClass, ArchiveStatus, Restore }: Partial<HeadObjectOutput>): boolean {
  const isRestored = Restore?.includes('ongoing-request="false"');
  return !isRestored && (ArchiveStatus !== undefined || StorageClass === 'GLACIER' || StorageClass === 'DEEP_ARCHIVE');
}

type Place = { Bucket: string; Key: string; VersionId: string | undefined };

/** @throws ServiceError with the reason, which S3 tells a GET alone */
async function whyNot(client: S3Client, place: Place, cause: unknown): Promise<never> {
  const isMute = cause instanceof S3ServiceException && MUTE.includes(cause.$metadata.httpStatusCode);
  const one = new GetObjectCommand({ ...place, Range: 'bytes=0-0' });
  const told: unknown = isMute
    ? await client.send(one).then(
        () => cause,
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
  if (!(cause instanceof Error)) return undefined;
  return /^KMS\b/.test(cause.name) ? 'object_key_forbidden' : FINAL[cause.name];
}
