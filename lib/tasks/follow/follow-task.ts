import * as v from 'valibot';
import type { Log } from '../../base/log.ts';
import { type FollowDeps, followTask as follow } from './follow.ts';

/** A task that has a new version, or that is due for a look. */
export const TaskToFollow = v.object({ taskId: v.string() });
export type TaskToFollow = v.InferOutput<typeof TaskToFollow>;

type Outcome = { retryInMs: number } | undefined;

/** Another worker is at it, for a moment. */
const BUSY: Outcome = { retryInMs: 2_000 };

/** Brings DingTalk, the bus and the lists in step with a task. */
export async function followTask(deps: FollowDeps & { log: Log }, { taskId }: TaskToFollow): Promise<Outcome> {
  const outcome = await follow(deps, taskId);
  if ('missing' in outcome) return undefined;
  if ('busy' in outcome) return BUSY;
  const { task, behind } = outcome;
  deps.log.info('task-followed', { taskId, version: task.version, status: task.status });
  if (!behind) return undefined;
  const [code] = Object.values(task.troubles ?? {}).map((trouble) => trouble.code);
  deps.log.warn('task-behind', { taskId, code, retryInMs: behind.retryInMs });
  return behind.retryInMs === undefined ? undefined : { retryInMs: behind.retryInMs };
}
