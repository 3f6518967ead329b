import * as v from 'valibot';
import { defined } from '../base/defined.ts';
import { shortened } from '../records/history.ts';
import { type Assignee, type HistoryEntry, type Person, Task, type TaskStatus } from './task.ts';

/** A change of a task. */
export type Action =
  | { type: 'accept' | 'done' | 'decline' | 'resume'; userId: string }
  | { type: 'edit'; changes: Edit }
  | { type: 'people'; add: Person[]; remove: string[] }
  | { type: 'complete' | 'cancel' | 'reopen' | 'overdue' }
  | { type: 'fail'; code: string; reason: string };

/** null removes a field. */
export type Edit = {
  title?: string | undefined;
  description?: string | null | undefined;
  due?: string | null | undefined;
  remindBefore?: number | null | undefined;
  priority?: Task['priority'] | null | undefined;
  url?: string | null | undefined;
  completion?: Task['completion'] | undefined;
};

/** Who made the change, through which channel, when (epoch ms), and their comment. */
export type Deed = Pick<HistoryEntry, 'by' | 'via' | 'comment'> & { at: number };
type Noted = Deed & Pick<HistoryEntry, 'changed' | 'assignee'>;

/** Why an action is refused in the task's current state. */
export type RefusedAction = 'not_an_assignee' | 'task_closed' | 'not_due' | 'nobody_left' | 'too_many_people';

export type Change = { task: Task } | { same: true } | { refused: RefusedAction };

/** DingTalk advises at most 100 executors (callbacks.md §9.1). */
export const MOST_ASSIGNEES = 100;
/** How much history a record keeps, beside 150 kB of words, data and people at most (bytes of JSON). */
const KEPT_BYTES = 120_000;

/** A task that needs no more work. */
export function isClosed({ status }: Pick<Task, 'status'>): boolean {
  return status === 'done' || status === 'cancelled' || status === 'failed';
}

/** Whether an assignee still has to do something. */
export function isOpen({ state }: Pick<Assignee, 'state'>): boolean {
  return state === 'assigned' || state === 'accepted';
}

/**
 * The task after an action, with one more version and one more line of history. `same` when the action changes nothing,
 * for example a second tap; `refused` when the state does not allow it. Pure: the caller writes the task on the condition
 * that the stored version is unchanged, and calls again when it is not.
 */
export function change(task: Task, action: Action, deed: Deed): Change {
  switch (action.type) {
    case 'accept':
    case 'done':
    case 'decline':
    case 'resume':
      return step(task, action, deed);
    case 'edit':
      return edit(task, action.changes, deed);
    case 'people':
      return people(task, action.add, action.remove, deed);
    case 'complete':
      return close(task, 'done', 'completed', deed);
    case 'cancel':
      return close(task, 'cancelled', 'cancelled', deed);
    case 'reopen':
      if (!isClosed(task) && task.status !== 'declined') return { same: true };
      return noted(task, { ...task, assignees: task.assignees.map(assigned), status: 'assigned' }, 'reopened', deed);
    case 'overdue':
      if (isClosed(task)) return { refused: 'task_closed' };
      if (task.overdueSince !== undefined) return { same: true };
      if (task.due === undefined || Date.parse(task.due) > deed.at) return { refused: 'not_due' };
      return noted(task, { ...task, overdueSince: task.due }, 'overdue', deed);
    case 'fail':
      if (isClosed(task)) return { refused: 'task_closed' };
      return noted(task, { ...task, status: 'failed', code: action.code, reason: action.reason }, 'failed', deed);
  }
}

/** The status of the whole task, from the states of its assignees. */
export function statusOf(assignees: readonly Assignee[], completion: Task['completion']): TaskStatus {
  const able = assignees.filter(({ state }) => state !== 'declined');
  if (able.length === 0) return 'declined';
  const done = able.filter(({ state }) => state === 'done').length;
  if (completion === 'any' ? done > 0 : done === able.length) return 'done';
  return able.some(({ state }) => state !== 'assigned') ? 'accepted' : 'assigned';
}

type Step = { from: readonly Assignee['state'][]; to: Assignee['state']; action: HistoryEntry['action'] };
type OwnAction = Extract<Action, { userId: string }>;

