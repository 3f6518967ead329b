import { expect, test } from 'vitest';
import { mediaFileName } from '../../../lib/dingtalk/media.ts';
import fc from '../../support/property.ts';
import { clientAgainst } from './client-against.ts';

const FILE = { type: 'file', fileName: '季度报告 2026.pdf', body: new Uint8Array([0, 13, 10, 45, 45, 255]) } as const;
const answer = (fields: object) => ({ body: { errcode: 0, errmsg: 'ok', ...fields } });

test('frames one part named media, with its exact length and the name as it is', async () => {
  const { dingtalk, calls } = await clientAgainst(answer({ type: 'file', media_id: '@lAjPM2+x$#', created_at: 1 }));
  expect(await dingtalk.media.upload(FILE)).toEqual({ mediaId: '@lAjPM2+x$#' });
  const { path, query, headers, bytes } = calls[0]!;
  expect({ path, query }).toEqual({ path: '/media/upload', query: { access_token: 'the-token', type: 'file' } });
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1];
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="季度报告 2026.pdf"\r\n`;
  const type = 'Content-Type: application/octet-stream\r\n\r\n';
  const expected = Buffer.concat([Buffer.from(head + type), FILE.body, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  expect(bytes.equals(expected)).toBe(true);
  expect(headers['content-length']).toBe(String(expected.length));
  expect(headers['transfer-encoding']).toBeUndefined();
});

test('can be read by another implementation of multipart', async () => {
  const { dingtalk, calls } = await clientAgainst(answer({ media_id: '@l' }));
  await dingtalk.media.upload({ ...FILE, body: new Uint8Array(300_000).fill(9) });
  const { headers, bytes } = calls[0]!;
  const form = await new Response(bytes, { headers: { 'content-type': headers['content-type'] ?? '' } }).formData();
  const part = form.get('media') as File;
  expect([part.name, part.size]).toEqual(['季度报告 2026.pdf', 300_000]);
});

test.each([{ media_id: '@l1' }, { mediaId: '@l1' }, { result: { media_id: '@l1' } }])(
  'finds the id in %j',
  async (fields) => {
    const { dingtalk } = await clientAgainst(answer(fields));
    expect(await dingtalk.media.upload(FILE)).toEqual({ mediaId: '@l1' });
  },
);

test('tries again, since an upload twice does no harm', async () => {
  const { dingtalk, calls } = await clientAgainst((_, count) => (count < 3 ? 'cut' : answer({ media_id: '@l1' })));
  expect(await dingtalk.media.upload(FILE)).toEqual({ mediaId: '@l1' });
  expect(calls.map(({ bytes }) => bytes.length)).toEqual(Array(3).fill(calls[0]?.bytes.length));
});

test.each([
  ['报告.pdf', '报告.pdf'],
  ['a"b\\c/d\r\n.txt', 'a_b_c_d.txt'],
  ['../../etc/passwd', '.._.._etc_passwd'],
  ['\u202Efdp.exe\u200F', 'fdp.exe'],
  ['', 'file'],
  ['\r\n"/', '__'],
  [`${'长'.repeat(300)}.xlsx`, `${'长'.repeat(250)}.xlsx`],
  ['.gitignore', '.gitignore'],
])('uploads %j as %j', (name, clean) => {
  expect(mediaFileName(name)).toBe(clean);
});

test('any name becomes one that fits between quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      const clean = mediaFileName(name);
      expect(clean).not.toMatch(/[\p{Cc}"\\/]/u);
      expect(clean.length).toBeGreaterThan(0);
      expect(clean.length).toBeLessThanOrEqual(255);
      expect(clean.isWellFormed()).toBe(true);
    }),
  );
});
