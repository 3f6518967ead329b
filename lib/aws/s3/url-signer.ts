import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { UrlSigner } from '../../files/share/share.ts';

/** Presigned addresses of S3. */
export function createUrlSigner(client: S3Client): UrlSigner {
  return {
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
