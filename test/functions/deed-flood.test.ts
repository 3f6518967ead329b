import { afterAll, beforeAll, expect, test } from 'vitest';
import { askApproval } from '../../lib/approvals/ask-approval.ts';
import { followApproval } from '../../lib/approvals/follow.ts';
import { answerOnPage } from '../../lib/approvals/page/open-approval.ts';
import { createDeedTable } from '../../lib/aws/tables/deed-table.ts';
import { createSessions } from '../../lib/base/visitor/session.ts';
import { tapTask } from '../../lib/events/reactions/tap-task.ts';
import { changeAndTell } from '../../lib/tasks/change-task.ts';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { chaseTasks } from '../../lib/tasks/follow/chase-tasks.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { actOnTask } from '../../lib/tasks/page/act-on-task.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

let world: Awaited<ReturnType<typeof startTaskWorld>>;
let process: ReturnType<typeof world.ports>;
beforeAll(async () => {
  world = await startTaskWorld();
  process = world.ports();
});
afterAll(() => world.close());

/** Follows what was queued, and runs the schedule. */
async function follow(): Promise<void> {
  await chaseTasks(process.deps);
  for (const id of process.queue.splice(0)) await followTask(process.deps, id);
}

async function given(tell: 'outcome' | 'every' = 'every') {
  const body = { title: '结账', completion: 'all' as const, tell, partial: false };
  const people = { assignees: ['zhangsan', 'lisi'], notify: ['project'] };
  const { task } = await dispatchTask(process.deps, { access: EVERYTHING, body: { ...body, ...people } });
  process.outbox.splice(0);
  return task.id;
}

/** The texts that went to the group since the last call. */
async function told(): Promise<string[]> {
  const items = process.outbox.splice(0);
  const messages = await Promise.all(items.map(({ messageId }) => process.deps.messages.get(messageId)));
  return messages.map((message) => (message?.content.kind === 'markdown' ? message.content.text : ''));
}

function pageDeps() {
  return {
    ...process.deps,
    deeds: createDeedTable(world.client, 'tasks', () => world.clock.now, Math.random),
    holderOf: () => ({ userId: 'zhangsan', madeOn: 0 }),
    sessions: createSessions({ key: 'key', now: () => world.clock.now }),
    departures: { leftAt: async () => undefined },
  };
}

