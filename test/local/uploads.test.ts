import { createHash, randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uploadNotifications } from '../../local/aws/upload-notifications.ts';
import { readTemplate } from '../../local/template/template.ts';
import { notificationKey } from '../../local/triggers/upload-event.ts';
import { startEmulator } from './emulator.ts';

const KEY = 'share/project/报告 a+b (1).pdf';
const ENCODED = 'share/project/%E6%8A%A5%E5%91%8A+a%2Bb+%281%29.pdf';

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let queueUrl: string;

beforeAll(async () => {
  let notify: ReturnType<typeof uploadNotifications> | undefined;
  emulator = await startEmulator({ onUpload: async (upload) => notify?.(upload) });
  const template = readTemplate('serverless.yml', {
    stage: 'local',
    queuesUrl: emulator.url,
    params: { publicUrl: '' },
  });
  notify = uploadNotifications(template, emulator.sqs, emulator.url);
  // what was received stays away: nobody deletes it, and it would come back among those of a later test
  ({ queueUrl } = await emulator.createQueue('dingdock-local-uploads', { VisibilityTimeout: '43200' }));
  await emulator.s3.send(new CreateBucketCommand({ Bucket: 'uploads' }));
});
afterAll(() => emulator.close());

async function notification() {
  const [message, ...more] = await emulator.receive(queueUrl);
  expect(more).toEqual([]);
  const { Records } = JSON.parse(message?.Body ?? '{}');
  expect(Records).toHaveLength(1);
  return Records[0];
}

test('notifies of an upload in the shape of S3', async () => {
  await emulator.s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: KEY, Body: '你好' }));
  expect(await notification()).toEqual({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: expect.any(String) },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': expect.any(String), 'x-amz-id-2': expect.any(String) },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: expect.any(String),
      bucket: { name: 'uploads', ownerIdentity: { principalId: expect.any(String) }, arn: 'arn:aws:s3:::uploads' },
      object: {
        key: ENCODED,
        size: 6,
        eTag: createHash('md5').update('你好').digest('hex'),
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
      },
    },
  });
});

test('takes 15 MB from a stock client and gives every byte back', async () => {
  const bytes = randomBytes(15 * 1024 * 1024);
  await emulator.s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'share/ops/big.bin', Body: bytes }));
  expect((await notification()).s3.object).toMatchObject({ key: 'share/ops/big.bin', size: bytes.length });
  const { Body } = await emulator.s3.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'share/ops/big.bin' }));
  expect(bytes.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
});

test('notifies of a multipart upload once, when it is complete', async () => {
  const at = { Bucket: 'uploads', Key: 'share/ops/parts.bin' };
  const { UploadId } = await emulator.s3.send(new CreateMultipartUploadCommand(at));
  const Parts = [];
  for (const PartNumber of [1, 2]) {
    const Body = Buffer.alloc(5 * 1024 * 1024, PartNumber);
    const { ETag } = await emulator.s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await emulator.s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  const { eventName, s3 } = await notification();
  expect(eventName).toBe('ObjectCreated:CompleteMultipartUpload');
  expect(s3.object).toMatchObject({
    key: at.Key,
    size: 10 * 1024 * 1024,
    eTag: expect.stringMatching(/^[0-9a-f]{32}-2$/),
  });
});

test('notifies of a copy', async () => {
  await emulator.s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: KEY, Body: 'x' }));
  const first = await notification();
  const CopySource = `uploads/${encodeURIComponent(KEY)}`;
  await emulator.s3.send(new CopyObjectCommand({ Bucket: 'uploads', Key: 'share/ops/copy 2.pdf', CopySource }));
  const { eventName, s3 } = await notification();
  expect([eventName, s3.object.key]).toEqual(['ObjectCreated:Copy', 'share/ops/copy+2.pdf']);
  expect(s3.object.sequencer > first.s3.object.sequencer).toBe(true);
});

test('notifies of a form upload', async () => {
  const form = new FormData();
  form.set('key', `share/ops/\${filename}`);
  form.set('file', new File(['form'], '表 1.txt'));
  const { status } = await fetch(`${emulator.url}/uploads`, { method: 'POST', body: form });
  expect(status).toBe(204);
  const { eventName, s3 } = await notification();
  expect([eventName, s3.object.key, s3.object.size]).toEqual(['ObjectCreated:Post', 'share/ops/%E8%A1%A8+1.txt', 4]);
});

test.each([
  ['as curl -T does', undefined],
  ['as curl --data-binary does', 'application/x-www-form-urlencoded'],
  ['as JSON', 'application/json'],
])('takes an unsigned upload %s', async (_, type) => {
  const headers = type === undefined ? {} : { 'content-type': type };
  const body = Buffer.from('{"a":"b&c=%20"}');
  const url = `${emulator.url}/uploads/share/ops/${type?.length ?? 0}.txt`;
  const { status } = await fetch(url, { method: 'PUT', headers, body });
  expect(status).toBe(200);
  expect((await notification()).s3.object.size).toBe(body.length);
  expect(await (await fetch(url)).text()).toBe(body.toString());
});

test('keeps quiet about what makes no object', async () => {
  const before = emulator.uploads.length;
  await emulator.s3.send(new CreateBucketCommand({ Bucket: 'other' }));
  await emulator.s3.send(new DeleteObjectCommand({ Bucket: 'uploads', Key: KEY }));
  await fetch(`${emulator.url}/nowhere/file.txt`, { method: 'PUT', body: 'x' });
  await emulator.s3.send(new PutObjectCommand({ Bucket: 'other', Key: 'last', Body: 'x' }));
  await expect.poll(() => emulator.uploads.slice(before).map(({ bucket }) => bucket)).toEqual(['other']);
  expect(await emulator.receive(queueUrl, 0)).toEqual([]);
});

test('encodes keys as S3 does', () => {
  expect(notificationKey("a/b c+d&e=f?g#h(1)!'*~-_.报")).toBe('a/b+c%2Bd%26e%3Df%3Fg%23h%281%29%21%27*%7E-_.%E6%8A%A5');
});
