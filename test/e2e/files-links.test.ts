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
const { api, sim, messagesIn, put, finished, request, urls } = client;
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

/** One destination of each kind, and where its messages are seen. */
const PLACES = {
  table: 'cidtable=',
  project: 'cidProject=',
  zhangsan: 'zhangsan',
  notice: 'lisi',
  chat: 'cidProject=',
};
const NAMES = Object.keys(PLACES);

beforeAll(async () => {
  await robotOf(client, 'table', 60_000);
  const registered = await api('PUT', '/destinations/chat', { kind: 'conversation', chatId: 'chatProject' });
  expect(registered.status).toBe(200);
});

const ways = (share: { targets: { destination: string; way: string }[] }) =>
  Object.fromEntries(share.targets.map(({ destination, way }) => [destination, way]));
const holding = async (conversation: string, name: string) =>
  (await messagesIn(conversation)).filter((message: object) => JSON.stringify(message).includes(name));

/** files.md §9, column by column: every kind of destination gets each of these at once. */
test.each([
  ['rows-image.png', 3_000, ['picture', 'image', 'image', 'image', 'image']],
  ['rows-document.docx', 3_000, ['link-card', 'file', 'file', 'file', 'file']],
  ['rows-other.csv', 3_000, ['link-card', 'file', 'file', 'file', 'file']],
  ['rows-refused.html', 3_000, ['link-card', 'zip', 'zip', 'zip', 'zip']],
  ['rows-video.mp4', 3_000, ['link-card', 'file', 'file', 'file', 'file']],
  ['rows-audio.ogg', 3_000, ['link-card', 'file', 'file', 'file', 'file']],
  ['rows-eleven.pdf', 11_000_000, ['link-card', 'file', 'file', 'link-card', 'link-card']],
  ['rows-large.pdf', 21 * 1024 * 1024, ['link-card', 'drive', 'drive', 'link-card', 'link-card']],
])('%s of %i bytes goes to each kind of destination as the table says', async (name, size, expected) => {
  const bytes = randomBytes(size);
  await put(`share/${NAMES.join(',')}/${name}`, bytes);
  const share = await finished(`share/${NAMES.join(',')}/${name}`);
  expect(ways(share)).toEqual(Object.fromEntries(NAMES.map((destination, n) => [destination, expected[n]])));
  if (expected.some((way) => way !== 'link-card')) expect(share.sha256).toBe(sha256(bytes));

  const files = (await sim('GET', '/files')).body;
  const held: { sha256: string }[] = files.filter(({ fileName }: { fileName: string }) => fileName === name);
  if (expected.includes('image') || expected.includes('file')) expect(held.length).toBeGreaterThan(0);
  expect(held.map((file) => file.sha256)).toEqual(held.map(() => sha256(bytes)));
  for (const message of share.targets.flatMap((target: { links: { messages: string[] } }) => target.links.messages)) {
    const delivered = async () => (await api('GET', message)).body.status;
    await expect.poll(delivered).toBe('sent');
  }
  if (!expected.includes('image')) {
    for (const place of Object.values(PLACES)) expect((await holding(place, name)).length).toBeGreaterThan(0);
  }
});
