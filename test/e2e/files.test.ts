import { randomBytes } from 'node:crypto';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { uploadEvent } from '../../local/triggers/upload-event.ts';
import { filesClient, sha256 } from '../support/files.ts';

const { send, sim, sqs, put, finished, fileMessages, messagesIn, callsTo, urls, request } = await filesClient();

test('a 15 MB PDF with a Chinese name and a plus reaches the group, byte for byte', async () => {
  const name = '季度报告 2026+最终版 (1).pdf';
  const bytes = randomBytes(15_000_000);
  await put(`share/project/${name}`, bytes);
  await expect.poll(async () => (await fileMessages(name)).length).toBe(1);
  const [{ file }] = await fileMessages(name);
  const stored = await fetch(`${urls.simulator}/_sim/files/${encodeURIComponent(file.mediaId)}`);
  expect(sha256(new Uint8Array(await stored.arrayBuffer()))).toBe(sha256(bytes));
  expect(decodeURIComponent(stored.headers.get('content-disposition') ?? '')).toContain(name);
});

test('the same notification three times is one message', async () => {
  const key = 'share/project/three times.bin';
  const { ETag } = await put(key, Buffer.from('once'));
  const share = await finished(key);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'dingdock-local-uploads' }));
  const event = uploadEvent(
    {
      bucket: 'uploads',
      key,
      event: 'ObjectCreated:Put',
      region: 'us-east-1',
      size: 4,
      eTag: (ETag ?? '').replaceAll('"', ''),
      sourceIp: '127.0.0.1',
      requestId: 'repeat',
    },
    new Date(),
  );
  const before = (await fileMessages('three times.bin')).length;
  for (let n = 0; n < 3; n += 1)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
  // The repeats carry one sequencer of their own: together they are one more upload of the same bytes.
  await expect.poll(async () => (await fileMessages('three times.bin')).length).toBe(before + 1);
  await expect
    .poll(async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }))).Messages ?? [])
    .toEqual([]);
  expect((await fileMessages('three times.bin')).length).toBe(before + 1);
  expect(share.status).toBe('shared');
});

test('an image is shown as an image', async () => {
  const images = async () =>
    (await messagesIn('cidProject=')).filter(({ msgtype }: { msgtype: string }) => msgtype === 'image').length;
  const before = await images();
  await put('share/project/图.png', randomBytes(2_000));
  expect(await finished('share/project/图.png')).toMatchObject({ status: 'shared', targets: [{ way: 'image' }] });
  await expect.poll(images).toBe(before + 1);
});

test('where no file can go, a card carries a link that downloads the same bytes under the same name', async () => {
  const bytes = randomBytes(50_000);
  await put('share/ops/合同 v2+签字.docx', bytes);
  expect(await finished('share/ops/合同 v2+签字.docx')).toMatchObject({
    status: 'shared',
    targets: [{ way: 'link-card', code: 'robot_carries_no_files' }],
  });
  const card = async () =>
    (await messagesIn('cidOps=')).find(({ title }: { title?: string }) => title === '合同 v2+签字.docx');
  await expect.poll(card).toBeTruthy();
  const opened = await request('GET', (await card()).content.singleURL);
  expect(opened.status).toBe(302);
  const download = await fetch(opened.headers.get('location') ?? '');
  expect(decodeURIComponent(download.headers.get('content-disposition') ?? '')).toContain('合同 v2+签字.docx');
  expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(sha256(bytes));
});

test('an unknown link is a friendly page', async () => {
  const { status, text } = await request('GET', `${urls.api}/f/unknown`);
  expect(status).toBe(404);
  expect(text).toContain('没有这个链接');
});

test.each([
  ['lost.txt', 'no_destination_in_key'],
  ['share/nowhere/a.txt', 'unknown_destination'],
  ['share/project/folder/', 'folder_not_file'],
])('%s leaves a record that says why, and nothing crashes', async (key, code) => {
  await put(key, Buffer.from('x'));
  expect(await finished(key)).toMatchObject({ status: 'refused', code, reason: expect.stringContaining('"') });
});

