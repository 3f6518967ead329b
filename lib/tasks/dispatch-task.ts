import type { TaskView } from '../../contract/answers/tasks.ts';
import type { DispatchTask, PersonRef } from '../../contract/requests/tasks.ts';
import type { Access } from '../base/access.ts';
import { InvalidInput, pastFaults, ServiceError } from '../base/errors.ts';
import { requestHashOf, requireSameRequest } from '../base/idempotency.ts';
import type { Ids } from '../base/ids.ts';
import { spending } from '../base/quota/budget.ts';
import { without } from '../base/without.ts';
import { callsAt, toldFaults } from '../messages/accept.ts';
import type { MostCalls } from '../messages/cost.ts';
import { type PeopleDeps, resolvePeople } from '../messages/people.ts';
import { leaseOf } from '../records/follow.ts';
import { changeTask } from './change-task.ts';
import { type FollowDeps, followTask, type TaskApp } from './follow/follow.ts';
import { firstMessage } from './follow/follow-messages.ts';
import type { TaskQueue } from './store.ts';
import type { Person, Task } from './task.ts';
import { taskView, type ViewDeps } from './task-view.ts';

type App = TaskApp & {
  corpId: string;
  contacts: Parameters<typeof resolvePeople>[1]['contacts'];
};
export type DispatchDeps = Omit<FollowDeps, 'taskApp'> &
  PeopleDeps &
  ViewDeps & { queue: TaskQueue; ids: Ids; most: MostCalls; taskApp(name?: string): App };

type Input = { access: Access; idempotencyKey?: string | undefined; body: DispatchTask };

/**
 * Stores a task and shows it in DingTalk: one to-do for all assignees (its source id is the task's), and one message to
 * each of `notify`. 201 when that is done; 202 when a part did not answer and is retried. A repeat with the same
 * Idempotency-Key answers the same task, and dispatches it again if it had failed.
 * @throws InvalidInput that names all unknown people; DingTalk's refusal of the to-do, unchanged.
 */
export async function dispatchTask(deps: DispatchDeps, input: Input): Promise<{ status: 201 | 202; task: TaskView }> {
  const { task: kept, owner } = await keep(deps, input);
  const outcome = await followTask(deps, kept.id, owner === undefined ? undefined : { record: kept, owner });
  if (!('record' in outcome)) return { status: 202, task: taskView(deps, kept, input.access) };
  const { record: task, behind } = outcome;
  if (behind && task.status === 'failed') throw behind.error;
  if (behind?.retryInMs !== undefined) await deps.queue.put(task.id, `${task.version}-again`).catch(() => undefined);
  return { status: behind?.retryInMs === undefined ? 201 : 202, task: taskView(deps, task, input.access) };
}

/** The task of this request: a new record, which is this worker's to follow, or the one that an earlier try kept. */
async function keep(deps: DispatchDeps, { access, idempotencyKey, body }: Input): Promise<Kept> {
  const requestHash = requestHashOf(body, { via: ['todo', 'message'] });
  const { owner, caller } = access;
  const id = deps.ids.of('t', owner, idempotencyKey);
  const before = idempotencyKey === undefined ? undefined : await deps.tasks.get(id);
  const known = before && { task: before };
  const made = async () => create(deps, await fresh(deps, { id, owner, caller, requestHash }, body));
  const kept = known ?? (await spending(access.spend, await callsOfTask(deps, body), { run: made }));
  requireSameRequest('task', kept.task, requestHash);
  if (kept.task.status !== 'failed') return kept;
  const deed = { by: `key:${caller}`, via: 'api' as const, at: deps.now() };
  const again = await changeTask(deps.tasks, id, { type: 'reopen' }, deed);
  return 'task' in again ? { task: again.task } : kept;
}

type Kept = { task: Task; owner?: string };

/** The most calls that a dispatch or a change takes: of the to-do, and of the message or card to each of `notify`. */
export async function callsOfTask(
  deps: Pick<DispatchDeps, 'destinations'>,
  { notify = [], via = ['todo', 'message'] }: Pick<DispatchTask, 'notify' | 'via'>,
): Promise<number> {
  const told = via.includes('message') || via.includes('card') ? await callsAt(deps, notify) : 0;
  return told + (via.includes('todo') ? 1 : 0);
}

