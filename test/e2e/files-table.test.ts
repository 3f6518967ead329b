import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { filesClient, sha256 } from '../support/files.ts';
import { robotOf } from '../support/robot.ts';

const client = await filesClient();
const { api, sim, put, finished, messagesIn } = client;
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
