import * as v from 'valibot';
import { TaskView } from '../../contract/answers/tasks.ts';
import { type Access, mayActAs } from '../base/access.ts';
import { defined } from '../base/defined.ts';
import type { Task } from './task.ts';

export type ViewDeps = { pageUrl(task: Pick<Task, 'id' | 'app'>, userId?: string): string };

/**
 * A task as callers see it. `links.page` only shows it, or asks who is looking where people sign in. `links.pages` are the assignees' own, each signed for one person:
 * who holds one acts as that person, so they are for keys that may change tasks of those people, and no list has them.
 */
export function taskView({ pageUrl }: ViewDeps, task: Task, access?: Access): TaskView {
  const message = task.messageId && `/messages/${task.messageId}`;
  const theirs = task.assignees.filter(
    ({ userId }) => access && mayActAs(access, { userId, app: task.app, scope: 'tasks:write' }),
  );
  const pages = theirs.length > 0 && Object.fromEntries(theirs.map(({ userId }) => [userId, pageUrl(task, userId)]));
  const links = { self: `/tasks/${task.id}`, page: pageUrl(task), ...defined({ message }), ...(pages && { pages }) };
  return v.parse(TaskView, { ...task, links });
}
