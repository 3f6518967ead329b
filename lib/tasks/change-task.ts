import { ServiceError } from '../base/errors.ts';
import { type Action, change, type Deed, type RefusedAction } from './life-cycle.ts';
import type { TaskQueue, TaskStore } from './store.ts';
import type { Task } from './task.ts';

export type ChangeDeps = { tasks: Pick<TaskStore, 'get' | 'put'>; queue: TaskQueue };

/** `same`: nothing had to be changed, for example by a second tap. */
export type Changed = { task: Task; same: boolean } | { task: Task; refused: RefusedAction } | { missing: true };

const TRIES = 60;

/**
 * Changes a task: all of the actions or none. Each write is conditional on the version that was read, and is made anew on
 * the newer record if another change came first, so concurrent changes are never lost.
 */
export async function changeTask(
  tasks: ChangeDeps['tasks'],
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
    if (await tasks.put(after.task, before.version)) return { task: after.task, same: false };
  }
  throw new ServiceError('tasks.change', { code: 'task_busy', retryable: true });
}

/**
 * Changes a task and queues it to be followed: DingTalk, lists and bus come later. If the queue is down, the check that
 * is scheduled with each write follows the task instead.
 */
export async function changeAndTell(
  { tasks, queue }: ChangeDeps,
  id: string,
  actions: Action | readonly Action[],
  deed: Deed,
): Promise<Changed> {
  const changed = await changeTask(tasks, id, actions, deed);
  const isNew = 'same' in changed && !changed.same;
  if (isNew) await queue.put(id, changed.task.version).catch(() => undefined); // the port has logged it
  return changed;
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
