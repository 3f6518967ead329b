import { expect, test } from 'vitest';
import { dingtalkOf } from '../../cli/stage/app.ts';
import { SIMULATED_APP } from '../../stage/local-secret.ts';
import { pageOf } from '../support/links.ts';
import { stackClient } from '../support/stack-client.ts';

const { urls, api, sim, act, messagesIn, callsTo, request, busEvents } = await stackClient();
// biome-ignore lint/suspicious/noExplicitAny: the tests look into it with expect
type Json = any;
const todosOf = async (id: string) =>
  (await sim('GET', '/todos')).body.filter(({ sourceId }: { sourceId: string }) => sourceId === id);
const calls = async (): Promise<Json[]> => (await sim('GET', '/calls')).body;
const eventsOf = (id: string) =>
  busEvents()
    .filter(({ detail }) => detail.data?.taskId === id)
    .map(({ detail }) => `${detail.type} ${detail.data.version}`)
    .sort();

/** Uses the page of a person as a browser without script does. */
async function byPage(url: string, action: string) {
  const shown = await request('GET', url);
  expect(shown.status).toBe(200);
  const { origin, pathname, searchParams } = new URL(url);
  const answer = await fetch(`${origin}${pathname}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams([...searchParams, ['action', action]]),
  });
  expect(answer.status, await answer.text()).toBeLessThan(400);
}

test('a task for three that each finish by another way: to-do done, the group told once, each step once on the bus', async () => {
  const body = {
    title: '三个人的事',
    assignees: ['zhangsan', 'lisi', 'wangwu'],
    notify: ['ops', 'project'],
    via: ['todo', 'message', 'card'],
  };
  const { status, body: task } = await api('POST', '/tasks', body);
  expect(status).toBe(201);
  expect(await todosOf(task.id)).toMatchObject([
    { executorIds: ['union-zhangsan', 'union-lisi', 'union-wangwu'], done: false },
  ]);
  await expect
    .poll(async () => (await messagesIn('cidOps=')).filter(({ text }: Json) => text.includes(body.title)))
    .toHaveLength(1);

  await byPage(task.links.pages.zhangsan, 'done');
  const tap = await act('/click', { outTrackId: `dingdock-task-${task.id}`, userId: 'lisi', actionId: 'done' });
  expect(tap.body.delivered).toBe(true);
  await act('/say', { from: 'wangwu', text: `完成 ${task.number}` });

  await expect.poll(async () => (await api('GET', task.links.self)).body.status).toBe('done');
  await expect.poll(() => todosOf(task.id)).toMatchObject([{ done: true }]);
  const { history } = (await api('GET', task.links.self)).body;
  expect(
    history
      .slice(1)
      .map(({ assignee, via }: Json) => [assignee, via])
      .sort(),
  ).toEqual([
    ['lisi', 'card'],
    ['wangwu', 'robot'],
    ['zhangsan', 'page'],
  ]);
  const told = async (conversation: string) =>
    (await messagesIn(conversation)).filter(
      ({ text, key }: Json) => key === undefined && text.includes(body.title) && text.includes('已完成'),
    );
  await expect.poll(() => told('cidOps=')).toHaveLength(1);
  await expect
    .poll(
      async () =>
        (await messagesIn('cidProject=')).find(({ outTrackId }: Json) => outTrackId === `dingdock-task-${task.id}`)
          ?.content,
    )
    .toMatchObject({
      status: 'done',
      people: '张三 ✅\n李四 ✅\n王五 ✅',
    });
  await expect
    .poll(() => eventsOf(task.id))
    .toEqual(['task.assigned 1', 'task.completed 4', 'task.done 2', 'task.done 3', 'task.done 4']);
  expect(await told('cidOps=')).toHaveLength(1);
});

test('five at once are none lost, whether they come by PATCH, page or robot', async () => {
  const { body: task } = await api('POST', '/tasks', { title: '一起点', assignees: ['zhangsan', 'lisi', 'wangwu'] });
  const [edited] = await Promise.all([
    api('PATCH', task.links.self, { title: '一起点!', priority: 'high' }),
    api('PATCH', task.links.self, { step: { userId: 'zhangsan', state: 'accepted' }, comment: '在路上' }),
    byPage(task.links.pages.lisi, 'done'),
    byPage(task.links.pages.wangwu, 'accept'),
    act('/say', { from: 'zhangsan', text: `accept ${task.number}` }),
  ]);
  expect(edited.status).toBe(200);
  const now = async () => (await api('GET', task.links.self)).body;
  await expect.poll(async () => (await now()).history.length).toBe(5);
  const { title, assignees, history, version, status } = await now();
  expect({ title, version, status }).toEqual({ title: '一起点!', version: 5, status: 'accepted' });
  expect(assignees.map(({ state }: Json) => state)).toEqual(['accepted', 'done', 'accepted']);
  expect(history.map((entry: Json) => entry.version)).toEqual([1, 2, 3, 4, 5]);
  await expect
    .poll(() => todosOf(task.id))
    .toMatchObject([{ subject: '一起点!', doneBy: ['union-lisi'], done: false }]);
});

test('a task for three people that are known takes one call for the to-do and one for the message, and no look-up', async () => {
  const known = { assignees: ['zhangsan', 'lisi', 'wangwu'], notify: 'project' };
  await api('POST', '/tasks', { ...known, title: '先认识' });
  await expect
    .poll(async () => (await messagesIn('cidProject=')).some(({ text }: Json) => text.includes('先认识')))
    .toBe(true);
  const before = (await calls()).length;
  const { body: task } = await api('POST', '/tasks', { ...known, title: '又派了' });
  await expect
    .poll(async () => (await messagesIn('cidProject=')).some(({ text }: Json) => text.includes('又派了')))
    .toBe(true);
  const lookUp = /user\/get|getbyunionid|getbymobile/;
  const made = (await calls())
    .slice(before)
    .filter(({ path, body }) => lookUp.test(path) || JSON.stringify(body ?? '').includes('又派了'))
    .map(({ method, path }) => `${method} ${path}`);
  console.log(`DingTalk calls for a task of three people: ${JSON.stringify(made)}`);
  expect(made.sort()).toEqual(['POST /v1.0/robot/groupMessages/send', 'POST /v1.0/todo/users/union-zhangsan/tasks']);
  expect((await todosOf(task.id)).length).toBe(1);
});

test('people are found by userId, mobile and unionId, and whoever is not is named with the kind of id', async () => {
  const mixed = { title: '谁', assignees: ['zhangsan', '13800000002', { unionId: 'union-wangwu' }] };
  const { body: task } = await api('POST', '/tasks', mixed);
  expect(task.assignees.map(({ userId }: Json) => userId)).toEqual(['zhangsan', 'lisi', 'wangwu']);
  const wrong = { title: '谁', assignees: ['lisi', { mobile: '13900000009' }, 'nobody'] };
  const refused = await api('POST', '/tasks', wrong);
  expect(refused).toMatchObject({ status: 422, body: { code: 'unknown_person' } });
  expect(refused.body.errors).toMatchObject([
    { path: 'assignees.1', message: expect.stringMatching(/"13900000009" is no mobile/) },
    { path: 'assignees.2', message: expect.stringMatching(/"nobody" is neither a userId nor a unionId/) },
  ]);
  const partly = await api('POST', '/tasks', { ...wrong, partial: true });
  expect(partly).toMatchObject({ status: 201, body: { assignees: [{ userId: 'lisi' }] } });
  expect(partly.body.skipped.map(({ person }: Json) => person)).toEqual(['13900000009', 'nobody']);
});

test('somebody outside the app’s range, or a right that is missing, is told with what to do about it', async () => {
  const fault = (path: string, code: unknown) => sim('POST', '/faults', { path, fault: code, times: 1 });
  await fault('/topapi/user/getbyunionid', { errcode: 50002, errmsg: '不在可见范围' });
  const outside = await api('POST', '/tasks', { title: '范围', assignees: [{ unionId: 'union-outside' }] });
  expect(outside.status).toBe(422);
  expect(outside.body.errors).toMatchObject([
    { code: 'person_not_visible', message: expect.stringMatching(/"union-outside".*visible range/) },
  ]);
  await fault('/v1.0/todo/users/union-zhangsan/tasks', {
    status: 403,
    code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied',
    message: 'no right',
  });
  const denied = await api(
    'POST',
    '/tasks',
    { title: '没有权限', assignees: ['lisi'], notify: 'ops' },
    { 'idempotency-key': 'denied-1' },
  );
  expect(denied).toMatchObject({ status: 502, body: { remedy: expect.stringMatching(/grant the app/) } });
  const again = await api(
    'POST',
    '/tasks',
    { title: '没有权限', assignees: ['lisi'], notify: 'ops' },
    { 'idempotency-key': 'denied-1' },
  );
  expect(again).toMatchObject({ status: 201, body: { status: 'assigned' } });
});

test('people come and go, a task is cancelled and opened again, and the to-do with it', async () => {
  const { body: task } = await api('POST', '/tasks', {
    title: '换人',
    assignees: ['lisi'],
    due: '2036-01-31T08:00:00Z',
  });
  const patch = (body: object) => api('PATCH', task.links.self, body);
  expect((await patch({ add: ['wangwu'], remove: ['lisi'], due: '2036-02-01T08:00:00Z' })).status).toBe(200);
  await expect
    .poll(() => todosOf(task.id))
    .toMatchObject([{ executorIds: ['union-wangwu'], dueTime: Date.parse('2036-02-01T08:00:00Z') }]);
  expect((await patch({ remove: ['wangwu'] })).body.errors).toMatchObject([{ code: 'nobody_left' }]);
  expect((await patch({ step: { userId: 'lisi', state: 'done' } })).status).toBe(409);
  expect((await patch({ status: 'cancelled' })).body.status).toBe('cancelled');
  await expect.poll(() => todosOf(task.id)).toEqual([]);
  expect((await patch({ title: 'x' })).body.errors).toMatchObject([{ code: 'task_closed' }]);
  expect((await patch({ status: 'open' })).body.status).toBe('assigned');
  await expect.poll(() => todosOf(`${task.id}-1`)).toMatchObject([{ executorIds: ['union-wangwu'], done: false }]);
});

test('tasks are listed by person, state and due time, a page at a time', async () => {
  const due = '2035-01-01T00:00:00.000Z';
  const { body: early } = await api('POST', '/tasks', { title: '早', assignees: ['wangwu'], due });
  const { body: late } = await api('POST', '/tasks', {
    title: '晚',
    assignees: ['wangwu'],
    due: '2035-06-01T00:00:00Z',
  });
  const ids = async (query: string) => (await api('GET', `/tasks?${query}`)).body.tasks.map(({ id }: Json) => id);
  const before = await ids('assignee=wangwu&status=open&dueBefore=2035-03-01T00:00:00Z');
  expect(before).toContain(early.id);
  expect(before).not.toContain(late.id);
  await api('PATCH', early.links.self, { status: 'done' });
  await expect.poll(() => ids('assignee=wangwu&status=open')).not.toContain(early.id);
  await expect.poll(() => ids('assignee=wangwu&status=closed&dueBefore=2035-03-01T00:00:00Z')).toContain(early.id);
  // a plus in an address is a blank; a day begins in the zone of the app
  for (const day of ['2035-01-01T08:00:01+08:00', '2035-01-01T08:00:01%2B08:00', '2035-01-02'])
    expect(await ids(`assignee=wangwu&dueBefore=${day}`), day).toContain(early.id);
  expect(await ids('assignee=wangwu&dueBefore=2035-01-01')).not.toContain(early.id);
  for (const wrong of ['soon', 'soon 5', '5', '2035-02-30', '2035-01-01T00:00:00', '2035-02-30T00:00:00Z'])
    expect((await api('GET', `/tasks?dueBefore=${wrong}`)).body).toMatchObject({ status: 400, code: 'invalid_query' });
  expect((await api('GET', '/tasks?cursor=nonsense')).body).toMatchObject({ status: 400, code: 'invalid_cursor' });
});

test('a to-do that was finished in DingTalk makes its task done, once DingTalk was asked', async () => {
  const { body: task } = await api('POST', '/tasks', { title: '钉钉里完成', assignees: ['lisi'] });
  const [todo] = await todosOf(task.id);
  const tell = () =>
    sim('POST', '/events', {
      EventType: 'todo_task_update',
      EventTime: Date.now(),
      taskId: todo.id,
      unionIdList: ['union-lisi'],
    });
  await tell();
  const asked = async () => (await calls()).filter(({ path }) => path.endsWith('/org/tasks/query')).length;
  await expect.poll(asked).toBe(1);
  expect((await api('GET', task.links.self)).body.status).toBe('assigned');
  const { todos } = dingtalkOf(SIMULATED_APP, {
    dingtalkUrls: { api: urls.simulator, oapi: urls.simulator },
    meter: { count: () => undefined },
  });
  await todos.update({ ownerUnionId: 'union-zhangsan', id: todo.id, done: true });
  await tell();
  await expect
    .poll(async () => (await api('GET', task.links.self)).body.history.at(-1))
    .toMatchObject({
      action: 'done',
      status: 'done',
      by: 'lisi',
      via: 'todo',
    });
  // what dingdock then changes there itself is heard of too, and costs no call any more
  expect(await asked()).toBe(2);
});

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
