import { afterAll, beforeAll, expect, test } from 'vitest';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

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
