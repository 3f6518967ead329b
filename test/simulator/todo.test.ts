import { expect, test } from 'vitest';
import { desk } from './desk.ts';

const here = desk();
const base = '/v1.0/todo/users/union-zhangsan';
const todo = {
  subject: '看一下新版本',
  sourceId: 'source-1',
  creatorId: 'union-zhangsan',
  executorIds: ['union-lisi', 'union-wangwu'],
  dueTime: 1_800_000_000_000,
  detailUrl: { appUrl: 'https://a/t/1', pcUrl: 'https://a/t/1' },
  priority: 20,
  notifyConfigs: { dingNotify: '1' },
};
const create = (change: object = {}) =>
  here.api('POST', `${base}/tasks?operatorId=union-zhangsan`, { ...todo, ...change });

test('a to-do is made, changed, done by one, done by all and deleted', async () => {
  const { body } = await create();
  expect(body).toMatchObject({ id: expect.any(String), subject: '看一下新版本', done: false, sourceId: 'source-1' });
  const task = `${base}/tasks/${body.id}`;
  const changed = await here.api('PUT', task, { subject: '新标题', dueTime: 1_900_000_000_000 });
  expect(changed.body).toEqual({ result: true });
  const done = (...ids: string[]) => ({ executorStatusList: ids.map((id) => ({ id, isDone: true })) });
  await here.api('PUT', `${task}/executorStatus`, done('union-lisi'));
  expect(await here.sim('GET', '/todos')).toMatchObject([{ subject: '新标题', done: false, doneBy: ['union-lisi'] }]);
  await here.api('PUT', `${task}/executorStatus`, done('union-wangwu'));
  expect(await here.sim('GET', '/todos')).toMatchObject([{ done: true }]);
  await here.api('PUT', task, { done: false });
  expect(await here.sim('GET', '/todos')).toMatchObject([{ done: false, doneBy: [] }]);
  expect((await here.api('DELETE', task)).body).toEqual({ result: true });
  expect(await here.sim('GET', '/todos')).toEqual([]);
  expect(await here.sim('GET', '/todos?deleted=true')).toHaveLength(1);
  expect((await here.api('DELETE', task)).body).toMatchObject({
    code: 'todo.taskDelete.paramError',
    message: 'task not exist',
  });
});

test('one to-do for a sourceId; the refusal tells its id', async () => {
  const { body } = await create();
  const second = await create();
  expect(second.status).toBe(400);
  expect(second.body).toMatchObject({
    code: 'todo.taskCreate.paramError',
    message: expect.stringMatching(`task exist.*${body.id}`),
  });
  await here.api('DELETE', `${base}/tasks/${body.id}`);
  expect((await create()).status).toBe(200);
});

test.each([
  [{ subject: undefined }, 'subject is required'],
  [{ subject: 'x'.repeat(1025) }, 'subject is oversize'],
  [{ description: 'x'.repeat(4097) }, 'description is oversize'],
  [{ detailUrl: undefined }, 'detailUrl is required'],
  [{ detailUrl: { pcUrl: 'x'.repeat(1025) } }, 'detailUrl is oversize'],
  [{ dueTime: '2026-11-22' }, 'dueTime is invalid'],
  [{ executorIds: ['lisi'] }, 'executors is invalid'],
  [{ executorIds: Array.from({ length: 1001 }, () => 'union-lisi') }, 'executors is oversize'],
  [{ participantIds: ['nobody'] }, 'participants is invalid'],
  [{ creatorId: 'nobody' }, 'creatorId is invalid'],
  [{ priority: 5 }, 'priority is invalid'],
  [{ notifyConfigs: { dingNotify: true } }, 'notifyConfigs is invalid'],
  [{ contentFieldList: [{ fieldKey: 'k' }] }, 'contentFieldList is invalid'],
])('create refuses %j', async (change, message) => {
  const { status, body } = await create(change);
  expect([status, body.code]).toEqual([400, 'todo.taskCreate.paramError']);
  expect(body.message).toContain(message);
});

