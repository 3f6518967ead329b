import type { TaskPlan } from '../../contract/answers/plans.ts';
import type { DispatchTask } from '../../contract/requests/tasks.ts';
import type { Access } from '../base/access.ts';
import { callsOf, plannedFor } from '../messages/plan-message.ts';
import { type DispatchDeps, draftTask } from './dispatch-task.ts';
import { firstMessage } from './follow/follow-messages.ts';

/**
 * What a task would send. People are looked up as for the task itself, since who is not found is what one wants to know;
 * nothing else is asked of DingTalk, and nothing is kept or sent.
 * @throws InvalidInput as `dispatchTask`
 */
export async function planTask(
  deps: DispatchDeps,
  { access, body }: { access: Access; body: DispatchTask },
): Promise<TaskPlan> {
  const { owner, caller } = access;
  const id = deps.ids.of('t', owner, undefined);
  // the next number is for a task that is kept
  const draft = await draftTask(deps, { id, owner, caller, requestHash: '' }, body);
  const task = { ...draft, number: 0 };
  const { via, notify, assignees, participants, skipped } = task;
  const first = firstMessage({ ...deps, readers: deps.taskApp(body.app) }, task);
  const deliveries = via.includes('message') ? await plannedFor(deps, notify, first) : [];
  const others = (via.includes('todo') ? 1 : 0) + (via.includes('card') ? notify.length : 0);
  return {
    dryRun: true,
    calls: callsOf(deliveries) + others,
    deliveries,
    assignees: assignees.map(({ state: _, ...person }) => person),
    participants,
    ...(skipped && { skipped }),
  };
}
