import { ServiceError } from '../../base/errors.ts';
import { type ChangeDeps, changeAndTell } from '../../tasks/change-task.ts';
import { isClosed, isOpen } from '../../tasks/life-cycle.ts';
import type { TaskStore } from '../../tasks/store.ts';
import type { Assignee, SentTodo, Task } from '../../tasks/task.ts';
import type { BusEvent } from '../event.ts';

type Todos = { find(todo: { ownerUnionId: string; id: string }): Promise<{ done: boolean } | undefined> };

export type RecheckDeps = ChangeDeps & {
  tasks: Pick<TaskStore, 'find' | 'get' | 'put'>;
  now: () => number;
  appNamed(name: string): { todos: Todos };
};

/** A tick is of use for as long as its task is likely to be open. */
const DAY_MS = 24 * 3_600_000;
/** A to-do whose task is not known after this time is another program's. */
const KNOWN_AFTER_MS = 60_000;
/** Each person's tick is read by itself, which costs a call; with more people only whether all are done. */
const MOST_READ = 20;

/**
 * A to-do event says only that something changed (callbacks.md §4.5), so the to-do is read, however soon after a change of
 * dingdock's own it comes, and what it says is held against the task: whom it has as done and the task has not, has ticked
 * it. A to-do of another program costs no call.
 */
export function recheckTodo(deps: RecheckDeps) {
  return (event: BusEvent) => {
    const { taskId } = event.data;
    if (event.type !== 'todo_task_update' || typeof taskId !== 'string') return undefined;
    return { usefulMs: DAY_MS, run: () => recheck(deps, event, taskId) };
  };
}

async function recheck(deps: RecheckDeps, { app, occurredAt }: BusEvent, todoId: string): Promise<void> {
  const task = await deps.tasks.find(`todo-${todoId}`);
  if (!task && deps.now() - Date.parse(occurredAt) < KNOWN_AFTER_MS) throw notYet('todo_unknown');
  if (!task?.todo || task.todoId !== todoId || isClosed(task)) return;
  // until then it would be read what dingdock is about to change there
  if ((task.reached.todo ?? 0) < task.version) throw notYet('todo_behind');
  const { todos } = deps.appNamed(app);
  const isDone = async (ownerUnionId: string) => (await todos.find({ ownerUnionId, id: todoId }))?.done === true;
  const deed = { via: 'todo' as const, at: deps.now() };
  const people = openOn(task, task.todo);
  if (people.length > MOST_READ) {
    if (!(await isDone(task.todo.ownerUnionId))) return;
    await changeAndTell(deps, task.id, { type: 'complete' }, { ...deed, by: 'dingtalk' });
    return;
  }
  for (const { userId, unionId } of people) {
    if (!(await isDone(unionId))) continue;
    await changeAndTell(deps, task.id, { type: 'done', userId }, { ...deed, by: userId });
  }
}

/** The assignees of the to-do who have not finished. */
function openOn({ assignees }: Task, { executors }: SentTodo): Assignee[] {
  return assignees.filter((assignee) => isOpen(assignee) && executors.includes(assignee.unionId));
}

function notYet(code: string): ServiceError {
  return new ServiceError('tasks.recheck', { code, retryable: true });
}
