import { afterAll, beforeAll, expect, test } from 'vitest';
import { AskApproval } from '../../../contract/requests/approvals.ts';
import { ChangeTask, DispatchTask } from '../../../contract/requests/tasks.ts';
import { askApproval } from '../../../lib/approvals/ask-approval.ts';
import { changeApproval } from '../../../lib/approvals/change-approval.ts';
import { followApproval } from '../../../lib/approvals/follow.ts';
import { dispatchTask } from '../../../lib/tasks/dispatch-task.ts';
import { sendTaskDigests } from '../../../lib/tasks/follow/chase-tasks.ts';
import { followTask } from '../../../lib/tasks/follow/follow.ts';
import { patchTask } from '../../../lib/tasks/patch-task.ts';
import { EVERYTHING } from '../../support/access.ts';
import { largestItems } from '../../support/item-kinds.ts';
import { accepted, filled, forInputs, largest, taken, widest } from '../../support/largest.ts';
import fc from '../../support/property.ts';
import { startTaskWorld } from '../../support/task-world.ts';

// The largest task and the largest question that the contract takes, through what people may make of them.

const TOTAL = { timeout: 3_600_000 };
let world: Awaited<ReturnType<typeof startTaskWorld>>;
let items: ReturnType<typeof largestItems>;
/** A userId has up to 64 bytes. */
const PEOPLE = Array.from({ length: 200 }, (_, n) => `${n}-`.padEnd(64, 'u'));

beforeAll(async () => {
  world = await startTaskWorld({ digest: { at: '09:00', destinations: ['ops', 'project'] } });
  await world.sim('POST', '/settings', { qps: 100_000, qpm: 0 });
  for (const userId of PEOPLE) await world.sim('POST', '/people', { userId, name: '名'.repeat(20) });
  items = largestItems(world.client);
});
afterAll(() => world.close());

const START = Date.parse('2026-06-01T00:30:00Z');
const DAY_MS = 86_400_000;
const comment = filled(1_000);

/** A deed: of the n-th person, or a change by the API. */
const deed = fc.oneof(
  {
    arbitrary: fc.record({ who: fc.nat(99), state: fc.constantFrom('accepted', 'done', 'declined', 'assigned') }),
    weight: 4,
  },
  { arbitrary: fc.record({ make: largest(ChangeTask) }), weight: 1 },
  { arbitrary: fc.record({ status: fc.constantFrom('done', 'cancelled', 'open') }), weight: 1 },
);
const taskLife = fc.record({
  make: largest(DispatchTask),
  comment,
  deeds: fc.array(deed, { minLength: 40, maxLength: 50 }),
});
type TaskLife = typeof taskLife extends fc.Arbitrary<infer L> ? L : never;
const fullTask: TaskLife = {
  make: widest(DispatchTask),
  comment: '字'.repeat(1_000),
  deeds: Array.from({ length: 45 }, (_, who) => ({ who, state: 'accepted' as const })),
};

test('a task of the most people with the longest words, whatever they do', TOTAL, async () => {
  const run = async ({ make, comment: said, deeds }: TaskLife) => {
    world.clock.now = START;
    const { deps } = world.ports();
    const drawn = await taken(DispatchTask, make);
    const many = Math.min(100, drawn.assignees.length);
    const people = {
      ...{ assignees: PEOPLE.slice(0, many), participants: PEOPLE.slice(100), creator: PEOPLE[0] },
      ...{ due: '2026-06-02T00:00:00Z', notify: ['ops', 'project'], app: undefined },
    };
    // what cannot be said at the destinations is shorter
    const dispatched = await accepted(
      (share) => ({ ...drawn, ...people, description: drawn.description?.slice(0, Math.ceil(4_096 * share)) }),
      (body) => dispatchTask(deps, { access: EVERYTHING, body: body as typeof drawn }).catch(refusedInput),
    );
    const { id } = dispatched.task;
    const patch = (changes: object) => {
      const body = { comment: said, ...changes } as never;
      return patchTask(deps as never, { access: EVERYTHING, id, body }).catch(refusedInput);
    };
    for (const [n, each] of deeds.entries()) {
      await patch(await changesOf(each));
      if (n % 15 > 0) continue;
      await followTask(deps, id);
      await items.look();
    }
    await followTask(deps, id);
    world.clock.now += DAY_MS;
    await sendTaskDigests(deps as never);
    await followTask(deps, id);
    await items.look();
  };
  await forInputs(taskLife, run, fullTask);
});

