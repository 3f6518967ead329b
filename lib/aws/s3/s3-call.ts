import type { IncomingMessage } from 'node:http';
import { refused, signedRequest, textOf } from '../signed-request.ts';

export type S3Service = {
  region: string;
  /** An address of S3 other than AWS's own; its buckets stand in the path. */
  url?: string | undefined;
  /** Until the answer begins, for each attempt. */
  timeoutMs: number;
  attempts: number;
};

export type ObjectCall = {
  method: 'GET' | 'HEAD' | 'PUT';
  bucket: string;
  key: string;
  versionId?: string | undefined;
  headers?: Record<string, string>;
  body?: string;
};

/** One request for an object; its answer, with a body that is still to be read. */
export type S3Call = (call: ObjectCall) => Promise<IncomingMessage>;

/** S3's codes for what it says without a body, in answer to HEAD. */
const MUTE: Record<number, string> = { 403: 'Forbidden', 404: 'NotFound' };

/**
 * Reads and writes single objects by signed requests. AWS's client takes 28 ms to load and 51 ms for its first three
 * requests, these take none and 14 (docs/decisions/0005); what takes more than one request is left to it.
 * @throws ServiceError with S3's own code, or `no_answer`
 */
export function createS3Call({ region, url, timeoutMs, attempts }: S3Service): S3Call {
  return ({ bucket, key, versionId, method, headers = {}, body }) => {
    const own = url ?? `https://s3.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
    // a certificate of S3's does not hold for names with dots
    const isHost = url === undefined && !bucket.includes('.');
    const at = isHost ? own.replace('//', `//${bucket}.`) : own;
    const query = versionId === undefined ? '' : `?versionId=${encoded(versionId)}`;
    const path = `${isHost ? '' : `/${bucket}`}/${key.split('/').map(encoded).join('/')}${query}`;
    const operation = `s3.${method.toLowerCase()}`;
    const place = { operation, url: at, service: 's3', region, method, path, headers, timeoutMs, attempts };
    return signedRequest({ ...place, ...(body !== undefined && { body }) }, async (answer) => {
      const { statusCode: status = 0 } = answer;
      if (status === 200 || status === 206) return method === 'GET' ? answer : answer.resume();
      const code = /<Code>([\w.]+)<\/Code>/.exec(await textOf(answer))?.[1];
      throw refused(operation, { status, code: code ?? MUTE[status] ?? `http_${status}` });
    });
  };
}

/** As S3 encodes what it signs (RFC 3986). */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
