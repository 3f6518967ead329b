import { chunks } from '../../base/chunks.ts';
import type { Metric } from '../../base/embedded-metric.ts';
import { type DigestDeps, sendDigests } from '../digest.ts';
import type { TaskQueue, TaskStore } from '../store.ts';

export type ChaseDeps = {
  tasks: Pick<TaskStore, 'listDue' | 'checked'>;
  queue: TaskQueue;
  now: () => number;
  metric: Metric;
};

/** When a task is checked again if this check is lost. */
const NEXT_CHECK_MS = 10 * 60_000;
const AT_ONCE = 25;
/** Pages of one run; the next run finds the rest. */
const MOST_PAGES = 40;

/**
 * Queues the tasks whose check is due: for a reminder, because they are overdue, for a retry at DingTalk, or because the
 * queue lost a message. It reads the index of due checks, never the whole table.
 */
export async function chaseTasks({ tasks, queue, now, metric }: ChaseDeps): Promise<void> {
  let chased = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const due = await tasks.listDue('watched', now());
    for (const some of chunks(due, AT_ONCE)) {
      await Promise.all(
        some.map(async ({ id, dueAt }) => {
          await queue.put(id, `check-${dueAt}`);
          await tasks.checked(id, dueAt, now() + NEXT_CHECK_MS);
        }),
      );
    }
    chased += due.length;
    if (due.length === 0) break;
  }
  if (chased > 0) metric('ChasedTasks', chased, {});
}

/** Sends the digests that are due. */
export async function sendTaskDigests(deps: DigestDeps & Pick<ChaseDeps, 'metric'>): Promise<void> {
  const sent = await sendDigests(deps);
  if (sent > 0) deps.metric('TaskDigests', sent, {});
}
