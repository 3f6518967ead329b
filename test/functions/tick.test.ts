import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BusEvent } from '../../lib/events/event.ts';
import { recheckTodo } from '../../lib/events/reactions/recheck-todo.ts';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { patchTask } from '../../lib/tasks/patch-task.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

// A client of DingTalk's that lets people tick off the to-dos of apps, as none is known to (callbacks.md §9.1).
let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  world = await startTaskWorld();
});
afterAll(() => world.close());

let begun = 0;
async function begin(completion: 'any' | 'all') {
  const one = world.ports();
  begun += 1;
  const body = { title: '看一下', assignees: ['zhangsan', 'lisi'], completion, via: ['todo' as const] };
  const { task } = await dispatchTask(one.deps, {
    access: EVERYTHING,
    idempotencyKey: `tick-${begun}`,
    body: { ...body, tell: 'outcome' as const, partial: false },
  });
  const deps = { ...one.deps, appNamed: () => one.deps.taskApp() };
  const todoId = task.todoId ?? expect.fail('it has no to-do');
  return {
    ...one,
    id: task.id,
    tick: (userId: string, done = true) => world.sim('POST', '/tick', { userId, todo: todoId, done }),
    /** DingTalk says that something changed, and no more. */
    async hear() {
      const event: BusEvent = {
        ...{ id: 'e', type: 'todo_task_update', app: 'default', raw: '' },
        occurredAt: new Date(world.clock.now).toISOString(),
        data: { taskId: todoId },
      };
      await recheckTodo(deps)(event)?.run();
    },
    follow: () => followTask(one.deps, task.id),
    task: async () => (await one.deps.tasks.get(task.id)) ?? expect.fail(),
    todo: async () =>
      (await world.sim('GET', '/todos')).find(({ id }: { id: string }) => id === todoId) ?? expect.fail(),
    queries: async () =>
      (await world.sim('GET', '/calls')).filter(({ path }: { path: string }) => path.endsWith('/org/tasks/query'))
        .length,
    patch: (body: object) => patchTask(one.deps as never, { access: EVERYTHING, id: task.id, body: body as never }),
  };
}

test('the strict client has no box to tick', async () => {
  const { tick } = await begin('all');
  expect(JSON.stringify(await tick('lisi'))).toMatch(/cannot tick/);
});

const CASES = [1, 30, 64].flatMap((seconds) =>
  (['any', 'all'] as const).flatMap((completion) =>
    [['lisi'], ['lisi', 'zhangsan']].map((who) => ({ seconds, completion, who })),
  ),
);

test.each(CASES)('$seconds s after creation, $completion: ticked by $who', async ({ seconds, completion, who }) => {
  await world.sim('POST', '/settings', { todo: { tickable: true, descriptionShown: false } });
  const { tick, hear, task, todo, follow } = await begin(completion);
  world.clock.now += seconds * 1_000;
  for (const userId of who) {
    await tick(userId);
    await hear();
    await follow();
  }
  const isDone = completion === 'any' || who.length === 2;
  const record = await task();
  expect(record.status).toBe(isDone ? 'done' : 'accepted');
  const done = record.assignees.filter(({ state }) => state === 'done').map(({ userId }) => userId);
  expect(done.sort()).toEqual((completion === 'any' ? who.slice(0, 1) : who).toSorted());
  expect(record.history.at(-1)).toMatchObject({ action: 'done', via: 'todo' });
  // what dingdock makes of it at DingTalk says the same
  expect((await todo()).done).toBe(isDone);
});

test('what dingdock changed there itself is no tick, and an event before it did so waits for that', async () => {
  await world.sim('POST', '/settings', { todo: { tickable: true, descriptionShown: false } });
  const { tick, hear, task, follow, patch, queries } = await begin('all');
  await patch({ step: { userId: 'lisi', state: 'done' } });
  const before = await queries();
  await expect(hear()).rejects.toMatchObject({ code: 'todo_behind', retryable: true });
  expect(await queries()).toBe(before);
  await follow();
  const { version } = await task();
  await hear();
  expect((await task()).version).toBe(version);
  await tick('zhangsan');
  await hear();
  expect((await task()).status).toBe('done');
  // the echo of the end costs nothing
  const asked = await queries();
  await follow();
  await hear();
  expect(await queries()).toBe(asked);
});

test('a tick that came before dingdock knew its own to-do is looked at again; a stranger is not', async () => {
  const { deps } = world.ports();
  const event = (at: number): BusEvent => ({
    ...{ id: 'e', type: 'todo_task_update', app: 'default', raw: '', data: { taskId: 'nobody-knows-it' } },
    occurredAt: new Date(at).toISOString(),
  });
  const recheck = recheckTodo({ ...deps, appNamed: () => deps.taskApp() });
  await expect(recheck(event(world.clock.now))?.run()).rejects.toMatchObject({ code: 'todo_unknown', retryable: true });
  await recheck(event(world.clock.now - 61_000))?.run();
});
