import { InvalidInput } from '../../lib/errors.ts';
import type { TaskStore } from '../../lib/tasks/store.ts';
import { type TaskView, taskView, type ViewDeps } from './task-view.ts';

export async function getTask(deps: ViewDeps & { tasks: Pick<TaskStore, 'get'> }, id: string): Promise<TaskView> {
  const task = id.startsWith('t_') ? await deps.tasks.get(id) : undefined;
  if (task) return taskView(deps, task);
  throw unknownTask(id);
}

export function unknownTask(id: string): InvalidInput {
  const fault = { path: 'id', code: 'unknown_task', message: `no task has the id "${id}"` };
  return new InvalidInput('tasks.get', 'unknown_task', [fault], 404);
}
