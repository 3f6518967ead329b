import { afterEach, expect, test } from 'vitest';
import { dingtalkOf } from '../../cli/stage/app.ts';
import { SIMULATED_APP } from '../../stage/local-secret.ts';
import { cliOf } from '../support/cli.ts';
import { stackClient } from '../support/stack-client.ts';

const { api, urls, sim, act, messagesIn, callsTo, busEvents, request } = await stackClient();
const { dingdock } = cliOf(urls);
const dingtalk = { api: urls.simulator, oapi: urls.simulator };
const { cards } = dingtalkOf(SIMULATED_APP, { dingtalkUrls: dingtalk, meter: { count: () => undefined } });

const registered = async () =>
  (await dingdock(['callback', 'cards', '--url', `${urls.api}/dingtalk/cards`, '--route-key', 'e2e', '--replace']))
    .code;

const newCard = async (outTrackId: string, to: { openConversationId: string } | { userId: string }) => {
  expect(await registered()).toBe(0);
  const card = { outTrackId, templateId: 'tpl', params: { title: '任务 🎯', status: 'open' }, to, routeKey: 'e2e' };
  await cards.createAndDeliver(card);
  return card;
};
const updatesOf = async (outTrackId: string) =>
  (await callsTo('/v1.0/card/instances')).filter(
    ({ method, body, code }: { method: string; body?: { outTrackId?: string }; code: string }) =>
      method === 'PUT' && body?.outTrackId === outTrackId && code === 'ok',
  );
const shown = async (conversation: string, outTrackId: string) =>
  (await messagesIn(conversation)).find((message: { outTrackId?: string }) => message.outTrackId === outTrackId)
    ?.content;

test('a tap changes the card for everybody after it was answered, and counts once', async () => {
  const outTrackId = 'dingdock-e2e-card';
  const card = await newCard(outTrackId, { openConversationId: 'cidOps=' });
  await cards.createAndDeliver(card);
  const tap = { outTrackId, userId: 'lisi', actionId: 'accept' };
  const [first] = await Promise.all([act('/click', tap), act('/click', tap)]);
  expect(first.body).toMatchObject({ delivered: true, answer: {} });
  const wanted = { title: '任务 🎯', status: 'accept', actor: 'lisi' };
  await expect.poll(() => shown('cidOps=', outTrackId)).toEqual(wanted);
  expect((await act('/click', tap)).body.delivered).toBe(true);
  await act('/click', { ...tap, userId: 'zhangsan', actionId: 'done' });
  await expect.poll(() => shown('cidOps=', outTrackId)).toEqual({ ...wanted, status: 'done', actor: 'zhangsan' });
  expect(await updatesOf(outTrackId)).toHaveLength(2);
});

test('a card of another program is left to it, and its tap is on the bus', async () => {
  const outTrackId = 'somebody-elses-card';
  await newCard(outTrackId, { userId: 'lisi' });
  await act('/click', { outTrackId, userId: 'lisi', actionId: 'yes' });
  const heard = () => busEvents().filter(({ detail }) => detail.data.outTrackId === outTrackId);
  await expect.poll(() => heard().length).toBe(1);
  expect(await updatesOf(outTrackId)).toEqual([]);
});

afterEach(() => sim('POST', '/settings', { sessionLifeMs: 5_400_000 }));

/** Due tomorrow, so that it stands before what other tests left to the same people. */
async function newTask(title: string, assignees: string[]) {
  const due = new Date(Date.now() + 24 * 3_600_000).toISOString();
  const { body } = await api('POST', '/tasks', { title, assignees, due });
  expect(body.number).toBeGreaterThan(0);
  return body;
}
const answers = async (conversation: string, text: string) =>
  (await messagesIn(conversation)).filter((message: { text: string; via: string }) => message.text.includes(text));
const isDone = async ({ id }: { id: string }) => {
  const todos = (await sim('GET', '/todos')).body.filter(({ sourceId }: { sourceId: string }) => sourceId === id);
  const { status } = (await api('GET', `/tasks/${id}`)).body;
  return { status, todos: todos.map(({ done }: { done: boolean }) => done) };
};
const DONE = { status: 'done', todos: [true] };

test('`done 12` in a group: the task is done, its to-do too, and the answer is in the conversation, once', async () => {
  const task = await newTask('发布 v2 🚀', ['zhangsan']);
  await act('/say', { from: 'zhangsan', text: `done ${task.number}`, conversation: 'cidOps=' });
  const text = `✅ #${task.number} 发布 v2 🚀 is done.`;
  await expect.poll(() => answers('cidOps=', text)).toMatchObject([{ via: 'session-webhook' }]);
  await expect.poll(() => isDone(task)).toEqual(DONE);
  await act('/say', { from: 'zhangsan', text: `完成 ${task.number}`, conversation: 'cidOps=' });
  const again = `#${task.number} 发布 v2 🚀 之前已完成。`;
  await expect.poll(() => answers('cidOps=', again)).toHaveLength(1);
  expect(await answers('cidOps=', text)).toHaveLength(1);
});

test.each([
  { where: 'a group', conversation: 'cidProject=', own: 'cidProject=' },
  { where: 'one-to-one', conversation: undefined, own: 'lisi' },
])('after the session webhook has expired the answer still arrives in $where', async ({ conversation, own }) => {
  await sim('POST', '/settings', { sessionLifeMs: 0 });
  const task = await newTask(`迟到 ${own}`, ['lisi']);
  await act('/say', { from: 'lisi', text: `完成${task.number}`, ...(conversation && { conversation }) });
  const text = `✅ #${task.number} 迟到 ${own} 已完成。`;
  await expect.poll(() => answers(own, text)).toMatchObject([{ via: 'app-robot' }]);
  await expect.poll(() => isDone(task)).toEqual(DONE);
});

test('people see their own tasks, and another one’s do not exist for them', async () => {
  const task = await newTask('只给王五', ['wangwu']);
  await act('/say', { from: 'wangwu', text: 'tasks' });
  await expect.poll(() => answers('wangwu', `#${task.number} 只给王五`)).toHaveLength(1);
  await act('/say', { from: 'wangwu', text: `状态 ${task.number}` });
  await expect.poll(() => answers('wangwu', `#${task.number} 只给王五：待处理`)).toHaveLength(1);
  const [told] = await answers('wangwu', '只给王五：待处理');
  const page = await request('GET', told.text.split('\n').at(-1));
  expect([told.via, page.status, /<button class="done"/.test(page.text)]).toEqual(['app-robot', 200, true]);
  await act('/say', { from: 'wangwu', text: `status ${task.number}`, conversation: 'cidProject=' });
  const inGroup = () => answers('cidProject=', `#${task.number} 只给王五: To do`);
  await expect.poll(inGroup).toHaveLength(1);
  expect((await inGroup())[0].text).not.toContain('/t/');
  await act('/say', { from: 'lisi', text: `done ${task.number}` });
  await expect.poll(() => answers('lisi', `You have no task ${task.number}.`)).toHaveLength(1);
  expect(await isDone(task)).toEqual({ status: 'assigned', todos: [false] });
});
