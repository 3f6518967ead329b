import type { TaskView } from '../../contract/answers/tasks.ts';
import { type Access, requireRecord } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { isIdOf } from '../base/ids.ts';
import { type OutcomeDeps, withOutcomes } from './outcomes.ts';
import type { TaskStore } from './store.ts';
import type { Task } from './task.ts';
import { taskView, type ViewDeps } from './task-view.ts';

/** A task, for keys that may see it, with what came of its messages. */
export async function getTask(
  deps: ViewDeps & OutcomeDeps & { tasks: Pick<TaskStore, 'get'> },
  id: string,
  access: Access,
): Promise<TaskView> {
  return taskView(deps, await withOutcomes(deps, await findTask(deps, { id, access })), access);
}

/** @throws InvalidInput, or NotAllowed for a key that may not see the task, or not change it */
export async function findTask(
  { tasks }: { tasks: Pick<TaskStore, 'get'> },
  { id, access, toChange = false }: { id: string; access: Access; toChange?: boolean },
): Promise<Task> {
  const task = isIdOf('t', id) ? await tasks.get(id) : undefined;
  if (!task) throw unknownTask(id);
  const { caller: owner, notify: destinations, assignees, participants, creator, app } = task;
  const people = [...assignees, ...participants, ...(creator ? [creator] : [])].map(({ userId }) => userId);
  requireRecord(access, { owner, destinations, ...(toChange && { people, app }) });
  return task;
}

export function unknownTask(id: string): InvalidInput {
  const fault = { path: 'id', code: 'unknown_task', message: `no task has the id "${id}"` };
  return new InvalidInput('tasks.get', 'unknown_task', [fault]);
}
