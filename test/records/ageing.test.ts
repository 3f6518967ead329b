import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { patchTask } from '../../lib/tasks/patch-task.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  world = await startTaskWorld();
});
afterAll(() => world.close());

test('a closed task ages out with all its rows, and one that is opened again keeps them', async () => {
  const { deps } = world.ports();
  const said = { completion: 'all' as const, tell: 'outcome' as const, partial: false };
  const body = { title: '看一下', assignees: ['zhangsan', 'lisi'], notify: ['project'], ...said };
  const { task } = await dispatchTask(deps, { access: EVERYTHING, body });
  const ageing = async () => {
    const tables = ['tasks', 'records'].map((TableName) => new ScanCommand({ TableName, ConsistentRead: true }));
    const found = await Promise.all(tables.map((scan) => world.client.send(scan)));
    const own = found
      .flatMap(({ Items = [] }) => Items)
      .filter(({ id, task: of }) => id?.S === task.id || of?.S === task.id);
    return Object.fromEntries(own.map(({ id, part, ttl }) => [part?.S ?? id?.S, ttl !== undefined]));
  };
  const rows = (state: string) => [
    ...[task.id, 'tasks#number', `tasks#todo#${task.todoId}`],
    ...['all', 'group#project', 'person#lisi'].map((name) => `tasks#${name}#${state}`),
  ];
  const all = (value: boolean, zhangsan = 'open') => {
    const state = value ? 'closed' : 'open';
    return Object.fromEntries([...rows(state), `tasks#person#zhangsan#${zhangsan}`].map((id) => [id, value]));
  };
  const change = async (changes: object) => {
    await patchTask(deps as never, { access: EVERYTHING, id: task.id, body: changes as never });
    await followTask(deps, task.id);
  };
  expect(await ageing()).toEqual(all(false));
  await change({ step: { userId: 'zhangsan', state: 'done' } });
  expect(await ageing()).toEqual(all(false, 'closed'));
  await change({ step: { userId: 'lisi', state: 'done' } });
  expect(await ageing()).toEqual(all(true, 'closed'));
  await change({ step: { userId: 'lisi', state: 'assigned' } });
  expect(await ageing()).toEqual(all(false, 'closed'));
});
