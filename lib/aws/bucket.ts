import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ServiceError } from '../errors.ts';
import type { ObjectStore, UploadSigner } from '../files/share.ts';

/** Objects in S3. */
export function createBucket(client: S3Client): ObjectStore & UploadSigner {
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

    async presign({ bucket, key, versionId, fileName }, seconds) {
      const ResponseContentDisposition = dispositionOf(fileName);
      const read = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ResponseContentDisposition });
      return getSignedUrl(client, read, { expiresIn: seconds });
    },

    async presignUpload({ bucket, key, size, contentType }, seconds) {
      const put = new PutObjectCommand({ Bucket: bucket, Key: key, ContentLength: size, ContentType: contentType });
      const headers = { 'content-length': String(size), 'content-type': contentType };
      const signableHeaders = new Set(['host', ...Object.keys(headers)]); // a type is not signed unless it is named
      const url = await getSignedUrl(client, put, { expiresIn: seconds, signableHeaders });
      return { url, headers };
    },
  };
}

/** The name for every client: RFC 6266's form, and one in ASCII for those who cannot read it. */
function dispositionOf(fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%;]/g, '_');
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
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
