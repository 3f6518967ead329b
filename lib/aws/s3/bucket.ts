import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
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
      } = await client
        .send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }))
        .catch(explain('object.head'));
      return { eTag: ETag.replaceAll('"', ''), size: ContentLength, metadata: Metadata };
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
};

/** A missing or replaced object will not come back; everything else may pass. */
function explain(operation: string) {
  return (cause: unknown): never => {
    const code = cause instanceof Error ? FINAL[cause.name] : undefined;
    if (code !== undefined) throw new ServiceError(operation, { code, retryable: false, cause });
    throw new ServiceError(operation, { code: 'object_unreachable', retryable: true, cause });
  };
}