test.each(['outcome', 'every'] as const)(
  '200 taps in 30 s by one link are two messages in the group (tell %s)',
  async (tell) => {
    const id = await given(tell);
    world.clock.now = Math.ceil(world.clock.now / 60_000) * 60_000 + 45_000;
    const deps = pageDeps();
    const statuses: number[] = [];
    for (let tap = 0; tap < 200; tap += 1) {
      const fields = { p: 'zhangsan', e: 'e', s: 's', action: tap % 2 === 0 ? 'done' : 'resume' };
      const { status, headers, body } = await actOnTask(deps, id, { fields, headers: {} });
      statuses.push(status);
      if (status === 429) {
        expect(Number(headers['retry-after'])).toBeGreaterThan(0);
        expect(body).toContain(`请在 ${headers['retry-after']} 秒后再试`);
      }
      world.clock.now += 150;
      await follow();
    }
    // across a border of the clock's minutes too
    expect(statuses.filter((status) => status === 303)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(190);
    for (let minute = 0; minute < 5; minute += 1) {
      world.clock.now += 60_000;
      await follow();
    }
    const texts = await told();
    expect(texts.length).toBeLessThanOrEqual(2);
    if (tell === 'every') expect(texts).toHaveLength(2);
  },
);

test("200 taps in 30 s on an approval's page are two messages in the group", async () => {
  const approvers = { people: ['zhangsan', 'lisi'], quorum: 2 };
  const body = { question: '发布？', approvers, to: ['project'], onExpire: 'expire' as const };
  const { approval } = await askApproval(process.deps, { access: EVERYTHING, waitMs: 0, body });
  const statuses: number[] = [];
  for (let tap = 0; tap < 200; tap += 1) {
    // the other one decides in between: what comes after changes nothing
    const [p, choice] = tap === 40 ? ['lisi', 'approve'] : ['zhangsan', tap % 2 === 0 ? 'approve' : 'reject'];
    const fields = { p, e: 'e', s: 's', choice };
    statuses.push((await answerOnPage(pageDeps(), approval.id, { fields, headers: {} })).status);
    world.clock.now += 150;
    for (const id of process.queue.splice(0)) await followApproval(process.deps, id);
  }
  const count = (asked: number) => statuses.filter((status) => status === asked).length;
  expect(count(303) + count(409) + count(429)).toBe(200);
  expect(count(303)).toBeLessThanOrEqual(11);
  expect(count(429)).toBeGreaterThan(180);
  expect(process.outbox.splice(0).length).toBeLessThanOrEqual(2);
});

test('no minute holds more than ten deeds of a person, wherever it begins, and a refusal is told once a minute', async () => {
  const deeds = createDeedTable(world.client, 'tasks', () => world.clock.now, Math.random);
  const done: number[] = [];
  let said = 0;
  for (let second = 0; second < 160; second += 4) {
    world.clock.now += 4_000;
    const taken = await deeds.take('wangwu');
    if (taken.granted) done.push(world.clock.now);
    else {
      expect(taken.retryAt).toBeGreaterThan(world.clock.now);
      if (await deeds.mayTell('wangwu')) said += 1;
    }
  }
  const within = done.map((from) => done.filter((at) => at >= from && at < from + 60_000).length);
  expect(Math.max(...within)).toBe(10);
  expect(done.length).toBeGreaterThanOrEqual(25);
  expect(said).toBeLessThanOrEqual(3);
  expect(said).toBeGreaterThan(1);
  // together too
  world.clock.now += 60_000;
  const together = await Promise.all(Array.from({ length: 40 }, () => deeds.take('wangwu')));
  const all = together.filter(({ granted }) => granted).length;
  expect(all).toBeGreaterThan(5);
  expect(all).toBeLessThanOrEqual(10);
});

test('the first deed is told at once, and what follows within a minute in one message with the last state', async () => {
  const id = await given();
  const deed = async (type: 'accept' | 'decline', userId: string) => {
    await changeAndTell(process.deps, id, { type, userId }, { by: userId, via: 'card', at: world.clock.now });
    await follow();
  };
  await deed('accept', 'zhangsan');
  expect(await told()).toEqual([expect.stringContaining('👌')]);
  world.clock.now += 10_000;
  await deed('accept', 'lisi');
  await deed('decline', 'zhangsan');
  expect(await told()).toEqual([]);
  world.clock.now += 49_000;
  await follow();
  expect(await told()).toEqual([]);
  world.clock.now += 1_000;
  await follow();
  expect(await told()).toEqual([expect.stringContaining('✋')]);
  world.clock.now += 300_000;
  await follow();
  expect(await told()).toEqual([]);
  await deed('accept', 'zhangsan');
  expect(await told()).toHaveLength(1);
});

test('a change by the API or the schedule is told at once', async () => {
  const id = await given();
  for (const [type, mark] of [
    ['cancel', '🚫'],
    ['reopen', '🔁'],
  ] as const) {
    await changeAndTell(process.deps, id, { type }, { by: 'key:ci', via: 'api', at: world.clock.now });
    await follow();
    expect(await told()).toEqual([expect.stringContaining(mark)]);
  }
});

test('taps on a card are counted for the person, whatever the task', async () => {
  const id = await given();
  const react = tapTask({ ...pageDeps(), corpIdOf: () => 'dingsimcorp', now: () => world.clock.now });
  world.clock.now += 120_000;
  const before = (await process.deps.tasks.get(id))?.version ?? 0;
  for (let tap = 0; tap < 30; tap += 1) {
    const action = tap % 2 === 0 ? 'done' : 'resume';
    const data = { outTrackId: `dingdock-task-${id}`, userId: 'lisi', actionIds: [action] };
    await react({
      id: `${tap}`,
      type: 'card.click',
      app: 'default',
      corpId: 'c',
      occurredAt: '2026-06-01T00:00:00Z',
      data,
      raw: '',
    })?.run();
  }
  expect((await process.deps.tasks.get(id))?.version).toBe(before + 10);
});
