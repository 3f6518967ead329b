import type { Metric } from '../../base/embedded-metric.ts';
import { type DueChecks, queueDue } from '../../records/due.ts';
import { type DigestDeps, sendDigests } from '../digest.ts';
import type { DueTask, TaskQueue, TaskStore } from '../store.ts';

export type ChaseDeps = {
  tasks: Pick<TaskStore, 'listDue' | 'checked'>;
  queue: TaskQueue;
  now: () => number;
  metric: Metric;
};

/** Tasks whose check is due: for a reminder, because they are overdue, for a retry at DingTalk, or lost by the queue. */
export function dueTasks(tasks: ChaseDeps['tasks']): DueChecks<DueTask> {
  return {
    listDue: (until, from) => tasks.listDue('watched', until, from),
    checked: ({ id, dueAt: listed }, dueAt) => tasks.checked(id, listed, dueAt),
  };
}

/** Queues them. */
export async function chaseTasks({ tasks, queue, now, metric }: ChaseDeps): Promise<void> {
  const chased = await queueDue({ due: dueTasks(tasks), records: queue, now });
  if (chased > 0) metric('ChasedTasks', chased, {});
}

/** Sends the digests that are due. */
export async function sendTaskDigests(deps: DigestDeps & Pick<ChaseDeps, 'metric'>): Promise<void> {
  const sent = await sendDigests(deps);
  if (sent > 0) deps.metric('TaskDigests', sent, {});
}