async function changesOf(each: TaskLife['deeds'][number]): Promise<object> {
  if ('who' in each) return { step: { userId: PEOPLE[each.who], state: each.state } };
  if ('status' in each) return each;
  const { step: _, status: __, ...changes } = await taken(ChangeTask, each.make);
  return { ...changes, due: null, add: PEOPLE.slice(90, 100), remove: PEOPLE.slice(0, 10) };
}

/** A request that is refused as such: anything else fails the test. */
function refusedInput(error: unknown): undefined {
  expect(error).toMatchObject({ name: expect.stringMatching(/InvalidInput|Refusal|Conflict/) });
}

const questionLife = fc.record({
  make: largest(AskApproval),
  comment,
  answers: fc.array(fc.tuple(fc.nat(49), fc.nat(4)), { minLength: 50, maxLength: 80 }),
  end: fc.constantFrom('decided' as const, 'expired' as const, 'withdrawn' as const),
});
type QuestionLife = typeof questionLife extends fc.Arbitrary<infer L> ? L : never;
const fullQuestion: QuestionLife = {
  make: widest(AskApproval),
  comment: '字'.repeat(1_000),
  answers: Array.from({ length: 75 }, (_, n): [number, number] => [n % 50, n < 50 ? 0 : 1]),
  end: 'decided',
};

test('a question to the most people, who change their minds and say why', TOTAL, async () => {
  const run = async ({ make, comment: said, answers, end }: QuestionLife) => {
    world.clock.now = START;
    const { deps } = world.ports();
    const drawn = await taken(AskApproval, make);
    const many = drawn.approvers.people.length;
    const asked = {
      ...{ asker: PEOPLE[100], to: ['project'], expiresAt: '2026-06-02T00:00:00Z', app: undefined },
      approvers: { people: PEOPLE.slice(0, many), quorum: many },
    };
    const { approval } = await accepted(
      (share) => ({ ...drawn, ...asked, details: drawn.details?.slice(0, Math.ceil(4_000 * share)) }),
      (body) => askApproval(deps, { access: EVERYTHING, waitMs: 0, body: body as typeof drawn }).catch(refusedInput),
    );
    const { id, choices } = approval;
    const change = (action: Parameters<typeof changeApproval>[2], userId: string) =>
      changeApproval(deps, id, action, {
        by: { type: 'person', id: userId, via: 'page' },
        ...{ at: world.clock.now, comment: said },
      });
    for (const [n, [who, which]] of answers.entries()) {
      const choice = choices[which % choices.length]?.id ?? '';
      await change({ type: 'answer', choice }, PEOPLE[who % many] ?? '');
      if (n % 25 > 0) continue;
      await followApproval(deps, id);
      await items.look();
    }
    const decision = { type: 'answer' as const, choice: choices[0]?.id ?? '' };
    const [asker = ''] = PEOPLE.slice(100);
    const ends = {
      withdrawn: () => change({ type: 'withdraw' }, asker),
      expired: () => {
        world.clock.now += 2 * DAY_MS;
        return change({ type: 'expire' }, asker);
      },
      decided: async () => {
        for (const who of PEOPLE.slice(0, many)) await change(decision, who);
      },
    };
    await ends[end]();
    await followApproval(deps, id);
    await items.look();
  };
  await forInputs(questionLife, run, fullQuestion);
});

test('each of these kinds was among them', () => {
  items.told([
    ...['task', 'row of a task', 'person', 'digest'],
    ...['approval', 'row of an approval', 'code', 'message', 'content of a message', 'idempotency key'],
  ]);
});
