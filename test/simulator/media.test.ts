import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { parseMultipart } from '../../simulator/gateway/multipart.ts';
import { desk } from './desk.ts';

const here = desk();
const MIB = 1024 * 1024;

test('an uploaded file comes back byte for byte, under its Chinese name', async () => {
  const bytes = new Uint8Array(randomBytes(300_000));
  const { body } = await here.upload('file', '十一月 账单"1".pdf', bytes);
  expect(body).toMatchObject({
    errcode: 0,
    type: 'file',
    media_id: expect.stringMatching(/^@lAj/),
    created_at: expect.any(Number),
  });
  const sent = await here.group('sampleFile', { mediaId: body.media_id, fileName: '账单.pdf', fileType: 'pdf' });
  expect(sent.status).toBe(200);
  const [message] = await here.sim('GET', '/messages');
  expect(message).toMatchObject({
    msgtype: 'file',
    text: '账单.pdf',
    file: { mediaId: body.media_id, fileName: '账单.pdf', fileType: 'pdf', size: 300_000 },
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  for (const id of [body.media_id, encodeURIComponent(body.media_id)]) {
    const file = await fetch(`${here.url}/_sim/files/${id}`);
    expect(
      createHash('sha256')
        .update(Buffer.from(await file.arrayBuffer()))
        .digest('hex'),
    ).toBe(sha256);
    expect(file.headers.get('content-disposition')).toContain("filename*=UTF-8''%E5%8D%81%E4%B8%80%E6%9C%88%20");
  }
  expect(await here.sim('GET', '/files')).toMatchObject([
    { fileName: '十一月 账单"1".pdf', size: 300_000, sha256, type: 'file' },
  ]);
});

test('type may stand in the form, and an image serves as photoURL', async () => {
  const form = new FormData();
  form.append('type', 'image');
  form.append('media', new Blob(['png']), 'a.png');
  const { body } = await here.old('POST', '/media/upload', form);
  expect(body.media_id).toMatch(/^@lAD/);
  expect((await here.group('sampleImageMsg', { photoURL: body.media_id })).status).toBe(200);
  expect((await here.sim('GET', '/messages'))[0].file).toMatchObject({ fileName: 'a.png' });
});

test.each([
  ['music', 'a.mp3', 1, 40004],
  ['file', 'a.html', 1, 40005],
  ['image', 'a.webp', 1, 40005],
  ['voice', 'a.flac', 1, 40005],
  ['file', 'a.pdf', 0, 44001],
  ['file', 'a.pdf', 20 * MIB + 1, 40006],
  ['voice', 'a.amr', 2 * MIB + 1, 40006],
  ['file', 'a.md', 20 * MIB, 0],
  ['video', 'a.mp4', 10, 0],
])('type=%s %s of %i bytes gives %i', async (type, name, size, errcode) => {
  expect((await here.upload(type, name, new Uint8Array(size))).body.errcode).toBe(errcode);
});

test('refuses a body that is not multipart, or has no part called media', async () => {
  expect((await here.old('POST', '/media/upload?type=file', { media: 'x' })).body.errcode).toBe(43008);
  const form = new FormData();
  form.append('file', new Blob(['x']), 'a.pdf');
  expect((await here.old('POST', '/media/upload?type=file', form)).body.errcode).toBe(41005);
});

test('refuses a chunked body', async () => {
  const path = `/media/upload?type=file&access_token=${await here.token()}`;
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b', 'transfer-encoding': 'chunked' };
    const call = request(here.url + path, { method: 'POST', headers }, (response) => resolve(response.statusCode));
    call.on('error', reject);
    call.end('--b\r\nContent-Disposition: form-data; name="media"; filename="a.pdf"\r\n\r\nx\r\n--b--\r\n');
  });
  expect(status).toBe(411);
});

test('a work notification refers to at most 10 MB, and shows the name of the upload', async () => {
  const notify = async (media_id: string) =>
    (
      await here.old('POST', '/topapi/message/corpconversation/asyncsend_v2', {
        agent_id: 1000001,
        userid_list: 'lisi',
        msg: { msgtype: 'file', file: { media_id } },
      })
    ).body.errcode;
  const small = await here.upload('file', '小.zip', new Uint8Array(10));
  expect(await notify(small.body.media_id)).toBe(0);
  expect((await here.sim('GET', '/messages?conversation=lisi'))[0]).toMatchObject({
    text: '小.zip',
    file: { fileType: 'zip' },
  });
  const large = await here.upload('file', 'l.zip', new Uint8Array(10_000_001));
  expect(await notify(large.body.media_id)).toBe(40006);
});

test('reads multipart of several parts, a quoted boundary and data that looks like one', () => {
  const body = Buffer.from(
    '--a b\r\nContent-Disposition: form-data; name="type"\r\n\r\nfile\r\n' +
      '--a b\r\nContent-Disposition:form-data;name="media";filename="a.bin"\r\nContent-Type:x/y\r\n\r\n--a\r\n\r\n\r\n--a b--\r\n',
  );
  const parts = parseMultipart('multipart/form-data; boundary="a b"', body);
  expect(parts?.map(({ name, fileName, contentType, data }) => [name, fileName, contentType, data.toString()])).toEqual(
    [
      ['type', undefined, undefined, 'file'],
      ['media', 'a.bin', 'x/y', '--a\r\n\r\n'],
    ],
  );
  expect(parseMultipart('multipart/form-data', body)).toBeUndefined();
});
