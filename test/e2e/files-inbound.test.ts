import { randomBytes } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { filesClient, sha256 } from '../support/files.ts';

const { api, sim, act, s3, busEvents, messagesIn } = await filesClient();
const say = (name: string, bytes: Uint8Array, more: object = {}) =>
  act('/say', { from: 'zhangsan', file: { name, base64: Buffer.from(bytes).toString('base64') }, ...more });
const told = (name: string) =>
  busEvents().filter(({ detail }) => detail.type.startsWith('file.') && detail.raw.includes(name));
const arrived = async (name: string) => {
  await expect.poll(() => told(name).length).toBeGreaterThan(0);
  return told(name);
};
const objectOf = async (Key: string) => {
  const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: 'uploads', Key }));
  return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), ContentType };
};
/** The day of its key: of when it came, since midnight may come by meanwhile. */
const dayOf = ({ detail }: { detail: { occurredAt: string } }) => detail.occurredAt.slice(0, 10);

test('a 12 MB file that somebody sends to the robot is in the inbox, byte for byte, and told of once', async () => {
  const bytes = randomBytes(12_000_000);
  expect((await say('合同 最终.pdf', bytes)).body.delivered).toBe(true);
  const events = await arrived('合同 最终.pdf');
  const key = `inbox/cid1to1zhangsan=/${dayOf(events[0])}/合同 最终.pdf`;
  expect(events).toHaveLength(1);
  expect(events[0].detail.data).toMatchObject({
    key,
    size: 12_000_000,
    sha256: sha256(bytes),
    contentType: 'application/pdf',
    kind: 'file',
    sender: { userId: 'zhangsan' },
    conversation: { group: false },
  });
  const stored = await objectOf(key);
  expect(sha256(stored.bytes)).toBe(sha256(bytes));
  expect(stored.ContentType).toBe('application/pdf');
});

test('two files of one name are two objects', async () => {
  await say('同名.txt', Buffer.from('first'));
  await arrived('同名.txt');
  await say('同名.txt', Buffer.from('second'));
  await expect.poll(() => told('同名').length).toBe(2);
  const Prefix = 'inbox/cid1to1zhangsan=/';
  const { Contents: all = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'uploads', Prefix }));
  const Contents = all.filter(({ Key }) => Key?.includes('/同名'));
  const texts = await Promise.all(
    Contents.map(async ({ Key = '' }) => Buffer.from((await objectOf(Key)).bytes).toString()),
  );
  expect(texts.sort()).toEqual(['first', 'second']);
});

test('a picture has no name: its first bytes give it its ending', async () => {
  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(2000)]);
  await say('whatever', png, { picture: true });
  const [event] = await arrived('picture.png');
  expect(event.detail.data).toMatchObject({ kind: 'picture', contentType: 'image/png', sha256: sha256(png) });
});

test('a voice and a video that somebody sends land in the inbox, each with its kind and ending', async () => {
  const [voice, video] = [Buffer.concat([Buffer.from('#!AMR\n'), randomBytes(900)]), randomBytes(3000)];
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  await act('/say', { from: 'wangwu', audio: { base64: base64(voice), recognition: '你好' } });
  await act('/say', { from: 'wangwu', video: { base64: base64(video), name: 'v.mp4' } });
  const [audioEvent] = await arrived('audio.amr');
  const [videoEvent] = await arrived('video.mp4');
  for (const [event, kind, contentType, bytes] of [
    [audioEvent, 'audio', 'audio/amr', voice],
    [videoEvent, 'video', 'video/mp4', video],
  ] as const) {
    expect(event.detail.data).toMatchObject({ kind, contentType, size: bytes.length, sha256: sha256(bytes) });
    expect(event.detail.data.key.startsWith(`inbox/cid1to1wangwu=/${dayOf(event)}/`)).toBe(true);
    expect(sha256((await objectOf(event.detail.data.key)).bytes)).toBe(sha256(bytes));
  }
});

test('the pictures of a rich text, and a file that is quoted in a group, land in the inbox', async () => {
  const gif = Buffer.concat([Buffer.from('GIF89a'), randomBytes(700)]);
  const bmp = Buffer.concat([Buffer.from('BM'), randomBytes(800)]);
  const pictures = [gif, bmp].map((bytes) => ({ picture: { base64: bytes.toString('base64') } }));
  await act('/say', { from: 'wangwu', conversation: 'cidOps=', richText: [{ text: '两张图' }, ...pictures] });
  for (const [name, bytes] of [
    ['picture.gif', gif],
    ['picture.bmp', bmp],
  ] as const) {
    const [event] = await arrived(name);
    expect(event.detail.data).toMatchObject({ kind: 'picture', sha256: sha256(bytes), conversation: { group: true } });
    expect(sha256((await objectOf(event.detail.data.key)).bytes)).toBe(sha256(bytes));
  }
  const { body } = await say('群里的.txt', Buffer.from('quoted'), { conversation: 'cidOps=' });
  expect(body.pushed).toBe(false);
  await act('/say', { from: 'lisi', conversation: 'cidOps=', text: '存档', quote: body.messageId });
  const [event] = await arrived('群里的.txt');
  expect(Buffer.from((await objectOf(event.detail.data.key)).bytes).toString()).toBe('quoted');
});

test.each(['http://169.254.169.254/latest/meta-data/x.pdf', 'http://127.0.0.1:1/x.pdf'])(
  'an address such as %s is refused and reported',
  async (downloadUrl) => {
    const name = `private-${new URL(downloadUrl).port || 80}.pdf`;
    await sim('POST', '/faults', {
      path: '/v1.0/robot/messageFiles/download',
      fault: { status: 200, body: { downloadUrl } },
      times: 1,
    });
    await say(name, Buffer.from('x'));
    const events = await arrived(name);
    expect(events).toHaveLength(1);
    expect(events[0].detail).toMatchObject({ type: 'file.refused', data: { code: 'private_address' } });
  },
);

test('that the sender cannot be told keeps a refused file from nobody else, and is on record', async () => {
  const expired = { code: 'invalidParameter.robotCode.downloadCode', message: 'expired', status: 400 };
  await sim('POST', '/faults', { path: '/v1.0/robot/messageFiles/download', fault: expired, times: 1 });
  const moderated = { errcode: 430102, errmsg: 'not allowed' };
  await sim('POST', '/faults', { path: '/robot/sendBySession', fault: { status: 200, body: moderated }, times: 1 });
  await say('没有回答.pdf', Buffer.from('x'));
  const [event] = await arrived('没有回答.pdf');
  expect(event.detail).toMatchObject({ type: 'file.refused', data: { code: expired.code } });
  const failed = async () => (await api('GET', '/messages?status=failed')).body.messages;
  await expect.poll(failed).toMatchObject([{ deliveries: [{ attempts: [{ code: '430102' }] }] }]);
});

test('a code that has expired is answered by asking for the file again', async () => {
  const fault = { code: 'invalidParameter.robotCode.downloadCode', message: 'expired', status: 400 };
  await sim('POST', '/faults', { path: '/v1.0/robot/messageFiles/download', fault, times: 1 });
  await say('晚了.pdf', Buffer.from('x'));
  const asked = async () =>
    (await messagesIn('zhangsan')).some(({ text }: { text?: string }) =>
      text?.includes('文件“晚了.pdf”已过期，请重新发送'),
    );
  await expect.poll(asked).toBe(true);
  const [event] = await arrived('晚了.pdf');
  expect(event.detail).toMatchObject({ type: 'file.refused', data: { code: fault.code } });
});
