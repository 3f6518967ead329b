import { isClosed, isOpen } from '../life-cycle.ts';
import { listOf } from '../lists.ts';
import type { TaskStore } from '../store.ts';
import type { Task } from '../task.ts';

/** Whether a person has not finished their part of an open task. */
export function isOpenFor(task: Task, userId: string): boolean {
  return !isClosed(task) && task.assignees.some((assignee) => assignee.userId === userId && isOpen(assignee));
}

/** A person's open tasks, sorted by due date, earliest first; `more` when there are more than `limit`. */
export async function openTasksOf(
  tasks: Pick<TaskStore, 'list'>,
  userId: string,
  limit: number,
): Promise<{ open: Task[]; more: boolean }> {
  const { tasks: found, cursor } = await tasks.list(listOf.person(userId, true), { limit });
  return { open: found.filter((task) => isOpenFor(task, userId)), more: cursor !== undefined };
}
