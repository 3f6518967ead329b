import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from 'vitest';
import { filesClient, notification, sha256 } from '../support/files.ts';

const { api, sim, s3, sqs, put, finished, shareOf, fileMessages, notify, tell, storedSha256, callsTo, messagesIn } =
  await filesClient();
const five = ['g1', 'g2', 'g3', 'g4', 'g5'];

beforeAll(async () => {
  for (const name of five) {
    await api('PUT', `/destinations/${name}`, { kind: 'robot-group', openConversationId: 'cidProject=' });
  }
});
const uploadsOf = async (name: string) =>
  (await callsTo('/media/upload')).filter(
    (call: { code: string }) => call.code === 'ok' && JSON.stringify(call).includes(name),
  );

test('the same 5 MB file for five destinations is uploaded to DingTalk once, in one upload or in five', async () => {
  const bytes = randomBytes(5_000_000);
  await put(`share/${five.join(',')}/together.pdf`, bytes);
  const share = await finished(`share/${five.join(',')}/together.pdf`);
  expect(share.targets.map(({ destination, way }: Record<string, string>) => [destination, way])).toEqual(
    five.map((name) => [name, 'file']),
  );
  await expect.poll(async () => (await fileMessages('together.pdf')).length).toBe(5);
  expect(await uploadsOf('together.pdf')).toHaveLength(1);

  const other = randomBytes(5_000_000);
  await Promise.all(five.map((name) => put(`share/${name}/apart.pdf`, other)));
  await expect.poll(async () => (await fileMessages('apart.pdf')).length).toBe(5);
  expect(await uploadsOf('apart.pdf')).toHaveLength(1);
  const ids = (await fileMessages('apart.pdf')).map(({ file }: { file: { mediaId: string } }) => file.mediaId);
  expect(new Set(ids).size).toBe(1);
  expect(await storedSha256(ids[0])).toBe(sha256(other));
});

test('an upload whose object was deleted, or replaced, before its turn came is a record that says so', async () => {
  await notify('share/project/gone.txt', '0'.repeat(32), 4);
  expect(await finished('share/project/gone.txt')).toMatchObject({ status: 'refused', code: 'object_gone' });

  const { ETag = '' } = await put('share/project/late.txt', Buffer.from('first'));
  await finished('share/project/late.txt');
  await s3.send(new DeleteObjectCommand({ Bucket: 'uploads', Key: 'share/project/late.txt' }));
  await notify('share/project/late.txt', ETag, 5);
  await expect.poll(async () => (await shareOf('share/project/late.txt')).code).toBe('object_gone');

  // the event of the first version comes after the second version was shared
  await put('share/project/turned.txt', Buffer.from('second'));
  await finished('share/project/turned.txt');
  await notify('share/project/turned.txt', 'f'.repeat(32), 5);
  await expect.poll(async () => (await shareOf('share/project/turned.txt')).code).toBe('object_replaced');
  await expect.poll(async () => (await fileMessages('turned.txt')).length).toBe(1);
});

test('one destination that cannot be reached does not keep the file from the others', async () => {
  await put('share/project,nobody/both.txt', Buffer.from('both'));
  expect(await finished('share/project,nobody/both.txt')).toMatchObject({
    status: 'partly',
    targets: [
      { destination: 'project', status: 'shared', way: 'file' },
      { destination: 'nobody', status: 'refused', code: 'unknown_destination' },
    ],
  });
});

test('metadata sends a file anywhere, with words that follow it', async () => {
  const Metadata = { destination: 'project', caption: '=?UTF-8?B?5a2j5oql?=', mention: 'lisi' };
  await put('reports/words.pdf', Buffer.from('%PDF'), { Metadata });
  const share = await finished('reports/words.pdf');
  expect(share.targets[0].links.messages).toHaveLength(2);
  const words = async () =>
    (await messagesIn('cidProject=')).some(({ text }: { text?: string }) => text === '季报 @lisi');
  await expect.poll(words).toBe(true);
});

test("a destination's own rules for files are kept, and say so", async () => {
  const files = { maxBytes: 10, types: ['pdf', 'txt'] };
  await api('PUT', '/destinations/strict', { kind: 'robot-group', openConversationId: 'cidProject=', files });
  await api('PUT', '/destinations/links', { kind: 'robot-users', userIds: ['lisi'], files: { linkOnly: true } });
  await put('share/strict/a.exe', Buffer.from('x'));
  expect(await finished('share/strict/a.exe')).toMatchObject({ status: 'refused', code: 'type_not_allowed' });
  await put('share/strict/long.txt', Buffer.alloc(11));
  expect(await finished('share/strict/long.txt')).toMatchObject({ code: 'over_destination_limit' });
  await put('share/links/a.pdf', Buffer.from('x'));
  expect(await finished('share/links/a.pdf')).toMatchObject({ targets: [{ way: 'link-card', code: 'link_only' }] });
});

/** The part `floods` of `npm run test:all` has all floods of the suite at full size. */
const MANY = process.env.FLOOD ? 300 : 30;

test(`${MANY} uploads at once, each told of twice and in no order, are ${MANY} messages`, async () => {
  await sim('POST', '/settings', { monthlyQuota: 1_000_000 });
  // a bucket that tells nobody, so that its events can be told here
  await s3.send(new CreateBucketCommand({ Bucket: 'quiet' }));
  const names = Array.from({ length: MANY }, (_, n) => `many-${n}.txt`);
  const events = await Promise.all(
    names.map(async (name) => {
      const [Key, Body] = [`share/project/${name}`, Buffer.from(name)];
      const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: 'quiet', Key, Body }));
      return notification('quiet', Key, ETag, Body.length);
    }),
  );
  // the second telling of an upload comes before, between and after those of others
  await tell(
    [...events, ...events]
      .map((event, n) => ({ event, at: (n * 7919) % (2 * MANY) }))
      .sort((a, b) => a.at - b.at)
      .map(({ event }) => event),
  );
  const many = async () =>
    (await messagesIn('cidProject=')).flatMap(({ file }: { file?: { fileName: string } }) =>
      file?.fileName.startsWith('many-') ? [file.fileName] : [],
    );
  await expect.poll(async () => (await many()).length).toBeGreaterThanOrEqual(MANY);
  // all tellings are dealt with before it is counted
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'dingdock-local-uploads' }));
  const left = async () => {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    );
    return AttributeNames.map((name) => Attributes?.[name]);
  };
  await expect.poll(left).toEqual(['0', '0']);
  expect((await many()).sort()).toEqual([...names].sort());
});
