import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { chaseTasks } from '../../lib/tasks/follow/chase-tasks.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { patchTask } from '../../lib/tasks/patch-task.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

const MINUTE_MS = 60_000;
const TASK = { title: '盘点', completion: 'all' as const, tell: 'outcome' as const, partial: false };

let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  world = await startTaskWorld();
});
afterAll(() => world.close());

let made = 0;
function dispatch({ deps }: ReturnType<typeof world.ports>, more: object = {}) {
  made += 1;
  const body = { ...TASK, assignees: ['zhangsan'], via: ['message' as const], ...more };
  return dispatchTask(deps, { access: EVERYTHING, idempotencyKey: `row-${made}`, body });
}

/** The rows of numbers. */
async function numbers() {
  const { Items = [] } = await world.client.send(new ScanCommand({ TableName: 'records', ConsistentRead: true }));
  return Items.filter(({ part }) => part?.S === 'tasks#number');
}

test('twenty tasks at a time have twenty numbers, by each of which its task is found', async () => {
  const ports = world.ports();
  const all = await Promise.all(Array.from({ length: 20 }, () => dispatch(ports)));
  const ids = new Map(all.map(({ task }) => [task.number, task.id]));
  expect(ids.size).toBe(20);
  for (const [number, id] of ids) expect((await ports.deps.tasks.find(String(number)))?.id).toBe(id);
  expect(await ports.deps.tasks.find('999')).toBeUndefined();
});

test('new tasks are looked at once, and none that was followed is queued', async () => {
  const ports = world.ports();
  await dispatch(ports);
  await dispatch(ports);
  world.clock.now += 3 * MINUTE_MS;
  ports.commands.splice(0);
  await chaseTasks(ports.deps);
  await chaseTasks(ports.deps);
  expect(ports.queue).toEqual([]);
  expect(ports.commands.filter((name) => /^(Update|Put|Delete|BatchWrite)/.test(name))).toEqual([
    'BatchWriteItemCommand',
  ]);
});

test('a clock far ahead holds up no look at what is taken after it', async () => {
  const ports = world.ports();
  world.clock.now += 60 * 24 * 60 * MINUTE_MS;
  await dispatch(ports);
  world.clock.now -= 60 * 24 * 60 * MINUTE_MS;
  const dies = { ...ports.deps.tasks, leave: () => Promise.reject(new Error('killed')) };
  await expect(dispatch({ ...ports, deps: { ...ports.deps, tasks: dies } })).rejects.toThrow('killed');
  world.clock.now += 3 * MINUTE_MS;
  await chaseTasks(ports.deps);
  expect(ports.queue).toHaveLength(1);
});

test('a number does not come again after its task has aged out', async () => {
  const ports = world.ports();
  const { task } = await dispatch(ports);
  world.clock.now += 3 * MINUTE_MS;
  await chaseTasks(ports.deps);
  for (const { part, id } of await numbers()) {
    if (part && id && !id.S?.endsWith('~'))
      await world.client.send(new DeleteItemCommand({ TableName: 'records', Key: { part, id } }));
  }
  expect((await dispatch(ports)).task.number).toBe(task.number + 1);
});

test('a row that a dead worker left behind shows its task nowhere', async () => {
  const first = world.ports();
  const { task } = await dispatch(first, { assignees: ['wangwu'], due: '2035-01-01T00:00:00Z' });
  // the last write of a worker is its note of the rows that it wrote before
  const dies = { ...first.deps, tasks: { ...first.deps.tasks, leave: () => Promise.reject(new Error('killed')) } };
  const change = async (due: string) =>
    patchTask(first.deps as never, { access: EVERYTHING, id: task.id, body: { due } as never });
  await change('2036-01-01T00:00:00Z');
  await expect(followTask(dies, task.id)).rejects.toThrow('killed');
  await change('2037-01-01T00:00:00Z');
  const listed = async () => {
    const { tasks } = await first.deps.tasks.list('person#wangwu#open', { limit: 10 });
    return tasks.map(({ id, due }) => [id, due]);
  };
  const once = [[task.id, '2037-01-01T00:00:00Z']];
  expect(await listed()).toEqual(once); // until its lists have followed, it stands where it stood
  world.clock.now += 3 * MINUTE_MS;
  await followTask(first.deps, task.id);
  expect(await listed()).toEqual(once);
});
