import { randomBytes } from 'node:crypto';
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { filesClient, sha256 } from '../support/files.ts';

const { api, sim, s3, put, finished, fileMessages, storedSha256, callsTo, messagesIn } = await filesClient();

test('a 60 MB file goes through the drive into the group, byte for byte, and once', async () => {
  const name = '录像 2026.mov';
  const bytes = randomBytes(60_000_000);
  await put(`share/project/${name}`, bytes);
  const share = await finished(`share/project/${name}`);
  expect(share).toMatchObject({
    status: 'shared',
    sha256: sha256(bytes),
    targets: [{ way: 'drive', code: 'over_media_limit', drive: { spaceId: expect.any(String) } }],
  });
  const [{ file }, ...more] = await fileMessages(name);
  expect(more).toEqual([]);
  expect(await storedSha256(file.dentryId)).toBe(sha256(bytes));
  expect(await callsTo('/v1.0/convFile/conversations/files/send')).toHaveLength(1);
});

test('a large file for people comes from the app, and their words follow', async () => {
  const bytes = Buffer.alloc(21 * 1024 * 1024, 1);
  await put('share/zhangsan/large.bin', bytes, { Metadata: { caption: 'have a look' } });
  expect(await finished('share/zhangsan/large.bin')).toMatchObject({ targets: [{ way: 'drive' }] });
  const [{ file }] = await fileMessages('large.bin', 'zhangsan');
  expect(await storedSha256(file.dentryId)).toBe(sha256(bytes));
  const words = async () =>
    (await messagesIn('zhangsan')).some(({ text }: { text?: string }) => text === 'have a look');
  await expect.poll(words).toBe(true);
});

test('where the drive refuses, a card with a link comes instead, and the record says why', async () => {
  const fault = { code: 'orgQuotaInsufficient', message: 'full', status: 400 };
  await sim('POST', '/faults', { path: '/v2.0/storage/*', fault, times: 1 });
  await put('share/project/full.bin', Buffer.alloc(21 * 1024 * 1024));
  const share = await finished('share/project/full.bin');
  expect(share).toMatchObject({
    status: 'shared',
    targets: [{ way: 'link-card', code: 'orgQuotaInsufficient', reason: 'full' }],
    link: { url: expect.stringContaining('/f/') },
  });
  await expect.poll(() => cardWith(share.link.url)).toBeDefined();
});

const cardWith = async (url: string) =>
  (await messagesIn('cidProject=')).find((message: object) => JSON.stringify(message).includes(url));

test('where the conversation refuses the file that DingTalk took, a card with its link comes instead', async () => {
  const fault = { code: 'invalidParameter.msgParam.invalid', message: 'no such media', status: 400 };
  await sim('POST', '/faults', { path: '/v1.0/robot/groupMessages/send', fault, times: 1 });
  await put('share/project/turned down.pdf', Buffer.from('%PDF'));
  const share = await finished('share/project/turned down.pdf');
  expect(share).toMatchObject({ status: 'shared', targets: [{ way: 'file' }], link: { url: expect.any(String) } });
  await expect.poll(() => cardWith(share.link.url)).toBeDefined();
  expect((await api('GET', share.targets[0].links.messages[0])).body).toMatchObject({
    status: 'sent',
    deliveries: [{ destination: 'project', attempts: [{ outcome: 'refused' }, { outcome: 'sent' }] }],
  });
});

test('a put that the object store breaks off begins anew with a fresh address', async () => {
  await sim('POST', '/faults', { path: '/_sim/oss/*', fault: { status: 403 }, times: 1 });
  const bytes = randomBytes(21 * 1024 * 1024);
  await put('share/project/anew.bin', bytes);
  expect(await finished('share/project/anew.bin')).toMatchObject({ targets: [{ way: 'drive' }] });
  const [{ file }] = await fileMessages('anew.bin');
  expect(await storedSha256(file.dentryId)).toBe(sha256(bytes));
});

test('a work notification takes 10 MB, and a card with a short link above that', async () => {
  await put('share/notice/ten.pdf', Buffer.alloc(10_000_000));
  expect(await finished('share/notice/ten.pdf')).toMatchObject({ targets: [{ way: 'file' }] });
  await put('share/notice/more.pdf', Buffer.alloc(10_000_001));
  expect(await finished('share/notice/more.pdf')).toMatchObject({
    targets: [{ way: 'link-card', code: 'over_notice_limit' }],
  });
});

test('POST /files gives an address for one file of that size and type; what is put there is shared', async () => {
  const bytes = randomBytes(2_000);
  const body = { to: 'project', fileName: '合同.pdf', size: 2_000, contentType: 'application/pdf' };
  const asked = await api('POST', '/files', body, { 'idempotency-key': 'contract' });
  expect(asked.status).toBe(201);
  const { id, upload, links } = asked.body;
  expect(new URL(upload.url).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
  expect(upload).toMatchObject({
    method: 'PUT',
    headers: { 'content-length': '2000', 'content-type': 'application/pdf' },
  });
  expect((await api('GET', links.self)).body).toMatchObject({ id, status: 'awaiting', fileName: '合同.pdf' });
  expect((await api('POST', '/files', body, { 'idempotency-key': 'contract' })).body.id).toBe(id);
  const reused = await api('POST', '/files', { ...body, size: 3 }, { 'idempotency-key': 'contract' });
  expect(reused.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });

  const sent = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: bytes });
  expect(sent.status).toBe(200);
  await expect.poll(async () => (await api('GET', links.self)).body.status).toBe('shared');
  const share = (await api('GET', links.self)).body;
  expect(share).toMatchObject({
    sha256: sha256(bytes),
    attempts: [{ at: expect.any(String) }],
    targets: [{ way: 'file' }],
  });
  const [message] = share.targets[0].links.messages;
  expect((await api('GET', message)).status).toBe(200);
});

test('POST /files says all that is wrong at once', async () => {
  const { status, body } = await api('POST', '/files', { to: 'nobody', fileName: '\u202e', size: 0, color: 'red' });
  expect(status).toBe(422);
  expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['color', 'fileName', 'size', 'to']);
});

test('an object below the prefix of uploads that nobody asked for is refused', async () => {
  await put('upload/s_stranger/a.pdf', Buffer.from('x'));
  expect(await finished('upload/s_stranger/a.pdf')).toMatchObject({ status: 'refused', code: 'unknown_upload' });
});

test('an object that was uploaded in parts is shared as one', async () => {
  const Key = 'share/project/parts.bin';
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'uploads', Key }));
  const bodies = [randomBytes(5 * 1024 * 1024), randomBytes(1000)];
  const Parts = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket: 'uploads', Key, UploadId, PartNumber, Body }));
    Parts.push({ ETag, PartNumber });
  }
  const done = { Bucket: 'uploads', Key, UploadId, MultipartUpload: { Parts } };
  await s3.send(new CompleteMultipartUploadCommand(done));
  expect(await finished(Key)).toMatchObject({ status: 'shared', sha256: sha256(Buffer.concat(bodies)) });
});