async function create({ tasks, ...deps }: DispatchDeps, task: Task): Promise<Kept> {
  const lease = leaseOf(deps);
  if (await tasks.create(task, lease)) return { task, owner: lease.owner };
  const other = await tasks.get(task.id);
  if (other) return { task: other };
  throw new ServiceError('tasks.create', { code: 'task_gone', retryable: true });
}

async function fresh(deps: DispatchDeps, whose: Whose, body: DispatchTask): Promise<Task> {
  const draft = await draftTask(deps, whose, body);
  return { ...draft, number: await deps.tasks.takeNumber(whose.id) };
}

type Whose = { id: string; owner: string; caller: string; requestHash: string };

/**
 * A task as it begins, but for its number.
 * @throws InvalidInput that names all unknown people, or all destinations that cannot be told of it; `in_the_past`, `no_task_card`
 */
export async function draftTask(
  deps: DispatchDeps,
  { id, owner, caller, requestHash }: Whose,
  body: DispatchTask,
): Promise<Omit<Task, 'number'>> {
  const { notify = [], via = ['todo', 'message'] } = body;
  const past = pastFaults('due', body.due, deps.now());
  if (past.length > 0) throw new InvalidInput('tasks.dispatch', 'in_the_past', past);
  const who = await peopleOf(deps, body);
  const { timeZone, sender, corpId } = deps.taskApp(body.app);
  const createdAt = new Date(deps.now()).toISOString();
  const first = { version: 1, at: createdAt, by: `key:${caller}`, via: 'api' as const, action: 'assigned' as const };
  const draft: Omit<Task, 'number'> = {
    ...without(body, 'assignees', 'participants', 'creator'),
    id,
    caller: owner,
    requestHash,
    timeZone,
    sender,
    corpId,
    createdAt,
    ...who,
    assignees: who.assignees.map((person) => ({ ...person, state: 'assigned' as const })),
    notify,
    via,
    status: 'assigned',
    version: 1,
    history: [first],
    reached: {},
  };
  await refuseUnsayable(deps, draft);
  return draft;
}

/** The highest number that a task is measured with: it has none yet. */
const ANY_NUMBER = 999_999;

/** @throws InvalidInput when a destination could not get the message about the task */
async function refuseUnsayable(deps: DispatchDeps, draft: Omit<Task, 'number'>): Promise<void> {
  if (!draft.via.includes('message')) return;
  const said = firstMessage({ ...deps, readers: deps.taskApp(draft.app) }, { ...draft, number: ANY_NUMBER });
  const faults = await toldFaults(deps, { path: 'notify', names: draft.notify, ...said });
  if (faults.length > 0) throw new InvalidInput('tasks.dispatch', 'invalid_request', faults);
}

type People = { assignees: Person[]; participants: Person[]; creator?: Person; skipped?: Task['skipped'] };

/** All people of the task. @throws InvalidInput that names those who cannot be found. */
async function peopleOf(deps: DispatchDeps, body: DispatchTask): Promise<People> {
  const app = deps.taskApp(body.app);
  const find = (path: string, refs: readonly PersonRef[]) =>
    resolvePeople(deps, { app: app.name, contacts: app.contacts }, path, refs);
  const assignees = await find('assignees', body.assignees);
  const participants = await find('participants', body.participants ?? []);
  const creator = await find('creator', body.creator === undefined ? [] : [body.creator]);
  const faults = [...assignees.faults, ...participants.faults, ...creator.faults];
  if (body.via?.includes('card') && !app.taskCard) {
    const message = `the app "${app.name}" has no card for tasks: give it "taskCard" {templateId, routeKey} in the secret`;
    throw new InvalidInput('tasks.dispatch', 'no_task_card', [{ path: 'via', code: 'no_task_card', message }]);
  }
  if (faults.length > 0 && (!body.partial || assignees.people.length === 0)) {
    const listed = faults.map(({ path, code, message }) => ({ path, code, message }));
    throw new InvalidInput('tasks.dispatch', faults[0]?.code ?? 'unknown_person', listed);
  }
  const [made] = creator.people;
  return {
    assignees: assignees.people,
    participants: participants.people,
    ...(made && { creator: made }),
    ...(faults.length > 0 && { skipped: faults.map(({ person, message }) => ({ person, reason: message })) }),
  };
}
