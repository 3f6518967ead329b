import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeTask } from '../../lib/tasks/change-task.ts';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { EVERYTHING } from '../support/access.ts';
import { Dead, startTaskWorld } from '../support/task-world.ts';

let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  world = await startTaskWorld();
});
afterAll(() => world.close());

const MINUTE_MS = 60_000;
const TASK = {
  title: '发布',
  assignees: ['zhangsan', 'lisi', 'wangwu'],
  completion: 'all' as const,
  tell: 'outcome' as const,
  partial: false,
  notify: ['ops', 'project'],
  via: ['todo' as const, 'message' as const, 'card' as const],
};

test('a dispatch that dies after any of its calls ends in one to-do, one card, one message, and each event', async () => {
  let at = 1;
  for (let lived = false; !lived; at += 1) {
    const input = { access: EVERYTHING, idempotencyKey: `crash-${at}`, body: { ...TASK, title: `发布 ${at}.` } };
    const first = world.ports({ dieAfter: at });
    await dispatchTask(first.deps, input).catch(() => undefined);
    lived = !first.life.dead;
    world.clock.now += 3 * MINUTE_MS;
    const next = world.ports();
    // The caller asks again, or nobody does and the watch finds what was kept.
    if (at % 2 === 0) await dispatchTask(next.deps, input);
    for (const { id } of await next.deps.tasks.listDue('watched', world.clock.now)) await followTask(next.deps, id);
    const { title } = input.body;
    const todos = (await world.sim('GET', '/todos')).filter((todo: { subject: string }) => todo.subject === title);
    const shown = await world.sim('GET', '/messages?conversation=cidProject%3D');
    const cards = shown.filter(({ text }: { text: string }) => text.includes(title));
    const told = [...first.outbox, ...next.outbox].map(({ messageId, destination }) => `${messageId} ${destination}`);
    const events = [...first.bus, ...next.bus].map(({ id }) => id);
    const counts = [todos.length, cards.length, new Set(told).size, new Set(events).size];
    // Of a task that was never kept there is nothing at all, and its caller has no answer.
    const wasKept = todos.length > 0 || at % 2 === 0;
    expect({ at, counts }).toEqual({ at, counts: wasKept ? [1, 1, 1, 1] : [0, 0, 0, 0] });
    first.close();
    next.close();
  }
  expect(at).toBeGreaterThan(12);
});

/** A task of three people that tells its group of each step, and what a worker does that dies before it notes what it told. */
async function told() {
  const { deps } = world.ports();
  const dies = { ...deps, tasks: { ...deps.tasks, leave: () => Promise.reject(new Dead('leave')) } };
  const body = { title: '盘点', assignees: ['zhangsan', 'lisi', 'wangwu'], notify: ['ops'], via: ['message' as const] };
  const asked = { ...body, completion: 'all' as const, tell: 'every' as const, partial: false };
  const dispatch = (by: typeof deps, idempotencyKey: string) =>
    dispatchTask(by, { access: EVERYTHING, idempotencyKey, body: asked });
  /** Ids of all messages, the newest first. */
  const messages = async () => (await deps.messages.listDay('2026-06-01', { limit: 50 })).messages.map(({ id }) => id);
  const textOf = async (id = '') => JSON.stringify((await deps.messages.get(id))?.content);
  const act = (id: string, type: 'accept' | 'done', userId: string) =>
    changeTask(deps.tasks, id, { type, userId }, { by: userId, via: 'page', at: world.clock.now });
  return { deps, dies, dispatch, messages, textOf, act };
}

test('what people did since a telling that its worker died of is told', async () => {
  const { deps, dies, dispatch, messages, textOf, act } = await told();
  const { id } = (await dispatch(deps, 'told-1')).task;
  await act(id, 'accept', 'zhangsan');
  await followTask(deps, id);
  await act(id, 'accept', 'lisi');
  await followTask(deps, id);
  world.clock.now += 61_000;
  await expect(followTask(dies, id)).rejects.toThrow('leave');
  await act(id, 'done', 'wangwu');
  const before = await messages();
  world.clock.now += 120_000;
  await followTask(deps, id);
  const fresh = (await messages()).filter((one) => !before.includes(one));
  expect(fresh).toHaveLength(1);
  expect(await textOf(fresh[0])).toContain('王五');
});

test('a task that is changed after its worker died of the announcement is announced once', async () => {
  const { deps, dies, dispatch, messages, act } = await told();
  const before = await messages();
  await expect(dispatch(dies, 'told-2')).rejects.toThrow('leave');
  const fresh = async () => (await messages()).filter((one) => !before.includes(one));
  const [first] = await fresh();
  const { tasks } = await deps.tasks.list('person#lisi#open', { limit: 100 });
  const { id } = tasks.find(({ messageId }) => messageId === undefined) ?? expect.fail('it is not listed');
  await changeTask(
    deps.tasks,
    id,
    { type: 'edit', changes: { title: '盘点库存' } },
    { by: 'key:ci', via: 'api', at: world.clock.now },
  );
  world.clock.now += 120_000;
  await followTask(deps, id);
  expect((await deps.tasks.get(id))?.messageId).toBe(first);
  await act(id, 'accept', 'lisi');
  await followTask(deps, id);
  const [all, kept] = [await fresh(), await deps.tasks.get(id)];
  expect(all.filter((one) => one !== first).toReversed()).toEqual(kept?.newsIds);
});
