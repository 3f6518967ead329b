import { type ChangeDeps, changeAndTell } from '../../tasks/change-task.ts';
import { isClosed } from '../../tasks/life-cycle.ts';
import type { TaskStore } from '../../tasks/store.ts';
import type { Task } from '../../tasks/task.ts';
import type { BusEvent } from '../event.ts';

type Todos = { find(todo: { ownerUnionId: string; id: string }): Promise<{ done: boolean } | undefined> };

export type RecheckDeps = ChangeDeps & {
  tasks: Pick<TaskStore, 'find' | 'get' | 'put'>;
  now: () => number;
  appNamed(name: string): { todos: Todos };
};

/** dingdock's own changes of a to-do come back as events within this time. */
const ECHO_MS = 60_000;

/**
 * A to-do event only says that something changed (callbacks.md §4.5), so the to-do is read: one that is done completes
 * its task. An echo of dingdock's own change, or a to-do of another program, costs no call.
 */
export function recheckTodo(deps: RecheckDeps) {
  return (event: BusEvent) => {
    const { taskId } = event.data;
    if (event.type !== 'todo_task_update' || typeof taskId !== 'string') return undefined;
    return { run: () => recheck(deps, event, taskId) };
  };
}

async function recheck(deps: RecheckDeps, { app, occurredAt }: BusEvent, todoId: string): Promise<void> {
  const task = await deps.tasks.find(`todo-${todoId}`);
  if (!task?.todo || task.todoId !== todoId || isClosed(task) || isEcho(task, occurredAt)) return;
  const found = await deps.appNamed(app).todos.find({ ownerUnionId: task.todo.ownerUnionId, id: todoId });
  if (!found?.done) return;
  await changeAndTell(deps, task.id, { type: 'complete' }, { by: 'dingtalk', via: 'todo', at: deps.now() });
}

function isEcho({ history, createdAt }: Task, occurredAt: string): boolean {
  const last = Date.parse(history.at(-1)?.at ?? createdAt);
  return Date.parse(occurredAt) - last < ECHO_MS;
}
