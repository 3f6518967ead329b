import { expect, test } from 'vitest';
import { createClient, pages } from '../../client/client.ts';
import { stackClient } from '../support/stack-client.ts';

/** The client package's source, against the stack. */
const { urls, messagesIn } = await stackClient();
const dingdock = createClient({ url: urls.api, key: 'local' });

test('a message is tried, sent once, found and listed', async () => {
  const body = { to: 'ops', text: 'by the client' };
  const plan = await dingdock.sendMessage({ query: { dryRun: 'true' }, body });
  expect([plan.dryRun, plan.calls]).toEqual([true, 1]);
  const once = { idempotencyKey: 'client-once', wait: 20 };
  const [first, second] = [await dingdock.sendMessage({ body }, once), await dingdock.sendMessage({ body }, once)];
  expect(second.id).toBe(first.id);
  await expect.poll(async () => (await dingdock.getMessage({ id: first.id })).status).toBe('sent');
  const shown = (await messagesIn('cidOps=')).filter(({ text }: { text: string }) => text === 'by the client');
  expect(shown).toHaveLength(1);
  const { messages } = await dingdock.listMessages({ query: { to: 'ops' } });
  expect(messages.map(({ id }) => id)).toContain(first.id);
});

test('a task goes its way, and pages of a list come one after the other', async () => {
  const made = await dingdock.dispatchTask({ body: { title: '客户端', assignees: ['zhangsan'] } });
  const done = await dingdock.changeTask({ id: made.id, body: { step: { userId: 'zhangsan', state: 'done' } } });
  expect(done.status).toBe('done');
  const found: string[] = [];
  for await (const page of pages((cursor) => dingdock.listDestinations({ query: { limit: '2', cursor } })))
    found.push(...page.items.map(({ name }) => name));
  expect(found).toEqual(expect.arrayContaining(['notice', 'ops', 'project', 'zhangsan']));
});

test('what is deleted is gone, and what is refused is told', async () => {
  await dingdock.putDestination({ name: 'by-client', body: { kind: 'robot-users', userIds: ['lisi'] } });
  expect(await dingdock.deleteDestination({ name: 'by-client' })).toBeUndefined();
  await expect(dingdock.getDestination({ name: 'by-client' })).rejects.toMatchObject({
    status: 404,
    code: 'unknown_destination',
  });
  const stranger = createClient({ url: urls.api, key: 'nobody' });
  await expect(stranger.getHealth()).resolves.toEqual({ status: 'ok' });
  await expect(stranger.listTasks()).rejects.toMatchObject({ status: 401, code: 'key_unknown' });
});
