import type { Followed, HistoryEntry, Task } from '../task.ts';

/** A task's event on the bus; `raw` is empty, since it holds DingTalk's own JSON. */
export type TaskEvent = {
  id: string;
  type: string;
  app: string;
  occurredAt: string;
  data: Record<string, unknown>;
  raw: string;
};
export type TaskBus = { publish(event: TaskEvent): Promise<void> };

/**
 * Publishes each line of the history once, as `task.<action>` with the id `<task id>#<version>`; also `task.completed`
 * when the step of an assignee completed the whole task.
 */
export async function followBus(bus: TaskBus, app: string, task: Task): Promise<Partial<Followed>> {
  const reached = task.reached.bus ?? 0;
  for (const entry of task.history) {
    if (entry.version <= reached) continue;
    const { version, at } = entry;
    const event = { app, occurredAt: at, data: dataOf(task, entry), raw: '' };
    await bus.publish({ ...event, id: `${task.id}#${version}`, type: `task.${entry.action}` });
    if (entry.status === 'done' && entry.action !== 'completed')
      await bus.publish({ ...event, id: `${task.id}#${version}#completed`, type: 'task.completed' });
  }
  return {};
}

function dataOf(task: Task, { at: _, ...step }: HistoryEntry) {
  const { id, number, title, due, data, assignees } = task;
  return {
    taskId: id,
    number,
    title,
    ...(due !== undefined && { due }),
    ...(data && { data }),
    assignees: assignees.map(({ userId, state }) => ({ userId, state })),
    taskStatus: task.status,
    ...step,
  };
}
