import * as v from 'valibot';
import { type Fault, InvalidInput, ServiceError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { destinationFaults } from '../messages/accept.ts';
import { changeTask } from './change-task.ts';
import { type FollowDeps, followTask, type TaskApp } from './follow/follow.ts';
import { type PeopleDeps, type PersonRef, PersonRef as Ref, resolvePeople } from './people.ts';
import type { TaskQueue } from './store.ts';
import { Channel, type Person, type Task } from './task.ts';
import { type TaskView, taskView } from './task-view.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const oneOrMore = v.union([
  v.pipe(
    text,
    v.transform((name) => [name]),
  ),
  v.pipe(v.array(text), v.minLength(1), v.maxLength(20)),
]);
const people = v.pipe(v.array(Ref), v.maxLength(100));

/** A moment that can be read: the pattern alone also takes offsets that nothing reads. */
const Timestamp = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.check((moment) => !Number.isNaN(Date.parse(moment)), 'this is no moment; write it like 2026-01-31T08:00:00Z'),
);
/** JSON of the caller's own, which comes back with every event; the record has to fit into its table. */
const Data = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check((data) => JSON.stringify(data).length <= 16_384, '"data" takes at most 16 KB of JSON'),
);

/** What a task says and a change may change; limits: callbacks.md §9.1. */
export const taskEntries = {
  title: v.pipe(text, v.maxLength(1024)),
  description: v.pipe(v.string(), v.nonEmpty(), v.maxLength(4096)),
  due: Timestamp,
  remindBefore: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(43_200)),
  priority: v.picklist(['low', 'normal', 'high', 'urgent']),
  completion: v.picklist(['any', 'all']),
  url: v.pipe(v.string(), v.url(), v.maxBytes(1024)),
};

const { title, completion, ...optional } = taskEntries;

export const DispatchTask = v.pipe(
  v.strictObject({
    title,
    completion: v.optional(completion, 'all'),
    description: v.optional(optional.description),
    due: v.optional(optional.due),
    remindBefore: v.optional(optional.remindBefore),
    priority: v.optional(optional.priority),
    url: v.optional(optional.url),
    data: v.optional(Data),
    assignees: v.pipe(people, v.minLength(1)),
    participants: v.optional(people),
    creator: v.optional(Ref),
    notify: v.optional(oneOrMore),
    via: v.optional(v.pipe(v.array(Channel), v.minLength(1))),
    tell: v.optional(v.picklist(['outcome', 'every']), 'outcome'),
    /** Leaves out who cannot be found, and the ways that DingTalk refuses, instead of refusing the task. */
    partial: v.optional(v.boolean(), false),
    app: v.optional(text),
  }),
  v.check(({ due, remindBefore }) => remindBefore === undefined || due !== undefined, '"remindBefore" needs "due"'),
);
export type DispatchTask = v.InferOutput<typeof DispatchTask>;

type App = TaskApp & { contacts: Parameters<typeof resolvePeople>[1]['contacts'] };
export type DispatchDeps = Omit<FollowDeps, 'taskApp'> & PeopleDeps & { queue: TaskQueue; taskApp(name?: string): App };

/** The names in `notify` that nobody registered. */
export async function notifyFaults(deps: DispatchDeps, body: unknown): Promise<Fault[]> {
  const given = v.safeParse(v.object({ notify: oneOrMore }), body);
  return given.success ? destinationFaults(deps.destinations, 'notify', given.output.notify) : [];
}

type Input = { caller: string; idempotencyKey?: string | undefined; body: DispatchTask };

/**
 * Keeps a task and lets DingTalk know: one to-do for all assignees (its source id is the task's), and one message to each
 * of `notify`. 201 when that is done; 202 when something did not answer and is tried again by itself. The same
 * Idempotency-Key is the same task, and takes up one that failed.
 * @throws InvalidInput when a person is unknown (all are named); DingTalk's refusal of the to-do, as it is.
 */
export async function dispatchTask(deps: DispatchDeps, input: Input): Promise<{ status: 201 | 202; task: TaskView }> {
  const kept = await keep(deps, input);
  const outcome = await followTask(deps, kept.id);
  if (!('task' in outcome)) return { status: 202, task: taskView(deps, kept) };
  const { task, behind } = outcome;
  if (behind && task.status === 'failed') throw behind.error;
  if (behind?.retryInMs !== undefined) await deps.queue.put(task.id, `${task.version}-again`).catch(() => undefined);
  return { status: behind?.retryInMs === undefined ? 201 : 202, task: taskView(deps, task) };
}

/** The task of this request: a new record, or the one that an earlier try kept. */
async function keep(deps: DispatchDeps, { caller, idempotencyKey, body }: Input): Promise<Task> {
  const requestHash = sha256(JSON.stringify(body));
  const id = `t_${idempotencyKey === undefined ? deps.randomId() : sha256(`${caller}\n${idempotencyKey}`).slice(0, 32)}`;
  const known = idempotencyKey === undefined ? undefined : await deps.tasks.get(id);
  const kept = known ?? (await create(deps, await fresh(deps, { id, caller, requestHash }, body)));
  if (kept.requestHash !== requestHash) {
    const message = `this key already stands for task ${kept.id} with another body; use a new key for a new task`;
    const fault = { path: 'Idempotency-Key', code: 'idempotency_key_reused', message };
    throw new InvalidInput('tasks.dispatch', 'idempotency_key_reused', [fault]);
  }
  if (kept.status !== 'failed') return kept;
  const deed = { by: `key:${caller}`, via: 'api' as const, at: deps.now() };
  const again = await changeTask(deps.tasks, id, { type: 'reopen' }, deed);
  return 'task' in again ? again.task : kept;
}

async function create({ tasks }: DispatchDeps, task: Task): Promise<Task> {
  if (await tasks.create(task)) return task;
  const other = await tasks.get(task.id);
  if (other) return other;
  throw new ServiceError('tasks.create', { code: 'task_gone', retryable: true });
}

async function fresh(
  deps: DispatchDeps,
  { id, caller, requestHash }: { id: string; caller: string; requestHash: string },
  body: DispatchTask,
): Promise<Task> {
  const { assignees: _, participants: __, creator: ___, notify = [], via, partial, ...said } = body;
  const who = await peopleOf(deps, body);
  const createdAt = new Date(deps.now()).toISOString();
  const first = { version: 1, at: createdAt, by: `key:${caller}`, via: 'api' as const, action: 'assigned' as const };
  return {
    ...said,
    id,
    number: await deps.tasks.nextNumber(),
    caller,
    requestHash,
    createdAt,
    ...who,
    assignees: who.assignees.map((person) => ({ ...person, state: 'assigned' as const })),
    notify,
    via: via ?? ['todo', 'message'],
    partial,
    status: 'assigned',
    version: 1,
    history: [first],
    reached: {},
  };
}

type People = { assignees: Person[]; participants: Person[]; creator?: Person; skipped?: Task['skipped'] };

/** Everybody the task names, or all who cannot be found. */
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
