import type { Task } from './task.ts';

export type ViewDeps = { pageUrl(taskId: string, userId?: string): string };
export type TaskView = ReturnType<typeof taskView>;

/** A task as callers see it; `links.pages` are the assignees' own pages, each signed for one person. */
export function taskView({ pageUrl }: ViewDeps, task: Task) {
  const { requestHash: _, caller: __, rows: ___, todo: ____, reached: _____, ...seen } = task;
  const message = task.messageId === undefined ? {} : { message: `/messages/${task.messageId}` };
  const pages = Object.fromEntries(task.assignees.map(({ userId }) => [userId, pageUrl(task.id, userId)]));
  return { ...seen, links: { self: `/tasks/${task.id}`, ...message, pages } };
}
