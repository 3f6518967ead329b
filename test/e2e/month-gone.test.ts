import { expect, test } from 'vitest';
import { cliOf } from '../support/cli.ts';
import { filesClient } from '../support/files.ts';

// What waits because the month's calls are used up, and goes on when more were bought.

const { act, api, busEvents, log, messagesIn, schedule, sim, urls } = await filesClient();
const { dingdock } = cliOf(urls);

const quota = (monthlyQuota: number) => sim('POST', '/settings', { monthlyQuota });
const say = (name: string) => act('/say', { from: 'zhangsan', file: { name, base64: 'eA==' } });
const told = (name: string): string[] =>
  busEvents().flatMap(({ detail }) =>
    detail.type.startsWith('file.') && detail.raw.includes(name) ? [detail.type] : [],
  );
const taskOf = async (id: string) => (await api('GET', `/tasks/${id}`)).body;
const troubleOf = async (id: string) => (await taskOf(id)).troubles?.todo?.code;

test('on the word of the operator all that waits for the month is asked again: messages, tasks, files and their senders', async () => {
  await quota(0);
  const { body: message } = await api('POST', '/messages', { to: 'project', text: 'waits for the month' });
  const { body: task } = await api('POST', '/tasks', { title: 'waits too', assignees: ['lisi'] });
  expect((await say('kept.txt')).body.delivered).toBe(true);
  // of this one the code ends before it can be asked for
  const { downloadLifeMs } = (await sim('GET', '/settings')).body;
  await sim('POST', '/settings', { downloadLifeMs: 1 });
  expect((await say('over.txt')).body.delivered).toBe(true);
  await sim('POST', '/settings', { downloadLifeMs });
  const waits = async () => (await api('GET', message.links.self)).body.deliveries[0].waits?.for;
  await expect.poll(waits).toBe('quota');
  // whichever of the two asked first, DingTalk's answer holds for both
  await expect.poll(() => troubleOf(task.id)).toMatch(/^(month_used_up|Forbidden.AccessDenied.ApiCountLimitForOrg)$/);
  await schedule('chase-tasks');
  expect([...told('kept.txt'), ...told('over.txt')]).toEqual([]);

  await quota(5_000);
  const { code, json } = await dingdock(['quota', 'resume']);
  expect([code, json]).toEqual([0, { resumed: 1 }]);
  await Promise.all(['reconcile', 'chase-tasks'].map(schedule));
  await expect.poll(async () => (await api('GET', message.links.self)).body.status).toBe('sent');
  await expect.poll(async () => (await taskOf(task.id)).todoId).toBeDefined();
  await expect.poll(() => told('kept.txt')).toEqual(['file.received']);
  await expect.poll(() => told('over.txt')).toEqual(['file.refused']);
  const asked = async () =>
    (await messagesIn('zhangsan')).filter(({ text }: { text?: string }) => text?.includes('over.txt”已过期')).length;
  await expect.poll(asked).toBe(1);
});

test('of all tasks that wait for the month few ask DingTalk, and the others make no call', async () => {
  await quota(0);
  const dispatch = async (title: string) => (await api('POST', '/tasks', { title, assignees: ['lisi'] })).body.id;
  const first = await dispatch('asks');
  await expect.poll(() => troubleOf(first)).toBe('Forbidden.AccessDenied.ApiCountLimitForOrg');
  const others = await Promise.all(Array.from({ length: 12 }, (_, index) => dispatch(`waits ${index}`)));
  const troubles = async () => (await Promise.all(others.map(troubleOf))).filter((code) => code !== undefined);
  await expect.poll(async () => (await troubles()).length).toBe(12);
  // a process that has not heard of it yet asks once
  const waiting = (await troubles()).filter((code) => code === 'month_used_up');
  expect(waiting.length).toBeGreaterThanOrEqual(8);

  await quota(5_000);
  await dingdock(['quota', 'resume']);
  await schedule('chase-tasks');
  for (const id of [first, ...others]) await expect.poll(async () => (await taskOf(id)).todoId).toBeDefined();
});

test('a tick of a to-do that could not be read while the month was gone counts all the same', async () => {
  await sim('POST', '/settings', { todo: { tickable: true, descriptionShown: false } });
  const { body: task } = await api('POST', '/tasks', { title: 'ticked', assignees: ['lisi'] });
  await expect.poll(async () => (await taskOf(task.id)).todoId).toBeDefined();
  await quota(0);
  await sim('POST', '/tick', { userId: 'lisi', todo: (await taskOf(task.id)).todoId, done: true });
  const tried = () => log.some((line) => /reaction-(failed|refused)/.test(line) && line.includes('"todo"'));
  await expect.poll(tried).toBe(true);
  await quota(5_000);
  await expect.poll(async () => (await taskOf(task.id)).status).toBe('done');
});
