import { ServiceError } from '../base/errors.ts';
import { type Action, change, type Deed, type RefusedAction } from './life-cycle.ts';
import type { TaskQueue, TaskStore } from './store.ts';
import type { Task } from './task.ts';

export type ChangeDeps = { tasks: Pick<TaskStore, 'get' | 'put'>; queue: TaskQueue };

/** `same`: nothing had to be changed, as by a second tap. */
export type Changed = { task: Task; same: boolean } | { task: Task; refused: RefusedAction } | { missing: true };

/** With so many others at the same task one asks again later. */
const TRIES = 60;

/**
 * Does something to a task: all of the actions or none. Each change is written on the condition that nobody else changed
 * the task meanwhile, and made anew on what they left otherwise; so none is lost, however many come at once. What follows
 * the task is told by the queue; should the queue be down, the watch over tasks brings it back.
 */
export async function changeTask(
  { tasks, queue }: ChangeDeps,
  id: string,
  actions: Action | readonly Action[],
  deed: Deed,
): Promise<Changed> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await tasks.get(id);
    if (!before) return { missing: true };
    const after = changedBy(before, [actions].flat(), deed);
    if ('refused' in after) return { task: before, refused: after.refused };
    if (after.task.version === before.version) return { task: before, same: true };
    if (!(await tasks.put(after.task, before.version))) continue;
    await queue.put(id, after.task.version).catch(() => undefined); // told by the queue's port
    return { task: after.task, same: false };
  }
  throw new ServiceError('tasks.change', { code: 'task_busy', retryable: true });
}

function changedBy(before: Task, actions: readonly Action[], deed: Deed): { task: Task } | { refused: RefusedAction } {
  let task = before;
  for (const action of actions) {
    const next = change(task, action, deed);
    if ('refused' in next) return next;
    if ('task' in next) task = next.task;
  }
  return { task };
}
