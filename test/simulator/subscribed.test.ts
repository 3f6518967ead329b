import { beforeEach, expect, test } from 'vitest';
import { desk } from './desk.ts';
import { receiver } from './receiver.ts';

const here = desk();
const owner = receiver();
const base = '/v1.0/todo/users/union-zhangsan/tasks';
const events = () => owner.seen.map((seen) => seen.event);
const subscribe = (...subscribedEvents: string[]) => here.sim('POST', '/settings', { subscribedEvents });
beforeEach(() => here.simulator.setCallbackUrl(owner.url));

test('a to-do’s life is told step by step, without its state', async () => {
  await subscribe('todo_task_create', 'todo_task_update', 'todo_task_delete');
  const todo = { subject: 's', executorIds: ['union-lisi'], detailUrl: { pcUrl: 'https://a' } };
  const { id } = (await here.api('POST', base, todo)).body;
  await here.api('PUT', `${base}/${id}`, { subject: 't' });
  await here.api('PUT', `${base}/${id}/executorStatus`, { executorStatusList: [{ id: 'union-lisi', isDone: true }] });
  await here.api('DELETE', `${base}/${id}`);
  await expect.poll(() => owner.seen.length).toBe(4);
  const common = { taskId: id, UnionIdList: ['union-zhangsan', 'union-lisi'], CorpId: 'dingsimcorp' };
  const byType = Object.groupBy(events(), (event) => event.EventType);
  expect(byType.todo_task_create).toMatchObject([{ ...common, bizTag: 'dingsimapp' }]);
  expect(byType.todo_task_update).toHaveLength(2);
  expect(byType.todo_task_delete?.[0]).not.toHaveProperty('bizTag');
  expect(new Set(events().map((event) => event.eventId)).size).toBe(4);
});

test('what changes of a group is told, and who read and what was taken back', async () => {
  await subscribe('chat_add_member', 'chat_remove_member', 'chat_update_title', 'chat_update_owner');
  const group = { openConversationId: 'cidOps=', name: '新名', owner: 'lisi', del_useridlist: ['wangwu'] };
  await here.api('POST', '/v1.0/im/group/update', group);
  await expect.poll(() => owner.seen.length).toBe(3);
  const byType = Object.groupBy(events(), (event) => event.EventType);
  expect(byType.chat_remove_member).toMatchObject([
    { userId: ['wangwu'], unionId: ['union-wangwu'], chatId: 'chatOps', operator: 'zhangsan' },
  ]);
  expect(byType.chat_update_title).toMatchObject([{ title: '新名' }]);
  expect(byType.chat_update_owner?.[0]).toMatchObject({ owner: 'lisi', operatorUnionId: 'union-zhangsan' });
  expect(byType.chat_update_owner?.[0]).not.toHaveProperty('chatId');

  owner.seen.length = 0;
  await subscribe('robot_msg_read', 'robot_msg_recall');
  const { processQueryKey } = (await here.group('sampleText', { content: 'x' })).body;
  await here.sim('POST', '/read', { userId: 'lisi' });
  const robot = { robotCode: 'dingsimapp', openConversationId: 'cidProject=', processQueryKeys: [processQueryKey] };
  await here.api('POST', '/v1.0/robot/groupMessages/recall', robot);
  await expect.poll(() => owner.seen.length).toBe(2);
  const byName = events().toSorted((a, b) => a.EventType.localeCompare(b.EventType));
  expect(byName).toMatchObject([
    { EventType: 'robot_msg_read', ProcessQueryKey: processQueryKey, UserId: 'lisi', OperatTime: expect.any(String) },
    { EventType: 'robot_msg_recall', OpenConversationId: 'cidProject=', OperatTime: expect.any(Number) },
  ]);
});

test('nothing is told that was not ticked', async () => {
  await here.api('POST', base, { subject: 's', detailUrl: { pcUrl: 'https://a' } });
  await subscribe('todo_task_delete');
  await here.sim('POST', '/events', { EventType: 'check_in', StaffId: 'lisi' });
  expect(events()).toMatchObject([{ EventType: 'check_in' }]);
});
