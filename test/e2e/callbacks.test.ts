import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { dingtalkOf } from '../../cli/stage/app.ts';
import { SIMULATED_APP } from '../../stage/local-secret.ts';
import { cliOf } from '../support/cli.ts';
import { stackClient } from '../support/stack-client.ts';

const { api, urls, sim, act, messagesIn, callsTo, busEvents, knock, request } = await stackClient();
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

const onBus = (id: string) => busEvents().filter(({ detail }) => detail.id === id);

test('a pushed event is answered with an encrypted success, and is on the bus once, repeated or not', async () => {
  const event = { EventType: 'user_add_org', UserId: ['wangwu'], eventId: 'e2e-event-1' };
  const first = await sim('POST', '/events', event);
  const push = async () =>
    (await sim('GET', '/pushes')).body.find(({ id }: { id: string }) => id === first.body.pushId);
  await expect.poll(async () => (await push()).state).toBe('delivered');
  expect((await push()).attempts.at(-1)).toMatchObject({ ok: true, valid: true, answer: 'success' });
  await expect.poll(() => onBus('e2e-event-1').length).toBe(1);
  await sim('POST', '/events', event);
  await sim('POST', '/events', { EventType: 'user_add_org', UserId: ['lisi'], eventId: 'e2e-event-2' });
  await expect.poll(() => onBus('e2e-event-2').length).toBe(1);
  expect(onBus('e2e-event-1')).toHaveLength(1);
  expect(onBus('e2e-event-1')[0]).toMatchObject({
    detailType: 'user_add_org',
    detail: { type: 'user_add_org', corpId: 'dingsimcorp', data: { userId: ['wangwu'] } },
  });
});

test('check_url is answered and bothers nobody else', async () => {
  await sim('POST', '/events', { EventType: 'check_url', eventId: 'e2e-check' });
  await sim('POST', '/events', { EventType: 'after_check', eventId: 'e2e-after-check' });
  await expect.poll(() => onBus('e2e-after-check').length).toBe(1);
  expect(onBus('e2e-check')).toEqual([]);
});

test('what a person writes to the robot is on the bus', async () => {
  const said = await act('/say', { from: 'zhangsan', text: '你好 🤖', conversation: 'cidOps=' });
  expect(said.body).toMatchObject({ delivered: true });
  const heard = () =>
    busEvents().find(({ detail }) => detail.type === 'robot.message' && detail.raw.includes('你好 🤖'));
  await expect.poll(heard).toBeTruthy();
  expect(heard().detail.data).toMatchObject({ senderStaffId: 'zhangsan', conversationId: 'cidOps=' });
});

test('a tap on a card is on the bus with its action', async () => {
  const clicked = await act('/click', {
    outTrackId: 'card-e2e',
    userId: 'lisi',
    actionId: 'done',
    params: { a: '一' },
  });
  expect(clicked.body.delivered).toBe(true);
  const tap = () =>
    busEvents().find(({ detail }) => detail.type === 'card.click' && detail.data.outTrackId === 'card-e2e');
  await expect.poll(tap).toBeTruthy();
  expect(tap().detail.data.content.cardPrivateData).toMatchObject({ actionIds: ['done'], params: { a: '一' } });
});

test('forged, broken, oversized and foreign callbacks are refused alike, and nothing of them is kept', async () => {
  const before = busEvents().length;
  const encrypt = Buffer.alloc(64, 1).toString('base64');
  const token = 'simcallbacktoken';
  const signed = createHash('sha1').update([token, '1767225600000', 'nonce', encrypt].sort().join('')).digest('hex');
  const events = '/dingtalk/events';
  const answers = await Promise.all([
    knock(`${events}?signature=${'0'.repeat(40)}&timestamp=1&nonce=n`, { encrypt }),
    knock(`${events}?signature=${signed}&timestamp=1767225600000&nonce=nonce`, { encrypt }),
    knock(events, { encrypt }),
    knock(`${events}?signature=x&timestamp=1&nonce=n`, '{broken'),
    knock('/dingtalk/robot', { msgId: 'forged' }, { timestamp: `${Date.now()}`, sign: 'Zm9yZ2Vk' }),
    knock('/dingtalk/cards', { outTrackId: 'forged' }),
  ]);
  expect([...new Set(answers.map(({ status, text }) => `${status} ${text}`))]).toHaveLength(1);
  expect(answers[0]).toMatchObject({ status: 403, body: { code: 'callback_refused' } });
  const huge = await knock(`${events}?signature=x&timestamp=1&nonce=n`, { encrypt: 'A'.repeat(200_000) });
  expect(huge).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  await sim('POST', '/events', { EventType: 'after_forgery', eventId: 'e2e-after-forgery' });
  await expect.poll(() => onBus('e2e-after-forgery').length).toBe(1);
  expect(busEvents().length).toBe(before + 1);
});

