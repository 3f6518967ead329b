import type { RawStore } from '../../sources/source.ts';
import { createS3Call, createS3Text, type S3Service } from './s3-call.ts';

/** Bodies that a queue does not take; the bucket forgets them after two days. */
export function createRawStore(service: S3Service, bucket: string): RawStore {
  const [call, text] = [createS3Call(service), createS3Text(service)];
  return {
    async put(key, body) {
      await call({ method: 'PUT', bucket, key, body, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
    },
    get: (key) => text({ bucket, key }),
  };
}
