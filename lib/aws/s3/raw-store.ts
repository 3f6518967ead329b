import type { RawStore } from '../../sources/source.ts';
import { textOf } from '../signed-request.ts';
import type { S3Call } from './s3-call.ts';

/** Bodies that a queue does not take; the bucket forgets them after two days. */
export function createRawStore(call: S3Call, bucket: string): RawStore {
  return {
    async put(key, body) {
      await call({ method: 'PUT', bucket, key, body, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
    },
    async get(key) {
      return textOf(await call({ method: 'GET', bucket, key }));
    },
  };
}