test('the health check answers without a key', async () => {
  expect(await request('GET', `${urls.api}/health`)).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect((await api('GET', '/destinations/ops')).body).toEqual({ name: 'ops', kind: 'custom-robot', signs: true });
});

const program = (...args: string[]) => promisify(execFile)('cli/dingdock.mjs', args);

test.each(['/dingtalk/events', '/dingtalk/default/events'])(
  '`dingdock callback verify` passes against the local stack at %s',
  async (path) => {
    // a door has 900 ms, which a busy machine may not have
    const said = async () => (await program('callback', 'verify', `${urls.api}${path}`).catch((error) => error)).stdout;
    await expect.poll(async () => (await said()).split('✗').length).toBe(1);
  },
);

test('against the address of an app that is not there it fails, and says what to look at', async () => {
  const run = program('callback', 'verify', `${urls.api}/dingtalk/nobody/events`);
  await expect(run).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('✗ refused (403)') });
});

test('the command line says what it takes, with exit code 2 for what it does not', async () => {
  const run = program('callback', 'frobnicate');
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("unknown command 'frobnicate'; dingdock --help lists the commands"),
  });
});

const find = async (title: string) =>
  (await api('GET', `/conversations?title=${encodeURIComponent(title)}`)).body.items;
const AT = Date.now();
let count = 0;
const chat = (EventType: string, openConversationId: string, fields: object, at = AT) =>
  sim('POST', '/events', { EventType, openConversationId, eventId: `chat-${++count}`, EventTime: at, ...fields });

test('a group is known by its latest title, whatever the order of the events, with the members heard of', async () => {
  const id = 'cidNew+/1=';
  await chat('chat_update_title', id, { title: '新群 🚀', chatId: 'chat9' }, AT + 2_000);
  await expect.poll(() => find('新群')).toHaveLength(1);
  await chat('chat_update_title', id, { title: '旧名' }, AT + 1_000);
  await chat('chat_add_member', id, { userId: ['zhangsan', 'lisi', 'wangwu'], operator: 'lisi' });
  await chat('chat_add_member', id, { userId: ['lisi'], operator: 'lisi' });
  await expect.poll(() => find('新')).toMatchObject([{ knownMembers: 3 }]);
  await chat('chat_quit', id, { operator: 'wangwu' });
  await chat('chat_update_owner', id, { owner: 'zhangsan' });
  const known = { app: 'default', openConversationId: id, chatId: 'chat9', title: '新群 🚀' };
  await expect.poll(() => find('新')).toMatchObject([{ ...known, owner: 'zhangsan', knownMembers: 2 }]);
  expect(await find('旧名')).toEqual([]);
  await chat('chat_disband', id, {});
  await expect.poll(() => find('新群')).toEqual([]);
});

test('a group in which somebody wrote to the robot becomes a destination by its title', async () => {
  await act('/say', { from: 'zhangsan', text: '随便说说', conversation: 'cidProject=' });
  const project = async () =>
    (await find('')).find((each: { openConversationId: string }) => each.openConversationId === 'cidProject=');
  await expect.poll(project).toBeTruthy();
  const group = await project();
  expect(await find(group.title)).toMatchObject([{ openConversationId: 'cidProject=' }]);
  const destination = { kind: 'robot-group', openConversationId: group.openConversationId };
  expect((await api('PUT', '/destinations/by-title', destination)).status).toBeLessThan(300);
  expect((await api('GET', '/destinations')).body.items).toContainEqual({
    name: 'by-title',
    kind: 'robot-group',
    title: group.title,
  });
});

test('the list of groups is for callers with a key', async () => {
  expect((await request('GET', `${urls.api}/conversations`)).status).toBe(401);
});
