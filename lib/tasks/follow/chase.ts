import type { Language } from '../../base/language.ts';
import type { Quiet } from '../../base/people/hours.ts';
import { afterQuiet } from '../../base/people/local-time.ts';
import { type AcceptDeps, acceptMessage } from '../../messages/accept.ts';
import { nameOfPeople } from '../../messages/destination.ts';
import { ignoreReusedKey } from '../../messages/reused-key.ts';
import { changeTask } from '../change-task.ts';
import { isClosed, isOpen } from '../life-cycle.ts';
import type { TaskStore } from '../store.ts';
import type { Followed, Task } from '../task.ts';
import { reminder } from '../task-messages.ts';

export type ChaseDeps = AcceptDeps & {
  tasks: TaskStore;
  /** Name of the app whose robot writes to people. */
  name: string;
  timeZone: string;
  language: Language;
  quiet?: Quiet | undefined;
  linkOf(task: Pick<Task, 'id' | 'app'>, userId?: string, madeAt?: number): string;
  /** Writes what was done and answers the task with it. */
  note(task: Task, followed: Partial<Followed>): Promise<Task>;
};

type Hours = { timeZone: string; quiet?: Quiet | undefined };
const MINUTE_MS = 60_000;

/**
 * Does what is due by now and answers the task after it: reminds those who have not finished, once for each due time, and
 * marks a late task as overdue. During the quiet hours nothing is sent; it is done when they end.
 */
export async function chase(deps: ChaseDeps, task: Task): Promise<Task> {
  const at = deps.now();
  if (afterQuiet(at, deps) > at) return task;
  const { remindAt, lateAt } = checksOf(task);
  if (lateAt !== undefined && lateAt <= at) {
    const deed = { by: 'schedule', via: 'schedule' as const, at };
    const changed = await changeTask(deps.tasks, task.id, { type: 'overdue' }, deed);
    return 'task' in changed ? changed.task : task;
  }
  if (remindAt === undefined || remindAt > at) return task;
  await remind(deps, task);
  return deps.note(task, { reminded: task.due });
}

/** When a task has to be checked next for a reminder or because it is overdue (epoch ms). */
export function nextCheck(task: Task, now: number, hours: Hours): number | undefined {
  const { remindAt, lateAt } = checksOf(task);
  const checks = [remindAt, lateAt].filter((at) => at !== undefined);
  return checks.length === 0 ? undefined : afterQuiet(Math.max(now, Math.min(...checks)), hours);
}

/** When the reminder is due and when the task becomes overdue, if both are still to come. */
function checksOf(task: Task): { remindAt?: number; lateAt?: number } {
  const { due, remindBefore, reminded, overdueSince } = task;
  if (isClosed(task) || due === undefined || overdueSince !== undefined) return {};
  const lateAt = Date.parse(due);
  if (remindBefore === undefined || reminded === due) return { lateAt };
  return { lateAt, remindAt: lateAt - remindBefore * MINUTE_MS };
}

async function remind(deps: ChaseDeps, task: Task): Promise<void> {
  const people = task.assignees.filter(isOpen).map(({ userId }) => userId);
  if (people.length === 0) return;
  // One message to all is one call; it can carry a personal link only if there is a single receiver.
  const url = deps.linkOf(task, people.length === 1 ? people[0] : undefined);
  await ignoreReusedKey(
    acceptMessage(deps, {
      caller: 'tasks',
      idempotencyKey: `${task.id}#reminder#${task.due}`,
      to: [nameOfPeople(deps.name, people)],
      content: reminder(task, url, deps),
    }),
  );
}
