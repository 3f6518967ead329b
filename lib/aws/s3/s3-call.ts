import type { IncomingMessage } from 'node:http';
import { refused, signedRequest, textOf } from '../signed-request.ts';
import { addressOf, type ObjectName, type S3Address } from './object-address.ts';

export type S3Service = S3Address & {
  /** For each attempt, connecting included: until the answer begins, or until its text has been read. */
  timeoutMs: number;
  attempts: number;
};

export type ObjectCall = ObjectName & {
  method: 'GET' | 'HEAD' | 'PUT';
  headers?: Record<string, string>;
  body?: string | Buffer;
};

/** One request for an object; its answer, with a body that is still to be read. */
export type S3Call = (call: ObjectCall) => Promise<IncomingMessage>;

/** S3's codes for what it says without a body, in answer to HEAD. */
const MUTE: Record<number, string> = { 403: 'Forbidden', 404: 'NotFound' };

/**
 * Reads and writes single objects by signed requests. AWS's client takes 28 ms to load and 51 ms for its first three
 * requests, these take none and 14 (docs/decisions/0005); what takes more than one request is left to it.
 * @throws AwsFailure with S3's own code, or `no_answer`
 */
export function createS3Call(service: S3Service): S3Call {
  return (call) => requested(service, call, async (answer) => (call.method === 'GET' ? answer : answer.resume()));
}

/** Reads an object that is a short text, whole. @throws AwsFailure with S3's own code, or `no_answer` */
export function createS3Text(service: S3Service): (name: ObjectName) => Promise<string> {
  return (name) => requested(service, { method: 'GET', ...name }, textOf);
}

function requested<T>(
  { region, url, timeoutMs, attempts }: S3Service,
  { method, headers = {}, body, ...name }: ObjectCall,
  read: (answer: IncomingMessage) => Promise<T>,
): Promise<T> {
  const { origin, path } = addressOf({ region, url }, name);
  const operation = `s3.${method.toLowerCase()}`;
  const place = { operation, url: origin, service: 's3', region, method, path, headers, timeoutMs, attempts };
  return signedRequest({ ...place, ...(body !== undefined && { body }) }, async (answer) => {
    const { statusCode: status = 0 } = answer;
    if (status === 200 || status === 206) return read(answer);
    const code = /<Code>([\w.]+)<\/Code>/.exec(await textOf(answer))?.[1];
    throw refused(operation, { status, code: code ?? MUTE[status] ?? `http_${status}` });
  });
}