test('a name that is too long, hides its ending or breaks lines is mended, and its bytes are not', async () => {
  const bytes = randomBytes(1_000);
  const key = `share/project/\u202e${'长'.repeat(120)}\r\n"x".pdf`;
  await put(key, bytes);
  const { fileName, status } = await finished(key);
  expect(status).toBe('shared');
  expect(fileName).toMatch(/^长+\.pdf$/);
  expect(Buffer.byteLength(fileName)).toBeLessThanOrEqual(255);
  await expect.poll(async () => (await fileMessages(fileName)).length).toBe(1);
});

test('an empty file is refused with its reason', async () => {
  await put('share/project/empty.txt', Buffer.alloc(0));
  expect(await finished('share/project/empty.txt')).toMatchObject({ status: 'refused', code: 'empty_file' });
});

test('a type that DingTalk does not take goes in a zip, once', async () => {
  const page = Buffer.from('<p>一页</p>');
  await put('share/project/页.html', page);
  expect(await finished('share/project/页.html')).toMatchObject({
    status: 'shared',
    targets: [{ way: 'zip', code: '40005' }],
  });
  await expect.poll(async () => (await fileMessages('页.html.zip')).length).toBe(1);
  const [{ file }] = await fileMessages('页.html.zip');
  const stored = await fetch(`${urls.simulator}/_sim/files/${encodeURIComponent(file.mediaId)}`);
  const inside = unzipSync(new Uint8Array(await stored.arrayBuffer()));
  expect(Object.keys(inside)).toEqual(['页.html']);
  expect(Buffer.from(inside['页.html'] ?? [])).toEqual(page);
});

test('an upload that DingTalk fails once is uploaded again and sent once', async () => {
  await sim('POST', '/faults', { path: '/media/upload', fault: { status: 500 }, times: 1 });
  await put('share/project/again.txt', Buffer.from('again'));
  expect(await finished('share/project/again.txt')).toMatchObject({ status: 'shared', targets: [{ way: 'file' }] });
  await expect.poll(async () => (await fileMessages('again.txt')).length).toBe(1);
  expect((await callsTo('/media/upload')).length).toBeGreaterThan(1);
});

test('a file whose sending went unanswered is sent again, and flagged where it may be there twice', async () => {
  const fault = { status: 500, code: 'system.error', message: '系统错误' };
  await sim('POST', '/faults', { path: '/v1.0/robot/groupMessages/send', fault, times: 1 });
  await put('share/project/unanswered.txt', Buffer.from('twice?'));
  expect(await finished('share/project/unanswered.txt')).toMatchObject({
    status: 'shared',
    targets: [{ way: 'file', possibleDuplicate: true }],
  });
  await put('share/project/answered.txt', Buffer.from('once'));
  expect((await finished('share/project/answered.txt')).targets[0]).not.toHaveProperty('possibleDuplicate');
});

test('an empty file that plain curl puts is taken by the bucket, and refused with its reason', async () => {
  const url = `${urls.aws}/uploads/share/project/curl-empty.txt`;
  expect((await fetch(url, { method: 'PUT' })).status).toBe(200);
  expect(await finished('share/project/curl-empty.txt')).toMatchObject({ status: 'refused', code: 'empty_file' });
});

test('a message carries an object of the bucket: uploaded once, whoever gets it, and told when it is not there', async () => {
  const bytes = randomBytes(3_000);
  await put('media/图表.png', bytes);
  const uploads = async () =>
    (await callsTo('/media/upload')).filter(({ code }: { code: string }) => code === 'ok').length;
  const before = await uploads();
  const image = { mediaId: 's3:media/图表.png' };
  const { body } = await send({ to: ['project', 'zhangsan'], image });
  expect(body.status).toBe('sent');
  expect((await uploads()) - before).toBe(1);
  const { content } = (await messagesIn('zhangsan')).findLast(
    ({ msgtype }: { msgtype: string }) => msgtype === 'image',
  );
  const stored = await fetch(`${urls.simulator}/_sim/files/${encodeURIComponent(content.photoURL)}`);
  expect(sha256(new Uint8Array(await stored.arrayBuffer()))).toBe(sha256(bytes));
  const file = { mediaId: 's3:media/there.pdf', fileName: 'there.pdf' };
  const missing = await send({ to: 'project', file });
  expect(missing.body).toMatchObject({ status: 'failed', deliveries: [{ attempts: [{ code: 'object_gone' }] }] });
});
