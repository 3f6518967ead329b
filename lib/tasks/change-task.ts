import { changeRecord, queueChanged } from '../records/change.ts';
import { type Action, change, type Deed, type RefusedAction } from './life-cycle.ts';
import type { TaskQueue, TaskStore } from './store.ts';
import type { Task } from './task.ts';

export type ChangeDeps = { tasks: Pick<TaskStore, 'get' | 'put'>; queue: TaskQueue };

/** `same`: nothing had to be changed, for example by a second tap. */
export type Changed = { task: Task; same: boolean } | { task: Task; refused: RefusedAction } | { missing: true };

/** Changes a task: all of the actions or none. */
export async function changeTask(
  tasks: ChangeDeps['tasks'],
  id: string,
  actions: Action | readonly Action[],
  deed: Deed,
): Promise<Changed> {
  const made = (before: Task) => changedBy(before, [actions].flat(), deed);
  const changed = await changeRecord({ store: tasks, kind: 'task' }, id, made);
  if ('missing' in changed) return changed;
  const { record: task, ...rest } = changed;
  return { task, ...rest };
}

/** Changes a task and queues it to be followed: DingTalk, lists and bus come later. */
export async function changeAndTell(
  { tasks, queue }: ChangeDeps,
  id: string,
  actions: Action | readonly Action[],
  deed: Deed,
): Promise<Changed> {
  const changed = await changeTask(tasks, id, actions, deed);
  if ('same' in changed) await queueChanged(queue, { record: changed.task, same: changed.same });
  return changed;
}

function changedBy(before: Task, actions: readonly Action[], deed: Deed) {
  let task = before;
  for (const action of actions) {
    const next = change(task, action, deed);
    if ('refused' in next) return next;
    if ('task' in next) task = next.task;
  }
  return task.version === before.version ? { same: true as const } : { record: task };
}
