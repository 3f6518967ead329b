import { InvalidInput } from '../errors.ts';
import { type AcceptDeps, acceptMessage } from '../messages/accept.ts';
import type { Content } from '../messages/content.ts';
import { MAX_MENTIONS } from '../messages/mention.ts';
import type { Followed, HistoryEntry, Task } from './task.ts';
import { announcement, news } from './words.ts';

export type TellDeps = AcceptDeps & { pageUrl(taskId: string, userId?: string): string; timeZone: string };

/**
 * Tells the `notify` destinations what happened since they were told last. Each step has its own idempotency key, so a
 * repeat after a crash is no second message.
 */
export async function followMessages(deps: TellDeps, task: Task): Promise<Partial<Followed>> {
  if (!task.via.includes('message') || task.notify.length === 0 || task.status === 'failed') return {};
  let { messageId } = task;
  for (const entry of task.history) {
    if (entry.version <= (task.reached.message ?? 0)) continue;
    const isFirst = messageId === undefined;
    if (!isFirst && !isTold(task, entry)) continue;
    const content = isFirst
      ? announcement(task, deps.pageUrl(task.id), deps.timeZone)
      : news(task, entry, deps.pageUrl(task.id));
    const id = await tell(deps, task, `${task.id}#${entry.version}`, content, concernedBy(task, entry, isFirst));
    messageId ??= id;
  }
  return { messageId };
}

async function tell(deps: TellDeps, task: Task, idempotencyKey: string, content: Content, users: string[]) {
  const mention = { users: users.slice(0, MAX_MENTIONS), fallback: 'text' as const };
  try {
    const { id } = await acceptMessage(deps, { caller: 'tasks', idempotencyKey, to: task.notify, content, mention });
    return id;
  } catch (error) {
    // It went out in an attempt that did not live to say so, and the task reads otherwise by now.
    if (error instanceof InvalidInput && error.code === 'idempotency_key_reused') return undefined;
    throw error;
  }
}

/** A group hears how a task ends and who else is in it, and of each step only when it was asked for. */
function isTold(task: Task, { action, status }: HistoryEntry): boolean {
  if (status === 'done' || status === 'declined') return true;
  if (action === 'cancelled' || action === 'overdue' || action === 'reopened' || action === 'people') return true;
  return task.tell === 'every';
}

/** Whom a step concerns, so that they are mentioned: all of them, those who came, those who are late. */
function concernedBy({ assignees }: Task, { action, changed = [] }: HistoryEntry, isFirst: boolean): string[] {
  const all = assignees.map(({ userId }) => userId);
  if (isFirst || action === 'reopened' || action === 'cancelled') return all;
  if (action === 'people') return all.filter((userId) => changed.includes(`+${userId}`));
  if (action === 'overdue') return assignees.filter(({ state }) => isOpen(state)).map(({ userId }) => userId);
  return [];
}

/** Whether somebody still has to do something. */
export function isOpen(state: Task['assignees'][number]['state']): boolean {
  return state === 'assigned' || state === 'accepted';
}
