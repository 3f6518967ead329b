import { afterAll, beforeAll, expect, test } from 'vitest';
import { askApproval } from '../../lib/approvals/ask-approval.ts';
import { followApproval } from '../../lib/approvals/follow.ts';
import { answerOnPage } from '../../lib/approvals/page/open-approval.ts';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { patchTask } from '../../lib/tasks/patch-task.ts';
import { EVERYTHING } from '../support/access.ts';
import { largestItems } from '../support/item-kinds.ts';
import { startTaskWorld } from '../support/task-world.ts';

// The largest input of each kind that is accepted, through all its states: DynamoDB takes 400 kB an item.

const TOTAL = { timeout: 600_000 };
let world: Awaited<ReturnType<typeof startTaskWorld>>;
/** A userId has up to 64 bytes. */
const PEOPLE = Array.from({ length: 200 }, (_, n) => `${n}-`.padEnd(64, 'u'));
const WORDS = { title: '字'.repeat(1_024), comment: '字'.repeat(1_000), details: '字'.repeat(4_000) };
const data = { all: '字'.repeat(16_300) };

beforeAll(async () => {
  world = await startTaskWorld();
  await world.sim('POST', '/settings', { qps: 100_000, qpm: 0 });
  for (const userId of PEOPLE) await world.sim('POST', '/people', { userId, name: '名'.repeat(20) });
});
afterAll(() => world.close());

const items = () => largestItems(world.client);

test('a task of 100 people with the longest words stays below 300 kB, whatever they say', TOTAL, async () => {
  const { deps } = world.ports();
  const [assignees, participants] = [PEOPLE.slice(0, 100), PEOPLE.slice(100)];
  const body = {
    ...{ title: WORDS.title, description: '字'.repeat(4_096), url: `https://example.com/${'u'.repeat(1_000)}`, data },
    ...{ assignees, participants, due: '2035-01-01T00:00:00Z', remindBefore: 60, notify: ['ops', 'project'] },
    ...{ completion: 'all' as const, tell: 'outcome' as const, partial: false },
  };
  const { task } = await dispatchTask(deps, { access: EVERYTHING, body });
  const patch = (changes: object) =>
    patchTask(deps as never, {
      access: EVERYTHING,
      id: task.id,
      body: { comment: WORDS.comment, ...changes } as never,
    });
  const most = items();
  for (const state of ['accepted', 'done'])
    for (const userId of assignees) {
      await patch({ step: { userId, state } });
      if (userId.startsWith('9')) await followTask(deps, task.id);
      if (userId.startsWith('5')) await most.look();
    }
  await followTask(deps, task.id);
  expect((await deps.tasks.get(task.id))?.status).toBe('done');
  await most.look();
  most.told(['task', 'row of a task', 'count of tasks', 'person']);
});

test('a question to 50 people, who change their minds and say why, stays below 300 kB', TOTAL, async () => {
  const { deps } = world.ports();
  const people = PEOPLE.slice(0, 50);
  const deeds = { take: async () => ({ granted: true as const }), mayTell: async () => true };
  const body = {
    ...{ question: '字'.repeat(200), details: WORDS.details, data, to: ['project'] },
    approvers: { people, quorum: 50 },
    choices: ['a', 'b'].map((id) => ({ id, label: '字'.repeat(20), comment: true })),
    ...{ expiresAt: '2026-06-02T00:00:00Z', onExpire: 'expire' as const },
  };
  const { approval } = await askApproval(deps, { access: EVERYTHING, waitMs: 0, body });
  const most = items();
  const said = async (p: string, choice: string) => {
    const fields = { p, e: '1', s: 's', choice, comment: WORDS.comment };
    expect((await answerOnPage({ ...deps, deeds }, approval.id, { fields, headers: {} })).status).toBe(303);
    if (p.startsWith('4')) await most.look();
  };
  for (const choice of ['a', 'b']) for (const p of people.slice(1)) await said(p, choice);
  for (const p of people) await said(p, 'a');
  await followApproval(deps, approval.id);
  expect((await deps.approvals.get(approval.id))?.status).toBe('decided');
  await most.look();
  most.told(['approval', 'row of an approval', 'code']);
});
