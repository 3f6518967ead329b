import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toItem } from '../../lib/aws/tables/item.ts';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { chaseTasks, sendTaskDigests } from '../../lib/tasks/follow/chase-tasks.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';
import { task } from '../support/tasks.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OPEN = 2_000;

let world: Awaited<ReturnType<typeof startTaskWorld>>;
let process: ReturnType<typeof world.ports>;
beforeAll(async () => {
  world = await startTaskWorld({
    digest: { at: '09:00', destinations: ['project'] },
    quiet: { from: '22:00', to: '07:00' },
  });
  process = world.ports();
  // They are somebody else's, and due in a year.
  const dueAt = world.clock.now + 365 * 24 * HOUR_MS;
  const items = Array.from({ length: OPEN }, (_, index) =>
    toItem({ ...task({ id: `t_${index}`, due: new Date(dueAt).toISOString() }), watch: 'watched', dueAt }),
  );
  for (let from = 0; from < OPEN; from += 25) {
    const tasks = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await world.client.send(new BatchWriteItemCommand({ RequestItems: { tasks } }));
  }
});
afterAll(() => world.close());

/** One run of the schedule, and of what it queued; answers the messages that it made, by destination. */
async function run() {
  const before = process.outbox.length;
  await chaseTasks(process.deps);
  for (const id of process.queue.splice(0)) await followTask(process.deps, id);
  await sendTaskDigests(process.deps);
  return process.outbox
    .slice(before)
    .map(({ destination }) => destination)
    .sort();
}

const body = { title: '结账', completion: 'all' as const, tell: 'outcome' as const, partial: false };
const at = (ms: number) => new Date(world.clock.now + ms).toISOString();

test('among 2,000 open tasks a reminder, the notice of being late and the digests go out once each, without a scan', async () => {
  const made = { ...body, assignees: ['lisi', 'wangwu'], notify: ['project'], due: at(2 * HOUR_MS), remindBefore: 30 };
  const { task: one } = await dispatchTask(process.deps, { access: EVERYTHING, body: made });
  process.outbox.splice(0);
  process.commands.splice(0);
  expect(await run()).toEqual([]);

  world.clock.now += HOUR_MS + 31 * MINUTE_MS;
  expect(await run()).toEqual(['@default:lisi,wangwu']);
  expect(await run()).toEqual([]);

  world.clock.now += HOUR_MS;
  expect(await run()).toEqual(['project']);
  expect(await run()).toEqual([]);
  expect(process.bus.filter(({ type }) => type === 'task.overdue')).toHaveLength(1);
  expect(await process.deps.tasks.get(one.id)).toMatchObject({ overdueSince: made.due, version: 2 });

  // 9 o'clock the next day in Shanghai, and two hours on.
  world.clock.now = Date.parse('2026-06-02T01:00:30Z');
  expect(await run()).toEqual(['@default:lisi', '@default:wangwu', 'project']);
  world.clock.now += 2 * HOUR_MS;
  expect(await run()).toEqual([]);
  world.clock.now += 22 * HOUR_MS;
  expect(await run()).toHaveLength(3);

  expect(process.commands).not.toContain('ScanCommand');
  const counts = Object.entries(Object.groupBy(process.commands, (name) => name)).map(([name, all]) => [
    name,
    all?.length,
  ]);
  console.log(`calls to DynamoDB in nine runs: ${JSON.stringify(Object.fromEntries(counts))}`);
  expect(process.commands.length).toBeLessThan(OPEN / 10);
});

test('in the quiet hours nobody is chased, and what fell into them is told when they end', async () => {
  world.clock.now = Date.parse('2026-06-03T13:00:00Z'); // 21:00 in Shanghai
  await run();
  const late = { ...body, assignees: ['lisi'], due: at(2 * HOUR_MS) };
  await dispatchTask(process.deps, { access: EVERYTHING, body: late });
  world.clock.now += 3 * HOUR_MS;
  expect(await run()).toEqual([]);
  world.clock.now = Date.parse('2026-06-03T23:00:10Z'); // 07:00 in Shanghai
  expect(await run()).toEqual(['@default:lisi']);
  expect(await run()).toEqual([]);
});

test('what the queue lost is found, and a task that is done is not chased', async () => {
  world.clock.now = Date.parse('2026-06-10T02:00:00Z');
  await run();
  const { task: one } = await dispatchTask(process.deps, {
    access: EVERYTHING,
    body: { ...body, assignees: ['lisi'], due: at(HOUR_MS), remindBefore: 10 },
  });
  const { changeAndTell } = await import('../../lib/tasks/change-task.ts');
  const down = { put: async () => Promise.reject(new Error('the queue is down')) };
  const deed = { by: 'lisi', via: 'page' as const, at: world.clock.now };
  await changeAndTell({ ...process.deps, queue: down }, one.id, { type: 'done', userId: 'lisi' }, deed);
  world.clock.now += 3 * MINUTE_MS;
  await run();
  const [todo] = (await world.sim('GET', '/todos')).filter(({ sourceId }: { sourceId: string }) => sourceId === one.id);
  expect(todo).toMatchObject({ done: true });
  world.clock.now += 2 * HOUR_MS;
  expect(await run()).toEqual([]);
});
