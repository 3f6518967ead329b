import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBucket } from '../../../lib/aws/s3/bucket.ts';
import { createS3Call } from '../../../lib/aws/s3/s3-call.ts';
import { whyLost } from '../../../lib/files/share/lost.ts';

/** What the bucket answers for the only object. */
let answer: { status: number; headers?: Record<string, string>; code?: string } = { status: 200 };
let asked: IncomingMessage | undefined;
const server = createServer((request, response) => {
  asked = request;
  const { status, headers, code } = answer;
  response.writeHead(status, { etag: '"e"', ...headers });
  response.end(code && `<Error><Code>${code}</Code><Message>no</Message></Error>`);
});
beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
  return new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

const bucket = () => {
  const { port } = server.address() as AddressInfo;
  return createBucket(
    createS3Call({ url: `http://127.0.0.1:${port}`, region: 'us-east-1', timeoutMs: 60_000, attempts: 1 }),
  );
};
const place = { bucket: 'uploads', key: 'a.pdf' };
const object = { ...place, eTag: 'e' };

test.each([
  ['InvalidObjectState', 403, 'object_archived'],
  ['AccessDenied', 403, 'object_forbidden'],
  ['AllAccessDisabled', 403, 'object_forbidden'],
  ['KMS.DisabledException', 400, 'object_key_forbidden'],
  ['KMS.NotFoundException', 400, 'object_key_forbidden'],
  ['NoSuchBucket', 404, 'bucket_gone'],
  ['InvalidRequest', 400, 'object_unreadable'],
  ['NoSuchKey', 404, 'object_gone'],
  ['PreconditionFailed', 412, 'object_replaced'],
])('S3 says %s: that is final, and the record says why', async (name, status, code) => {
  answer = { status, code: name };
  const error = await bucket()
    .open(object)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code, retryable: false });
  expect(whyLost(error)).toEqual(expect.any(String));
});

test.each([
  ['a HEAD that is forbidden', { status: 403, code: 'AccessDenied' }, 'object_forbidden'],
  ['a HEAD of what a customer encrypted', { status: 400, code: 'InvalidRequest' }, 'object_unreadable'],
  ['a HEAD of nothing', { status: 404 }, 'object_gone'],
  ['an archived object', { status: 200, headers: { 'x-amz-storage-class': 'GLACIER' } }, 'object_archived'],
  ['a deeply archived object', { status: 200, headers: { 'x-amz-storage-class': 'DEEP_ARCHIVE' } }, 'object_archived'],
  [
    'an object that sank into an archive',
    { status: 200, headers: { 'x-amz-archive-status': 'ARCHIVE_ACCESS' } },
    'object_archived',
  ],
])('%s is final', async (_, said, code) => {
  answer = said;
  await expect(bucket().head(place)).rejects.toMatchObject({ code, retryable: false });
});

test.each([
  ['SlowDown', 503],
  ['InternalError', 500],
  ['RequestTimeout', 400],
  ['ExpiredToken', 400],
])('S3 says %s: that may pass', async (name, status) => {
  answer = { status, code: name };
  await expect(bucket().open(object)).rejects.toMatchObject({ code: 'object_unreachable', retryable: true });
  await expect(bucket().head(place)).rejects.toMatchObject({ code: 'object_unreachable', retryable: true });
});

test.each([
  ['gzip', 'gzip'],
  ['aws-chunked,gzip', 'gzip'],
  ['br, aws-chunked', 'br'],
  ['aws-chunked', undefined],
  ['identity', undefined],
  ['', undefined],
])('of a Content-Encoding %j the object is packed as %j', async (given, encoding) => {
  answer = { status: 200, headers: { 'content-encoding': given } };
  expect((await bucket().head(place)).encoding).toBe(encoding);
});

test('a restored object is one like others', async () => {
  answer = { status: 200, headers: { 'x-amz-storage-class': 'GLACIER', 'x-amz-restore': 'ongoing-request="false"' } };
  expect((await bucket().head(place)).eTag).toBe('e');
});

test('a body that is cut off on a kept connection breaks its reader, and nobody asks for another one', async () => {
  const seen: string[] = [];
  const cutting = createServer((request, response) => {
    seen.push(request.method ?? '');
    response.writeHead(200, { etag: '"e"', 'content-length': '4' });
    if (request.method === 'HEAD') response.end();
    else response.write('ab', () => void request.socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => cutting.listen(0, '127.0.0.1', resolve));
  const { port } = cutting.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const kept = createBucket(createS3Call({ url, region: 'us-east-1', timeoutMs: 60_000, attempts: 1 }));
  await kept.head(place);
  const { chunks } = await kept.open(object);
  await expect(text(chunks)).rejects.toThrow();
  await kept.head(place);
  expect(seen).toEqual(['HEAD', 'GET', 'HEAD']);
  cutting.closeAllConnections();
  cutting.close();
});

/** AWS's own arithmetic: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
test('a key of any signs is asked for as S3 signs it', async () => {
  answer = { status: 200 };
  await bucket().head({ bucket: 'uploads', key: "share/ops/季度 报表+(1)!*'.pdf", versionId: 'v/1+=' });
  const path = '/uploads/share/ops/%E5%AD%A3%E5%BA%A6%20%E6%8A%A5%E8%A1%A8%2B%281%29%21%2A%27.pdf';
  expect(asked?.url).toBe(`${path}?versionId=v%2F1%2B%3D`);
  expect(signatureOf(asked?.headers ?? {}, path, 'versionId=v%2F1%2B%3D')).toBe(
    /Signature=(\w+)/.exec(asked?.headers.authorization ?? '')?.[1],
  );
});

function signatureOf(headers: IncomingHttpHeaders, path: string, query: string): string {
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const lines = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = `HEAD\n${path}\n${query}\n${lines.join('')}\n${names}\n${sha('')}`;
  const date = String(headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const key = ['us-east-1', 's3', 'aws4_request'].reduce(mac, mac('AWS4any', date.slice(0, 8)));
  return mac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha(canonical)}`).toString('hex');
}
