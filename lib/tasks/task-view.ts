import * as v from 'valibot';
import { TaskView } from '../../contract/answers/tasks.ts';
import { defined } from '../base/defined.ts';
import type { Task } from './task.ts';

export type ViewDeps = { pageUrl(taskId: string, userId?: string): string };

/** A task as callers see it; `links.pages` are the assignees' own pages, each signed for one person. */
export function taskView({ pageUrl }: ViewDeps, task: Task): TaskView {
  const message = task.messageId && `/messages/${task.messageId}`;
  const pages = Object.fromEntries(task.assignees.map(({ userId }) => [userId, pageUrl(task.id, userId)]));
  return v.parse(TaskView, { ...task, links: { self: `/tasks/${task.id}`, ...defined({ message }), pages } });
}
