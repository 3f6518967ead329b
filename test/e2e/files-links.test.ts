import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesClient, sha256 } from '../support/files.ts';
import { robotOf } from '../support/robot.ts';

const client = await filesClient();
const { api, messagesIn, put, finished, request, urls } = client;
const folder = mkdtempSync(join(tmpdir(), 'dingdock-links-'));
beforeAll(() => robotOf(client, 'linked', 60_000));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cardFor = async (title: string) => {
  const find = async () =>
    (await messagesIn('cidlinked=')).find((message: { title?: string }) => message.title === title);
  await expect.poll(find).toBeTruthy();
  return find();
};

test('a 25 MB file for a custom robot is a card whose link curl opens, under its Chinese name, until it is revoked', async () => {
  const name = '年度报告 2026+附件.zip';
  const bytes = randomBytes(25_000_000);
  await put(`share/linked/${name}`, bytes);
  const share = await finished(`share/linked/${name}`);
  expect(share).toMatchObject({ status: 'shared', targets: [{ way: 'link-card', code: 'over_media_limit' }] });
  const { content } = await cardFor(name);
  const url: string = content.singleURL;
  expect(share.link.url).toBe(url);
  expect(url.length).toBeLessThanOrEqual(500);
  // 128 bits and more, in an alphabet of 64
  expect(url.slice(`${urls.api}/f/`.length)).toMatch(/^[\w-]{22,}$/);

  const [file, headers] = [join(folder, 'file'), join(folder, 'headers')];
  await promisify(execFile)('curl', ['-sSfL', '-o', file, '-D', headers, url]);
  expect(sha256(readFileSync(file))).toBe(sha256(bytes));
  const disposition = /^content-disposition: .*filename\*=UTF-8''(\S+)/im.exec(readFileSync(headers, 'utf8'))?.[1];
  expect(decodeURIComponent(disposition ?? '')).toBe(name);

  expect((await api('DELETE', `/shares/${share.id}/link`)).status).toBe(204);
  const revoked = await request('GET', url);
  expect(revoked.status).toBe(410);
  expect(revoked.text).toContain('链接已撤销');
  expect((await api('GET', `/shares/${share.id}`)).body.link).toMatchObject({
    views: 1,
    revokedAt: expect.any(String),
  });
});

test('a link that may be opened once is used up after that', async () => {
  await put('share/linked/once.pdf', Buffer.from('once'), { Metadata: { 'link-views': '1', 'link-days': '2' } });
  const { link, createdAt } = await finished('share/linked/once.pdf');
  expect(Date.parse(link.expiresAt) - Date.parse(createdAt)).toBe(2 * 24 * 3_600_000);
  const opened = await Promise.all([1, 2, 3].map(() => request('GET', link.url)));
  expect(opened.map(({ status }) => status).sort()).toEqual([302, 410, 410]);
  expect(opened.find(({ status }) => status === 410)?.text).toContain('链接已用完');
});

test('only a share with a link has one to revoke', async () => {
  await put('share/project/nothing.txt', Buffer.alloc(0));
  const { id } = await finished('share/project/nothing.txt');
  expect((await api('DELETE', `/shares/${id}/link`)).body).toMatchObject({ status: 404, code: 'no_link' });
  expect((await api('DELETE', '/shares/s_nothing/link')).body).toMatchObject({ status: 404, code: 'unknown_share' });
});

test('a picture for a custom robot is shown in the message, from DingTalk, with the link below it', async () => {
  const bytes = randomBytes(3_000);
  await put('share/linked/图表.png', bytes, { Metadata: { caption: '%E7%9C%8B%E4%B8%80%E4%B8%8B', mention: 'lisi' } });
  expect(await finished('share/linked/图表.png')).toMatchObject({
    targets: [{ way: 'picture' }],
    sha256: sha256(bytes),
  });
  const message = await cardFor('图表.png');
  expect(message.text).toMatch(/^!\[图表\.png\]\(@\w+.*\)\n\n看一下\n\n\[图表\.png\]\(http.*\/f\/[\w-]+\)\n\n@lisi$/);
});
