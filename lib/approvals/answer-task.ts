import * as v from 'valibot';
import type { Holder } from '../records/views.ts';
import type { Approval, Followed } from './approval.ts';
import { isClosed } from './life-cycle.ts';
import { outcomeData } from './publish.ts';

const taskToken = v.string();
/** How a task of Step Functions ends: with the answer, or without one. */
export const TaskEnd = v.union([
  v.object({ taskToken, output: v.string() }),
  v.object({ taskToken, error: v.string(), cause: v.string() }),
]);
export type TaskEnd = v.InferOutput<typeof TaskEnd>;

/** What Step Functions said of it. */
export const TaskEnded = v.variant('status', [
  v.object({ status: v.literal('given') }),
  v.object({ status: v.literal('refused'), code: v.string() }),
]);
export type TaskEnded = v.InferOutput<typeof TaskEnded>;

/** Ends tasks. @throws when it is not known whether the task was ended, or it may be ended later */
export type StepTasks = { end(task: TaskEnd): Promise<TaskEnded> };

/** What Step Functions says both of a task that was ended before and of one whose time is over. */
const OVER = 'TaskTimedOut';
const CAUSES: Record<string, readonly [error: string, cause: string]> = {
  expired: ['Approval.Expired', 'nobody decided in time'],
  withdrawn: ['Approval.Withdrawn', 'whoever asked took the question back'],
};

/** Whether a task waits for the answer of an approval that has one now. */
export function hasTask(approval: Approval): boolean {
  return approval.taskToken !== undefined && isClosed(approval);
}

/** Notes, before the first call, that there may have been one: should its answer never come, that is what is known. */
export async function beginAnswer(holder: Holder<Approval, Partial<Followed>>, approval: Approval): Promise<Approval> {
  if (!hasTask(approval) || approval.stepFunctions?.status !== 'waiting') return approval;
  const at = new Date(holder.now()).toISOString();
  return holder.note(approval, { stepFunctions: { status: 'unknown', at } });
}

/** Gives the task its answer. `isFirst`: no call was made before, so what is over was not ended by one of ours. */
export async function answerTask(
  { stepTasks, now }: { stepTasks: StepTasks; now: () => number },
  approval: Approval,
  isFirst: boolean,
): Promise<Partial<Followed>> {
  if (approval.taskToken === undefined) return {};
  const ended = await stepTasks.end(endOf(approval, approval.taskToken));
  const at = new Date(now()).toISOString();
  const isUnknown = !isFirst && ended.status === 'refused' && ended.code === OVER;
  return { stepFunctions: { ...ended, at, ...(isUnknown && { status: 'unknown' as const }) } };
}

function endOf(approval: Approval, token: string): TaskEnd {
  const without = CAUSES[approval.status];
  if (!without) return { taskToken: token, output: JSON.stringify(outcomeData(approval)) };
  const [error, cause] = without;
  return { taskToken: token, error, cause };
}
