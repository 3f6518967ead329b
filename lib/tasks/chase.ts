import type { AcceptDeps } from '../messages/accept.ts';
import { changeTask } from './change-task.ts';
import { isClosed } from './life-cycle.ts';
import type { TaskStore } from './store.ts';
import type { Task } from './task.ts';

export type ChaseDeps = AcceptDeps & {
  tasks: TaskStore;
  pageUrl(taskId: string, userId?: string): string;
  timeZone: string;
};

/** Does what is due by now: a task that is late becomes so. */
export async function chase(deps: ChaseDeps, _owner: string, task: Task): Promise<Task> {
  const at = deps.now();
  if (isClosed(task) || task.due === undefined || task.overdueSince !== undefined) return task;
  if (Date.parse(task.due) > at) return task;
  const quiet = { put: async () => undefined };
  const deed = { by: 'schedule', via: 'schedule' as const, at };
  const changed = await changeTask({ tasks: deps.tasks, queue: quiet }, task.id, { type: 'overdue' }, deed);
  return 'task' in changed ? changed.task : task;
}

/** When somebody has to look after a task next for its own sake (epoch ms). */
export function nextLook(task: Task, now: number): number | undefined {
  if (isClosed(task) || task.due === undefined || task.overdueSince !== undefined) return undefined;
  return Math.max(Date.parse(task.due), now);
}
