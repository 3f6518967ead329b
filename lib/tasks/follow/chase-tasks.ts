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

/** When a task is looked after again, should this look be lost. */
const NEXT_CHECK_MS = 10 * 60_000;
const AT_ONCE = 25;
/** Pages of one run; what is left over is found by the next. */
const MOST_PAGES = 40;

/**
 * Has those tasks followed that are due for it: a reminder, being late, a new try at what DingTalk did not take, or a change
 * of which the queue lost the message. The index of what is due is read, never the table.
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
  metric('ChasedTasks', chased, {});
}

/** The digests of the hour. */
export async function sendTaskDigests(deps: DigestDeps & Pick<ChaseDeps, 'metric'>): Promise<void> {
  deps.metric('TaskDigests', await sendDigests(deps), {});
}
