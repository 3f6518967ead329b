import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectStore } from '../files/share.ts';

/** Objects in S3. */
export function createBucket(client: S3Client): ObjectStore {
  return {
    async read({ bucket, key, eTag, versionId }) {
      const read = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, IfMatch: `"${eTag}"` });
      try {
        const { Body } = await client.send(read);
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof Error && GONE.includes(error.name)) return undefined;
        throw error;
      }
    },

    async presign({ bucket, key, versionId, fileName }, seconds) {
      const name = encodeURIComponent(fileName).replaceAll("'", '%27');
      const ResponseContentDisposition = `attachment; filename*=UTF-8''${name}`;
      const read = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ResponseContentDisposition });
      return getSignedUrl(client, read, { expiresIn: seconds });
    },
  };
}

const GONE = ['NoSuchKey', 'NoSuchVersion', 'PreconditionFailed', 'NotFound'];
