import { expect, test } from 'vitest';
import { pageOf } from '../support/links.ts';
import { stackClient } from '../support/stack-client.ts';

const { api, sim, messagesIn, callsTo, request } = await stackClient();

test('a task is one to-do for its assignees and a message that mentions them', async () => {
  const task = { title: '看一下新版本', assignees: ['zhangsan', 'lisi'], notify: 'ops' };
  const { status, body } = await api('POST', '/tasks', task);
  expect(status).toBe(201);
  const todos = (await sim('GET', '/todos')).body.filter(({ sourceId }: { sourceId: string }) => sourceId === body.id);
  expect(todos).toHaveLength(1);
  expect(todos[0].executorIds.sort()).toEqual(['union-lisi', 'union-zhangsan']);
  const find = async () =>
    (await messagesIn('cidOps=')).find(({ text }: { text: string }) => text.includes('看一下新版本'));
  await expect.poll(find).toMatchObject({ mentions: expect.arrayContaining(['zhangsan', 'lisi']) });
  expect((await find()).text).toMatch(/@zhangsan @lisi/);
  const sent = (await callsTo('/robot/send')).find(({ body: call }: { body: object }) =>
    JSON.stringify(call).includes('看一下新版本'),
  );
  expect(sent.body.at.atUserIds).toEqual(['zhangsan', 'lisi']);
  expect((await api('GET', body.links.self)).body).toMatchObject({ status: 'assigned', todoId: todos[0].id });
});

test('the page behind the to-do shows the task to whoever got its address, and is theirs to finish', async () => {
  const { body } = await api('POST', '/tasks', { title: '<b>页</b>', assignees: ['wangwu'] });
  const [todo] = (await sim('GET', '/todos')).body.filter(({ sourceId }: { sourceId: string }) => sourceId === body.id);
  // both clients of DingTalk open it within themselves, where a page can ask who looks
  expect(todo.detailUrl.appUrl).toBe(todo.detailUrl.pcUrl);
  expect(todo.detailUrl.pcUrl).toMatch(/^dingtalk:.*&pc_slide=true$/);
  const link = pageOf(todo.detailUrl.pcUrl);
  const page = await request('GET', link);
  expect(page.status).toBe(200);
  expect(page.text).toContain('&#60;b&#62;页');
  expect((await request('GET', `${link}x`)).status).toBe(403);
  const [address = '', proof = ''] = link.split('?');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const tap = (sent: string) => request('POST', address, `${sent}&action=done&comment=%E5%A5%BD`, form);
  expect((await tap(`${proof}x`)).status).toBe(403);
  const done = await tap(proof);
  expect([done.status, done.headers.get('location')]).toEqual([303, expect.stringMatching(`^${body.id}\\?p=wangwu&`)]);
  expect((await api('GET', `/tasks/${body.id}`)).body).toMatchObject({
    status: 'done',
    history: [{}, { by: 'wangwu', via: 'page', comment: '好' }],
  });
});

test('a repeat with the same key makes no second to-do and no second message', async () => {
  const task = { title: '一次', assignees: ['lisi'], notify: ['project'] };
  const headers = { 'idempotency-key': 'task-once' };
  const answers = await Promise.all(Array.from({ length: 4 }, () => api('POST', '/tasks', task, headers)));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  const { body } = answers[0]!;
  const todos = (await sim('GET', '/todos')).body.filter(({ sourceId }: { sourceId: string }) => sourceId === body.id);
  expect(todos).toHaveLength(1);
  const told = async () =>
    (await messagesIn('cidProject=')).filter(({ text }: { text: string }) => text.includes('一次')).length;
  await expect.poll(told).toBe(1);
});

test('a person nobody knows is named, and nobody is bothered', async () => {
  const { status, body } = await api('POST', '/tasks', { title: 'x', assignees: ['zhangsan', 'nobody', 'noone'] });
  expect(status).toBe(422);
  expect(body.code).toBe('unknown_person');
  expect(JSON.stringify(body.errors)).toMatch(/"nobody\\".*"noone\\"/);
});

test('a task with every fault at once is told all of them', async () => {
  const { status, body } = await api('POST', '/tasks', {
    assignees: [],
    notify: 'nowhere',
    due: 'tomorrow',
    colour: 'red',
  });
  expect(status).toBe(422);
  const paths = body.errors.map(({ path }: { path: string }) => path);
  expect(paths).toEqual(expect.arrayContaining(['title', 'assignees', 'notify', 'due', 'colour']));
});

test('a dry run tells who would have a task and what it would send, and makes none', async () => {
  const task = { title: '只试一下', assignees: ['zhangsan', { mobile: '13800000002' }], notify: ['ops', 'project'] };
  const counted = async () => [(await sim('GET', '/todos')).body.length, (await messagesIn('cidOps=')).length];
  const before = await counted();
  const { status, body } = await api('POST', '/tasks?dryRun=true', task);
  expect(status).toBe(200);
  expect(body).toMatchObject({ dryRun: true, calls: 3, assignees: [{ userId: 'zhangsan' }, { userId: 'lisi' }] });
  expect(body.deliveries.map(({ destination, calls }: Record<string, unknown>) => [destination, calls])).toEqual([
    ['ops', 1],
    ['project', 1],
  ]);
  const unknown = await api('POST', '/tasks?dryRun=true', { ...task, assignees: ['nobody'] });
  expect([unknown.status, unknown.body.code]).toEqual([422, 'unknown_person']);
  expect(await counted()).toEqual(before);
  const { tasks } = (await api('GET', '/tasks?assignee=zhangsan')).body;
  expect(JSON.stringify(tasks)).not.toContain('只试一下');
});