const STEPS: Record<OwnAction['type'], Step> = {
  accept: { from: ['assigned', 'declined'], to: 'accepted', action: 'accepted' },
  done: { from: ['assigned', 'accepted', 'declined'], to: 'done', action: 'done' },
  decline: { from: ['assigned', 'accepted'], to: 'declined', action: 'declined' },
  resume: { from: ['accepted', 'done', 'declined'], to: 'assigned', action: 'resumed' },
};

/** Moves one assignee to another state. */
function step(task: Task, { type, userId }: OwnAction, deed: Deed): Change {
  const { from, to, action } = STEPS[type];
  const own = task.assignees.find((assignee) => assignee.userId === userId);
  if (!own) return { refused: 'not_an_assignee' };
  if (own.state === to) return { same: true };
  const reopens = to === 'assigned' && task.status === 'done';
  if (isClosed(task) && !reopens) return { refused: 'task_closed' };
  if (!from.includes(own.state)) return { same: true }; // accept after done: the assignee is already further
  const assignees = task.assignees.map((assignee) => (assignee === own ? { ...own, state: to } : assignee));
  const status = statusOf(assignees, task.completion);
  return noted(task, { ...task, assignees, status }, action, { ...deed, assignee: userId });
}

function edit(task: Task, changes: Edit, deed: Deed): Change {
  if (isClosed(task)) return { refused: 'task_closed' };
  const now: Record<string, unknown> = task;
  const given = Object.entries(changes).filter(
    ([name, value]) => value !== undefined && (value ?? undefined) !== now[name],
  );
  if (given.length === 0) return { same: true };
  const changed = given.map(([name]) => name);
  const late = changed.includes('due') ? { overdueSince: null } : {};
  const members = Object.entries({ ...task, ...Object.fromEntries(given), ...late }).filter(
    ([, value]) => value !== null,
  );
  const next = v.parse(Task, Object.fromEntries(members));
  return noted(task, { ...next, status: statusOf(next.assignees, next.completion) }, 'edited', { ...deed, changed });
}

function people(task: Task, add: Person[], remove: string[], deed: Deed): Change {
  if (isClosed(task)) return { refused: 'task_closed' };
  const leaving = task.assignees.filter(({ userId }) => remove.includes(userId));
  const known = new Set([...task.assignees.map(({ userId }) => userId), ...remove]);
  const coming = add.filter(({ userId }) => !known.has(userId) && known.add(userId));
  if (leaving.length + coming.length === 0) return { same: true };
  const assignees = [...task.assignees.filter((assignee) => !leaving.includes(assignee)), ...coming.map(assigned)];
  if (assignees.length === 0) return { refused: 'nobody_left' };
  if (assignees.length > MOST_ASSIGNEES) return { refused: 'too_many_people' };
  const changed = [...coming.map(({ userId }) => `+${userId}`), ...leaving.map(({ userId }) => `-${userId}`)];
  const status = statusOf(assignees, task.completion);
  return noted(task, { ...task, assignees, status }, 'people', { ...deed, changed });
}

function close(task: Task, status: 'done' | 'cancelled', action: HistoryEntry['action'], deed: Deed): Change {
  if (task.status === status) return { same: true };
  if (isClosed(task)) return { refused: 'task_closed' };
  return noted(task, { ...task, status }, action, deed);
}

function assigned({ userId, unionId, name }: Person): Assignee {
  return defined({ userId, unionId, name, state: 'assigned' as const });
}

/** Adds one line of history and one version; a closed task is not overdue, and only a failed one has a reason. */
function noted(before: Task, after: Task, action: HistoryEntry['action'], { at, ...deed }: Noted): Change {
  const version = before.version + 1;
  const status = after.status === before.status ? {} : { status: after.status };
  const entry = { version, at: new Date(at).toISOString(), action, ...status, ...deed };
  const history = [...before.history, entry];
  const { overdueSince, code, reason, ...rest } = after;
  const late = isClosed(after) || overdueSince === undefined ? {} : { overdueSince };
  const why = after.status !== 'failed' || code === undefined ? {} : defined({ code, reason });
  return { task: { ...rest, ...late, ...why, version, history: shortened(history, KEPT_BYTES) } };
}
