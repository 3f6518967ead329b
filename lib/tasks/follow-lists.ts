import { isOpen } from './follow-messages.ts';
import { isClosed } from './life-cycle.ts';
import type { Row, TaskStore } from './store.ts';
import type { Followed, Task } from './task.ts';

/** The lists of tasks that somebody, a destination or everybody has, and of those that are over. */
export const listOf = {
  person: (userId: string, open: boolean) => `person#${userId}#${open ? 'open' : 'closed'}`,
  group: (destination: string, open: boolean) => `group#${destination}#${open ? 'open' : 'closed'}`,
  all: (open: boolean) => `all#${open ? 'open' : 'closed'}`,
};

/** By due time, then by age; what has no due time comes last. */
export function orderOf({ due, createdAt, id }: Pick<Task, 'due' | 'createdAt' | 'id'>): string {
  return `${due === undefined ? '~' : new Date(due).toISOString()}#${createdAt}#${id}`;
}

/** Puts the task on the lists where it belongs and takes it off the others: what stands already costs nothing. */
export async function followLists(
  tasks: Pick<TaskStore, 'putRow' | 'dropRow'>,
  task: Task,
): Promise<Partial<Followed>> {
  const wanted = rowsOf(task);
  const had = task.rows ?? {};
  const rows = Object.fromEntries([...wanted].map(([id, row]) => [id, JSON.stringify(row)]));
  await Promise.all([
    ...[...wanted].filter(([id]) => had[id] !== rows[id]).map(([id, row]) => tasks.putRow(id, row)),
    ...Object.keys(had)
      .filter((id) => !wanted.has(id))
      .map((id) => tasks.dropRow(id)),
  ]);
  return { rows };
}

function rowsOf(task: Task): Map<string, Row> {
  const order = orderOf(task);
  const open = !isClosed(task);
  const listed = (list: string) => ({ task: task.id, list, order });
  return new Map<string, Row>([
    [`#${task.number}`, { task: task.id }],
    ...(task.todoId === undefined ? [] : [[`#todo-${task.todoId}`, { task: task.id }] as const]),
    [`member#${task.id}#all`, listed(listOf.all(open))],
    ...task.notify.map((name) => [`member#${task.id}#group#${name}`, listed(listOf.group(name, open))] as const),
    ...task.assignees.map(({ userId, state }) => {
      const list = listOf.person(userId, open && isOpen(state));
      return [`member#${task.id}#person#${userId}`, listed(list)] as const;
    }),
  ]);
}
