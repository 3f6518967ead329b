import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBucket } from '../../../lib/aws/s3/bucket.ts';
import { whyLost } from '../../../lib/files/share/lost.ts';

/** What the bucket answers for the only object. */
let answer: { status: number; headers?: Record<string, string>; code?: string } = { status: 200 };
const server = createServer((_, response) => {
  const { status, headers, code } = answer;
  response.writeHead(status, { etag: '"e"', ...headers });
  response.end(code && `<Error><Code>${code}</Code><Message>no</Message></Error>`);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());

const bucket = () =>
  createBucket(
    new S3Client({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    }),
  );
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
