import { type AcceptDeps, acceptMessage } from '../../messages/accept.ts';
import type { Content } from '../../messages/content.ts';
import { nameOfPeople } from '../../messages/destination.ts';
import { MAX_MENTIONS } from '../../messages/mention.ts';
import { isOpen } from '../life-cycle.ts';
import { ignoreReusedKey } from '../reused-key.ts';
import type { Followed, HistoryEntry, Task } from '../task.ts';
import { announcement, news } from '../task-messages.ts';

export type NewsDeps = AcceptDeps & {
  pageUrl(taskId: string, userId?: string, madeAt?: number): string;
  timeZone: string;
  appName: string;
};

/**
 * Sends the new lines of the history to the `notify` destinations; without one, only "overdue" is sent, to the assignees who
 * have not finished. Each line has its own idempotency key, so a repeat after a crash sends no second message.
 */
export async function followMessages(deps: NewsDeps, task: Task): Promise<Partial<Followed>> {
  if (!task.via.includes('message') || task.status === 'failed') return {};
  const known = new Set(task.cardAt ?? []);
  let { messageId } = task;
  for (const entry of task.history) {
    if (entry.version <= (task.reached.message ?? 0)) continue;
    const isFirst = messageId === undefined && known.size < task.notify.length;
    if (isFirst) {
      const to = task.notify.filter((name) => !known.has(name));
      messageId = await send(deps, task, entry, {
        to,
        content: announcement(task, urlOf(deps, task), deps.timeZone),
      });
    } else if (entry.action !== 'assigned' && isSent(task, entry)) {
      await send(deps, task, entry, {
        to: receiversOf(deps, task, entry),
        content: news(task, entry, urlOf(deps, task)),
      });
    }
  }
  return messageId === undefined ? {} : { messageId };
}

/** The same address at every try of the same message. */
function urlOf({ pageUrl }: NewsDeps, { id, createdAt }: Task): string {
  return pageUrl(id, undefined, Date.parse(createdAt));
}

type Outgoing = { to: string[]; content: Content };

async function send(deps: NewsDeps, task: Task, entry: HistoryEntry, { to, content }: Outgoing) {
  if (to.length === 0) return undefined;
  const users = concernedBy(task, entry).slice(0, MAX_MENTIONS);
  const mention = { users, fallback: 'text' as const };
  const idempotencyKey = `${task.id}#${entry.version}`;
  const message = await ignoreReusedKey(acceptMessage(deps, { caller: 'tasks', idempotencyKey, to, content, mention }));
  return message?.id;
}

function receiversOf({ appName }: NewsDeps, task: Task, { action }: HistoryEntry): string[] {
  if (task.notify.length > 0 || action !== 'overdue') return task.notify;
  return [nameOfPeople(appName, openPeople(task))];
}

function openPeople({ assignees }: Task): string[] {
  return assignees.filter(isOpen).map(({ userId }) => userId);
}

/** Groups get the end of a task and changes of its people; each step only if the task asks for it. */
function isSent(task: Task, { action, status }: HistoryEntry): boolean {
  if (status === 'done' || status === 'declined') return true;
  if (action === 'cancelled' || action === 'overdue' || action === 'reopened' || action === 'people') return true;
  return task.tell === 'every';
}

/** Who is mentioned: all assignees, new assignees, or those who are late. */
function concernedBy(task: Task, { action, changed = [] }: HistoryEntry): string[] {
  const all = task.assignees.map(({ userId }) => userId);
  if (action === 'assigned' || action === 'reopened' || action === 'cancelled') return all;
  if (action === 'people') return all.filter((userId) => changed.includes(`+${userId}`));
  if (action === 'overdue' && task.notify.length > 0) return openPeople(task);
  return [];
}
