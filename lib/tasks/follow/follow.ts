import * as v from 'valibot';
import type { Language } from '../../base/language.ts';
import type { Log } from '../../base/log.ts';
import type { Quiet } from '../../base/people/hours.ts';
import { comesBack, type FollowOutcome, followRecord } from '../../records/follow.ts';
import { bringInStep, type Holder, type InStep, reasonOf, type View } from '../../records/views.ts';
import { changeTask } from '../change-task.ts';
import type { Digest } from '../lists.ts';
import type { TaskStore } from '../store.ts';
import { type Followed, Task } from '../task.ts';
import { chase, nextCheck } from './chase.ts';
import { followBus, type TaskBus } from './follow-bus.ts';
import { type CardDeps, followCard } from './follow-card.ts';
import { followLists } from './follow-lists.ts';
import { followMessages, isTellDue, type NewsDeps, tellAt } from './follow-messages.ts';
import { followTodo, type TodoDeps } from './follow-todo.ts';

/** The DingTalk app of a task, and its settings. */
export type TaskApp = Omit<TodoDeps, 'linkOf'> &
  Omit<CardDeps, 'linkOf' | 'destinations' | 'app'> & {
    name: string;
    timeZone: string;
    /** What the app's people know it as. */
    sender: string;
    language: Language;
    quiet?: Quiet | undefined;
    digest?: Digest | undefined;
  };

export type FollowDeps = Omit<NewsDeps, 'readers' | 'appName'> & {
  tasks: TaskStore;
  bus: TaskBus;
  taskApp(name?: string): TaskApp;
};

/**
 * Brings the followers of a task (to-do, card, messages, lists, bus) up to date, with as few calls as possible. One worker
 * at a time follows a task. Each step is written before the next one, and may be repeated.
 */
export function followTask(deps: FollowDeps, id: string, held?: Held): Promise<FollowOutcome<Task>> {
  const { tasks: store, now, randomId } = deps;
  return followRecord<Task, Partial<Followed>>(
    {
      store,
      now,
      randomId,
      withNote,
      work: (holder, task) => followAll(deps, holder, task),
      checks: (task) => [tellAt(task), nextCheck(task, now(), deps.taskApp(task.app))],
    },
    id,
    held,
  );
}

/** A task that this worker has the lease of already. */
type Held = { record: Task; owner: string };

/** A task that has a new version, or whose check is due. */
export const TaskToFollow = v.object({ taskId: v.string() });
export type TaskToFollow = v.InferOutput<typeof TaskToFollow>;

/** The same for a record of the queue: writes the outcome to the log and answers when the record is to come back. */
export async function followQueuedTask(
  deps: FollowDeps & { log: Log },
  { taskId }: TaskToFollow,
): Promise<{ retryInMs: number } | undefined> {
  const outcome = await followTask(deps, taskId);
  if (!('record' in outcome)) return comesBack(outcome);
  const { record: task, behind } = outcome;
  deps.log.info('task-followed', { taskId, version: task.version, status: task.status });
  if (!behind) return undefined;
  const { retryInMs } = behind;
  const [code] = Object.values(task.troubles ?? {}).map((trouble) => trouble.code);
  deps.log.warn('task-follow-failed', { taskId, code, retryInMs });
  return comesBack(outcome);
}

type TaskViews = View<Task, Partial<Followed>>[];

async function followAll(
  deps: FollowDeps,
  holder: Holder<Task, Partial<Followed>>,
  taken: Task,
): Promise<InStep<Task>> {
  const app = deps.taskApp(taken.app);
  const { linkOf, destinations } = deps;
  const chased = await chase({ ...deps, ...app, note: holder.note }, taken);
  const channels: TaskViews = [
    { name: 'todo', repeats: true, show: (task) => followTodo({ ...app, linkOf }, task) },
    { name: 'card', show: (task) => followCard({ ...app, app: app.name, linkOf, destinations }, task) },
    {
      name: 'message',
      repeats: true,
      waits: (task) => isTellDue(task, deps.now()),
      show: (task) => followMessages({ ...deps, readers: app, appName: app.name }, task),
    },
  ];
  const records: TaskViews = [
    { name: 'lists', repeats: true, show: (task) => followLists({ ...deps, ...app }, task) },
    { name: 'bus', show: (task) => followBus(deps.bus, app.name, task) },
  ];
  // A task that may still fail is not announced on the other channels.
  const announced = await bringInStep(
    holder,
    { record: chased },
    channels,
    (task) => isAnnounced(task) || task.partial,
  );
  const { behind } = announced;
  const failed = behind !== undefined && behind.retryInMs === undefined && !isAnnounced(announced.record);
  const record = failed ? await giveUp(deps, announced.record, behind.error) : announced.record;
  return bringInStep(holder, { record, behind }, records);
}

function withNote(task: Task, followed: Partial<Followed>): Task {
  const members = Object.entries({ ...task, ...followed }).filter(([, value]) => value !== undefined);
  return v.parse(Task, Object.fromEntries(members));
}

/** Marks a task as failed, with the reason. */
async function giveUp({ tasks, now }: FollowDeps, task: Task, error: unknown): Promise<Task> {
  const { code, reason } = reasonOf(error);
  const deed = { by: 'dingtalk', via: 'dispatch' as const, at: now() };
  const changed = await changeTask(tasks, task.id, { type: 'fail', code, reason }, deed);
  return 'task' in changed ? changed.task : task;
}

/** Whether the task was shown to anyone in DingTalk. */
function isAnnounced({ todoId, messageId, cardId, todosBefore }: Task): boolean {
  return [todoId, messageId, cardId, todosBefore].some((known) => known !== undefined);
}