test('refuses a userId where a unionId belongs, and a foreign app', async () => {
  expect((await here.api('POST', '/v1.0/todo/users/zhangsan/tasks', todo)).body.message).toContain(
    'unionId is invalid',
  );
  expect((await here.api('POST', `${base}/tasks?operatorId=nobody`, todo)).body.message).toContain('operatorId');
  const { body } = await create();
  await here.sim('POST', '/apps', { appKey: 'other', appSecret: 's' });
  const other = await here.call('POST', '/v1.0/oauth2/accessToken', { appKey: 'other', appSecret: 's' });
  const headers = { 'x-acs-dingtalk-access-token': other.body.accessToken };
  const update = await here.call('PUT', `${base}/tasks/${body.id}`, { done: true }, headers);
  expect(update.body).toMatchObject({ code: 'todo.taskUpdate.paramError', message: 'task not belong to bizTag' });
});

test('the query finds by role and state', async () => {
  await create();
  const query = async (unionId: string, body: object) =>
    (await here.api('POST', `/v1.0/todo/users/${unionId}/org/tasks/query`, body)).body;
  expect((await query('union-lisi', { isDone: false, roleTypes: [['executor']] })).todoCards).toMatchObject([
    { sourceId: 'source-1', isDone: false, taskId: expect.any(String) },
  ]);
  expect((await query('union-lisi', { roleTypes: [['creator']] })).todoCards).toEqual([]);
  expect((await query('union-zhangsan', { isDone: true })).todoCards).toEqual([]);
  expect((await query('union-lisi', { nextToken: 'x' })).code).toBe('todo.orgTaskQuery.paramError');
});

test('a to-do is read by its id or its sourceId only where that is switched on', async () => {
  const { body } = await create();
  const [byId, bySource] = [`${base}/tasks/${body.id}`, `${base}/tasks/sources/source-1`];
  for (const path of [byId, bySource])
    expect(await here.api('GET', path)).toMatchObject({ status: 404, body: { code: 'InvalidAction.NotFound' } });
  await here.sim('POST', '/settings', { todoCanBeRead: true });
  for (const path of [byId, bySource])
    expect((await here.api('GET', path)).body).toMatchObject({ id: body.id, sourceId: 'source-1', done: false });
  const unknown = await here.api('GET', `${base}/tasks/sources/other`);
  expect([unknown.status, unknown.body.message]).toEqual([400, 'task not exist']);
});

test('people are found by id, mobile and unionId', async () => {
  const get = await here.old('POST', '/topapi/v2/user/get', { userid: 'lisi' });
  expect(get.body.result).toMatchObject({ userid: 'lisi', unionid: 'union-lisi', name: '李四', mobile: '13800000002' });
  const mobile = await here.old('POST', '/topapi/v2/user/getbymobile', { mobile: '13800000003' });
  expect(mobile.body.result.userid).toBe('wangwu');
  const union = await here.old('POST', '/topapi/user/getbyunionid', { unionid: 'union-zhangsan' });
  expect(union.body.result).toEqual({ contact_type: 0, userid: 'zhangsan' });
  const list = await here.old('POST', '/topapi/user/listid', { dept_id: 1 });
  expect(list.body.result.userid_list).toEqual(['zhangsan', 'lisi', 'wangwu']);
});

test.each([
  ['/topapi/v2/user/get', { userid: 'nobody' }, 33012],
  ['/topapi/v2/user/get', {}, 400002],
  ['/topapi/v2/user/getbymobile', { mobile: '13900000000' }, 60121],
  ['/topapi/v2/user/getbymobile', { mobile: 'mobile' }, 40104],
  ['/topapi/user/getbyunionid', { unionid: 'lisi' }, 60121],
  ['/topapi/user/listid', { dept_id: 2 }, 60003],
])('%s refuses %j with %i', async (path, body, errcode) => {
  expect((await here.old('POST', path, body)).body.errcode).toBe(errcode);
});
