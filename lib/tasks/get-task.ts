import type { TaskView } from '../../contract/answers/tasks.ts';
import { type Access, requireDestinations } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import type { TaskStore } from './store.ts';
import { taskView, type ViewDeps } from './task-view.ts';

/** A task, for keys that may use the destinations it notifies. */
export async function getTask(
  deps: ViewDeps & { tasks: Pick<TaskStore, 'get'> },
  id: string,
  access: Access,
): Promise<TaskView> {
  const task = id.startsWith('t_') ? await deps.tasks.get(id) : undefined;
  if (!task) throw unknownTask(id);
  requireDestinations(access, task.notify);
  return taskView(deps, task);
}

export function unknownTask(id: string): InvalidInput {
  const fault = { path: 'id', code: 'unknown_task', message: `no task has the id "${id}"` };
  return new InvalidInput('tasks.get', 'unknown_task', [fault]);
}
