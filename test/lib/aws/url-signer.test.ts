import { createHash, createHmac } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, expect, test } from 'vitest';
import { createUrlSigner } from '../../../lib/aws/s3/url-signer.ts';
import fc from '../../support/property.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
afterEach(() => {
  delete process.env.AWS_SESSION_TOKEN;
});

const World = fc.record({
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1'),
  url: fc.constantFrom(undefined, 'http://127.0.0.1:9000'),
  sessionToken: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
  bucket: fc.constantFrom('uploads', 'company.uploads', 'a-b-1'),
  key: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((key) => key.isWellFormed() && key !== '/'),
  seconds: fc.integer({ min: 1, max: 604_800 }),
  now: fc.date({ min: new Date('2020-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
});
type World = typeof World extends fc.Arbitrary<infer T> ? T : never;

/** What the SDK's presigner says beside what we do: names of ours for what its client would do anyway. */
const OF_SDK_ALONE = ['X-Amz-Content-Sha256', 'x-id', 'x-amz-checksum-mode'];

function signers({ region, url, sessionToken, now }: World) {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: SECRET });
  if (sessionToken === undefined) delete process.env.AWS_SESSION_TOKEN;
  else process.env.AWS_SESSION_TOKEN = sessionToken;
  const credentials = { accessKeyId: 'AKID', secretAccessKey: SECRET, ...(sessionToken && { sessionToken }) };
  const client = new S3Client({
    ...{ region, credentials, requestChecksumCalculation: 'WHEN_REQUIRED' },
    ...(url && { endpoint: url, forcePathStyle: true }),
  });
  return { ours: createUrlSigner({ region, url }, () => now.getTime()), client };
}

/** Holds an address of ours against the SDK's: the same but for a few fields, and each signed as S3 checks it. */
function compare(method: string, ours: string, theirs: string, headers: Record<string, string> = {}): void {
  const [own, sdk] = [new URL(ours), new URL(theirs)];
  expect(own.origin).toBe(sdk.origin);
  expect(own.pathname).toBe(sdk.pathname);
  const fieldsOf = ({ searchParams }: URL) =>
    [...searchParams].filter(([name]) => name !== 'X-Amz-Signature' && !OF_SDK_ALONE.includes(name)).toSorted();
  expect(fieldsOf(own)).toEqual(fieldsOf(sdk));
  for (const each of [ours, theirs]) {
    expect(new URL(each).searchParams.get('X-Amz-Signature')).toBe(signatureOf(method, each, headers));
  }
}

/** AWS's own arithmetic: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function signatureOf(method: string, address: string, sent: Record<string, string>): string {
  const [, host = '', path = '', query = ''] = /^https?:\/\/([^/]+)([^?]*)\?(.*)$/.exec(address) ?? [];
  const fields = query.split('&').filter((field) => !field.startsWith('X-Amz-Signature='));
  const fieldOf = (name: string) => new URL(address).searchParams.get(name) ?? '';
  const headers: Record<string, string> = { host, ...sent };
  const names = fieldOf('X-Amz-SignedHeaders');
  const lines = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, path, fields.toSorted().join('&'), lines.join(''), names, 'UNSIGNED-PAYLOAD'].join('\n');
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const [, ...scope] = fieldOf('X-Amz-Credential').split('/');
  const key = scope.reduce(mac, Buffer.from(`AWS4${SECRET}`));
  const sum = createHash('sha256').update(canonical).digest('hex');
  return mac(key, `AWS4-HMAC-SHA256\n${fieldOf('X-Amz-Date')}\n${scope.join('/')}\n${sum}`).toString('hex');
}

test('an address to read an object is the one that AWS’s presigner makes', async () => {
  const FileName = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((name) => name.isWellFormed());
  const VersionId = fc.constantFrom(undefined, 'null', 'v/1+=');
  await fc.assert(
    fc.asyncProperty(World, FileName, VersionId, async (world, fileName, versionId) => {
      const { bucket, key, seconds, now } = world;
      const { ours, client } = signers(world);
      const own = await ours.presign({ bucket, key, versionId, fileName }, seconds);
      const said = new URL(own).searchParams.get('response-content-disposition') ?? '';
      expect(decodeURIComponent(said.split("filename*=UTF-8''")[1] ?? '')).toBe(fileName);
      const place = { Bucket: bucket, Key: key, VersionId: versionId };
      const read = new GetObjectCommand({ ...place, ResponseContentDisposition: said });
      compare('GET', own, await getSignedUrl(client, read, { expiresIn: seconds, signingDate: now }));
    }),
  );
});

test('an address for an upload is the one that AWS’s presigner makes, for one length and one type', async () => {
  const Size = fc.integer({ min: 1, max: 5 * 1024 ** 3 });
  const Type = fc.constantFrom('application/pdf', 'text/plain; charset=utf-8', 'image/png');
  await fc.assert(
    fc.asyncProperty(World, Size, Type, async (world, size, contentType) => {
      const { bucket, key, seconds, now } = world;
      const { ours, client } = signers(world);
      const { url, headers } = await ours.presignUpload({ bucket, key, size, contentType }, seconds);
      expect(headers).toEqual({ 'content-length': String(size), 'content-type': contentType });
      const put = new PutObjectCommand({ Bucket: bucket, Key: key, ContentLength: size, ContentType: contentType });
      const signableHeaders = new Set(['host', 'content-length', 'content-type']);
      const options = { expiresIn: seconds, signingDate: now, signableHeaders };
      compare('PUT', url, await getSignedUrl(client, put, options), headers);
    }),
  );
});
