import { expect, test } from 'vitest';
import { clientAgainst } from './client-against.ts';
import type { Answer, Call } from './server.ts';

const TODO = {
  ownerUnionId: 'union/zhangsan',
  sourceId: 'task-1',
  subject: '审批合同',
  executorUnionIds: ['union-lisi'],
  detailUrl: 'https://example.com/t/1?a=b',
};
const refused = (message: string): Answer => ({ status: 400, body: { code: 'todo.taskCreate.paramError', message } });

test('creates a to-do with all it knows', async () => {
  const { dingtalk, calls } = await clientAgainst({ body: { id: 'todo1', subject: TODO.subject } });
  const more = { operatorUnionId: 'union-op', description: 'd', participantUnionIds: ['p'], dueAt: 1e12, priority: 30 };
  expect(await dingtalk.todos.create({ ...TODO, ...more, priority: 30, notify: true })).toEqual({ id: 'todo1' });
  expect(calls[0]).toMatchObject({
    method: 'POST',
    path: '/v1.0/todo/users/union%2Fzhangsan/tasks',
    query: { operatorId: 'union-op' },
  });
  expect(calls[0]?.json).toEqual({
    sourceId: 'task-1',
    subject: '审批合同',
    creatorId: 'union/zhangsan',
    description: 'd',
    dueTime: 1e12,
    executorIds: ['union-lisi'],
    participantIds: ['p'],
    detailUrl: {
      appUrl: TODO.detailUrl,
      pcUrl: TODO.detailUrl,
    },
    priority: 30,
    notifyConfigs: { dingNotify: '1' },
  });
});

test('leaves out what it does not know', async () => {
  const { dingtalk, calls } = await clientAgainst({ body: { id: 'todo1' } });
  await dingtalk.todos.create(TODO);
  expect(calls[0]?.query).toEqual({});
  expect(calls[0]?.json).toEqual({
    sourceId: 'task-1',
    subject: '审批合同',
    creatorId: 'union/zhangsan',
    executorIds: ['union-lisi'],
    detailUrl: { appUrl: TODO.detailUrl, pcUrl: TODO.detailUrl },
  });
});

test('a repeat that DingTalk recognises by the source id gives the first id', async () => {
  const { dingtalk, calls } = await clientAgainst((_, count) =>
    count === 1 ? 'cut' : refused('task existed, sourceId is task-1, taskId is 0123456789abcdef0123456789abcdef'),
  );
  expect(await dingtalk.todos.create(TODO)).toEqual({
    id: '0123456789abcdef0123456789abcdef',
    existed: true,
  });
  expect(calls).toHaveLength(2);
});

/** Two pages of to-dos, ours on the second one or nowhere. */
const listing = (sourceId: string) => (call: Call) => {
  if (call.path.endsWith('/tasks')) return refused('task exist');
  const isSecond = call.json.nextToken === 'page2';
  const todoCards = isSecond ? [{ taskId: 'todo2', sourceId }] : [{ taskId: 'todo1', sourceId: 'else' }];
  return { body: { todoCards, ...(!isSecond && { nextToken: 'page2' }) } };
};

test('a repeat without an id in the text is looked up page by page', async () => {
  const { dingtalk, calls } = await clientAgainst(listing('task-1'));
  expect(await dingtalk.todos.create(TODO)).toEqual({ id: 'todo2', existed: true });
  expect(calls.map(({ path }) => path)).toEqual([
    '/v1.0/todo/users/union%2Fzhangsan/tasks',
    '/v1.0/todo/users/union%2Fzhangsan/org/tasks/query',
    '/v1.0/todo/users/union%2Fzhangsan/org/tasks/query',
  ]);
});

test('a repeat that cannot be found stays refused', async () => {
  const { dingtalk } = await clientAgainst(listing('another'));
  await expect(dingtalk.todos.create(TODO)).rejects.toMatchObject({
    code: 'todo.taskCreate.paramError',
    description: 'task exist',
  });
});

test('other faults are not taken for a repeat', async () => {
  const { dingtalk, calls } = await clientAgainst(refused('subject is oversize'));
  await expect(dingtalk.todos.create(TODO)).rejects.toMatchObject({ class: 'argument' });
  expect(calls).toHaveLength(1);
});
