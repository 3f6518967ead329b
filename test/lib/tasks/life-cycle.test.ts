import { expect, test } from 'vitest';
import { type Action, change, isClosed, statusOf } from '../../../lib/tasks/life-cycle.ts';
import type { Task } from '../../../lib/tasks/task.ts';
import fc from '../../support/property.ts';
import { task as anyTask, assignee } from '../../support/tasks.ts';

const AT = Date.parse('2026-06-02T00:00:00Z');
const deed = { by: 'key:test', via: 'api' as const, at: AT };
const task = (over: Partial<Task> = {}) => anyTask({ assignees: [assignee('lisi'), assignee('wangwu')], ...over });
const people = ['lisi', 'wangwu', 'zhangsan'];
const person = fc.constantFrom(...people);
const whoever = person.map((userId) => assignee(userId));

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constantFrom('accept', 'done', 'decline', 'resume'), userId: person }),
  fc.record({ type: fc.constantFrom('complete', 'cancel', 'reopen', 'overdue') }),
  fc.record({
    type: fc.constant('people'),
    add: fc.array(whoever, { maxLength: 2 }),
    remove: fc.array(person, { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant('edit'),
    changes: fc.record(
      {
        title: fc.constantFrom('一', '二'),
        due: fc.constantFrom(null, '2026-06-01T12:00:00.000Z', '2026-06-03T12:00:00.000Z'),
        description: fc.constantFrom(null, 'x'),
        completion: fc.constantFrom('any', 'all'),
      },
      { requiredKeys: [] },
    ),
  }),
);

function after(start: Task, actions: Action[]): { task: Task; accepted: Action[] } {
  const accepted: Action[] = [];
  let now = start;
  for (const one of actions) {
    const changed = change(now, one, deed);
    if (!('task' in changed)) continue;
    accepted.push(one);
    now = changed.task;
  }
  return { task: now, accepted };
}

test('whatever is done to a task, it stays one that makes sense, with a line of history for each accepted change', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), fc.constantFrom('any', 'all'), (actions, completion) => {
      const end = after(task({ completion, due: '2026-06-01T12:00:00.000Z' }), actions);
      const { status, assignees, history, version, overdueSince } = end.task;
      expect(history.map((entry) => entry.version)).toEqual(Array.from({ length: version }, (_, index) => index + 1));
      expect(history).toHaveLength(end.accepted.length + 1);
      expect(assignees.length).toBeGreaterThan(0);
      expect(new Set(assignees.map(({ userId }) => userId)).size).toBe(assignees.length);
      if (isClosed(end.task)) expect(overdueSince).toBeUndefined();
      else expect(status).toBe(statusOf(assignees, end.task.completion));
      // The history alone says what the whole is.
      expect(history.reduce((now, entry) => entry.status ?? now, 'assigned')).toBe(status);
    }),
    { numRuns: 500 },
  );
});

test('doing the same once more changes nothing', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 10 }), action, (actions, last) => {
      const { task: before } = after(task({ due: '2026-06-01T12:00:00.000Z' }), actions);
      const once = change(before, last, deed);
      if (!('task' in once)) return;
      const twice = change(once.task, last, deed);
      expect('task' in twice).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['all', ['done', 'assigned'], 'accepted'],
  ['all', ['done', 'done'], 'done'],
  ['all', ['done', 'declined'], 'done'],
  ['any', ['done', 'assigned'], 'done'],
  ['any', ['declined', 'declined'], 'declined'],
  ['all', ['assigned', 'declined'], 'assigned'],
  ['all', ['accepted', 'assigned'], 'accepted'],
] as const)('completion %s of people who are %j is %s', (completion, states, status) => {
  const assignees = states.map((state, index) => assignee(`p${index}`, { state }));
  expect(statusOf(assignees, completion)).toBe(status);
});

test('a task that is over takes no step but to be opened again, and says so', () => {
  const { task: done } = after(task(), [{ type: 'complete' }]);
  expect(change(done, { type: 'done', userId: 'lisi' }, deed)).toEqual({ refused: 'task_closed' });
  expect(change(done, { type: 'edit', changes: { title: 'x' } }, deed)).toEqual({ refused: 'task_closed' });
  const again = change(done, { type: 'reopen' }, deed);
  expect(again).toMatchObject({ task: { status: 'assigned', version: 3 } });
});

test('who is not in it, leaves nobody in it or brings too many is refused', () => {
  expect(change(task(), { type: 'done', userId: 'stranger' }, deed)).toEqual({ refused: 'not_an_assignee' });
  expect(change(task(), { type: 'people', add: [], remove: ['lisi', 'wangwu'] }, deed)).toEqual({
    refused: 'nobody_left',
  });
  const many = Array.from({ length: 99 }, (_, index) => assignee(`p${index}`));
  expect(change(task(), { type: 'people', add: many, remove: [] }, deed)).toEqual({ refused: 'too_many_people' });
});

test('an edit takes fields away by null, and another due time ends being late', () => {
  const late = after(task({ due: '2026-06-01T12:00:00.000Z', description: 'x' }), [{ type: 'overdue' }]).task;
  expect(late.overdueSince).toBe('2026-06-01T12:00:00.000Z');
  const edited = change(late, { type: 'edit', changes: { due: '2026-06-09T12:00:00.000Z', description: null } }, deed);
  if (!('task' in edited)) throw new Error('it is an edit');
  expect(edited.task.overdueSince).toBeUndefined();
  expect('description' in edited.task).toBe(false);
  expect(edited.task.history.at(-1)?.changed).toEqual(['due', 'description']);
});

test('a history of many edits keeps its first line and its last ones', () => {
  const edits = Array.from({ length: 500 }, (_, index): Action => ({ type: 'edit', changes: { title: `t${index}` } }));
  const comment = '评论'.repeat(500);
  const edited = edits.reduce((now, edit) => {
    const next = change(now, edit, { ...deed, comment });
    return 'task' in next ? next.task : now;
  }, task());
  expect(edited.version).toBe(501);
  // DynamoDB takes 400 kB an item
  expect(Buffer.byteLength(JSON.stringify(edited))).toBeLessThan(250_000);
  // each of these lines is 3 kB
  expect(edited.history.length).toBeGreaterThan(35);
  expect([edited.history[0]?.version, edited.history.at(-1)?.version]).toEqual([1, 501]);
});
