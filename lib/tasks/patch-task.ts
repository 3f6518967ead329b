import type { TaskView } from '../../contract/answers/tasks.ts';
import type { ChangeTask, PersonRef } from '../../contract/requests/tasks.ts';
import type { Access } from '../base/access.ts';
import { type Fault, InvalidInput, pastFaults } from '../base/errors.ts';
import { spending } from '../base/quota/budget.ts';
import { without } from '../base/without.ts';
import { type PeopleDeps, resolvePeople } from '../messages/people.ts';
import { type ChangeDeps, changeAndTell } from './change-task.ts';
import { callsOfTask, type DispatchDeps } from './dispatch-task.ts';
import { findTask, unknownTask } from './get-task.ts';
import type { Action, RefusedAction } from './life-cycle.ts';
import type { Person, Task } from './task.ts';
import { taskView, type ViewDeps } from './task-view.ts';

type Deps = ChangeDeps & ViewDeps & PeopleDeps & Pick<DispatchDeps, 'taskApp' | 'destinations'>;

const REFUSALS: Record<RefusedAction, string> = {
  not_an_assignee: 'this person is not assigned to the task; "add" assigns one',
  task_closed: 'the task is closed; {"status": "open"} opens it again',
  not_due: 'the task is not overdue',
  nobody_left: 'no assignee would be left; cancel the task, or add an assignee',
  too_many_people: 'a task has at most 100 assignees',
};

/** Applies all changes or none. DingTalk shows them within seconds. */
export async function patchTask(
  deps: Deps,
  { access, id, body }: { access: Access; id: string; body: ChangeTask },
): Promise<TaskView> {
  const task = await findTask(deps, { id, access, toChange: true });
  const past = body.due === task.due ? [] : pastFaults('due', body.due, deps.now());
  if (past.length > 0) throw new InvalidInput('tasks.change', 'in_the_past', past);
  const actions = await actionsOf(deps, task, body);
  const said = body.comment === undefined ? {} : { comment: body.comment };
  const deed = { by: `key:${access.caller}`, via: 'api' as const, at: deps.now(), ...said };
  const changed = await spending(access.spend, await callsOfTask(deps, task), {
    run: () => changeAndTell(deps, id, actions, deed),
    isNew: (made) => 'same' in made && !made.same,
  });
  if ('missing' in changed) throw unknownTask(id);
  if ('refused' in changed) {
    const fault = { path: '', code: changed.refused, message: REFUSALS[changed.refused] };
    throw new InvalidInput('tasks.change', changed.refused, [fault]);
  }
  return taskView(deps, changed.task, access);
}

const STEPS = { assigned: 'resume', accepted: 'accept', done: 'done', declined: 'decline' } as const;

async function actionsOf(deps: Deps, task: Task, body: ChangeTask): Promise<Action[]> {
  const { add = [], remove = [], step, status } = body;
  const changes = without(body, 'add', 'remove', 'step', 'status', 'comment');
  const coming = add.length > 0 ? await peopleOf(deps, task, add) : [];
  const going = remove.map(
    (one) => task.assignees.find(({ userId, unionId }) => [userId, unionId].includes(one))?.userId ?? one,
  );
  return [
    ...(status === 'open' ? [{ type: 'reopen' } as const] : []),
    ...(Object.keys(changes).length > 0 ? [{ type: 'edit', changes } as const] : []),
    ...(coming.length + going.length > 0 ? [{ type: 'people', add: coming, remove: going } as const] : []),
    ...(step ? [{ type: STEPS[step.state], userId: step.userId } as const] : []),
    ...(status === 'done' ? [{ type: 'complete' } as const] : []),
    ...(status === 'cancelled' ? [{ type: 'cancel' } as const] : []),
  ];
}

async function peopleOf(deps: Deps, task: Task, refs: PersonRef[]): Promise<Person[]> {
  const app = deps.taskApp(task.app);
  const { people, faults } = await resolvePeople(deps, { app: app.name, contacts: app.contacts }, 'add', refs);
  if (faults.length === 0) return people;
  const listed = faults.map(({ path, code, message }): Fault => ({ path, code, message }));
  throw new InvalidInput('tasks.change', faults[0]?.code ?? 'unknown_person', listed);
}
