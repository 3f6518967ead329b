import * as v from 'valibot';
import { DingTalkRefusal } from '../../base/dingtalk-errors.ts';
import { ServiceError } from '../../base/errors.ts';
import type { Language } from '../../base/language.ts';
import type { Log } from '../../base/log.ts';
import { changeTask } from '../change-task.ts';
import type { Digest } from '../lists.ts';
import type { TaskStore } from '../store.ts';
import { type Followed, Task, type Trouble } from '../task.ts';
import { chase, nextCheck, type Quiet } from './chase.ts';
import { followBus, type TaskBus } from './follow-bus.ts';
import { type CardDeps, followCard } from './follow-card.ts';
import { followLists } from './follow-lists.ts';
import { followMessages, isTellDue, type NewsDeps, tellAt } from './follow-messages.ts';
import { followTodo, type TodoDeps } from './follow-todo.ts';

/** The DingTalk app of a task, and its settings. */
export type TaskApp = Omit<TodoDeps, 'pageUrl'> &
  Omit<CardDeps, 'pageUrl' | 'destinations' | 'app'> & {
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
 * `behind`: a follower could not be brought up to date; without `retryInMs` the refusal is final.
 */
export type FollowOutcome =
  | { task: Task; behind?: { error: unknown; retryInMs?: number } }
  | { busy: true }
  | { missing: true };

/** Longer than the timeout of any function that follows tasks. */
const LEASE_MS = 75_000;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;
/** A follower that fails for this long is given up. */
const GIVE_UP_MS = 24 * 3_600_000;

type Follower = readonly [name: string, bringUpToDate: (task: Task) => Promise<Partial<Followed>>];

/**
 * Brings the followers of a task (to-do, card, messages, lists, bus) up to date, with as few calls as possible. One worker
 * at a time follows a task. Each step is written before the next one, and may be repeated.
 */
export async function followTask(deps: FollowDeps, id: string): Promise<FollowOutcome> {
  const owner = deps.randomId();
  const taken = await deps.tasks.take(id, owner, deps.now() + LEASE_MS);
  if (taken === undefined) return { missing: true };
  if (taken === 'busy') return { busy: true };
  const { task, behind } = await followAll({ deps, owner }, taken);
  const retryAt = behind?.retryInMs === undefined ? undefined : deps.now() + behind.retryInMs;
  const checks = [retryAt, tellAt(task), nextCheck(task, deps.now(), deps.taskApp(task.app))].filter(
    (at) => at !== undefined,
  );
  await deps.tasks.leave(id, owner, task.version, checks.length > 0 ? Math.min(...checks) : undefined);
  return behind ? { task, behind } : { task };
}

/** A task that has a new version, or whose check is due. */
export const TaskToFollow = v.object({ taskId: v.string() });
export type TaskToFollow = v.InferOutput<typeof TaskToFollow>;

/** Another worker follows the task at this moment. */
const BUSY_MS = 2_000;

/** The same for a record of the queue: writes the outcome to the log and answers when the record is to come back. */
export async function followQueuedTask(
  deps: FollowDeps & { log: Log },
  { taskId }: TaskToFollow,
): Promise<{ retryInMs: number } | undefined> {
  const outcome = await followTask(deps, taskId);
  if ('missing' in outcome) return undefined;
  if ('busy' in outcome) return { retryInMs: BUSY_MS };
  const { task, behind } = outcome;
  deps.log.info('task-followed', { taskId, version: task.version, status: task.status });
  if (!behind) return undefined;
  const { retryInMs } = behind;
  const [code] = Object.values(task.troubles ?? {}).map((trouble) => trouble.code);
  deps.log.warn('task-follow-failed', { taskId, code, retryInMs });
  return retryInMs === undefined ? undefined : { retryInMs };
}

type Run = { deps: FollowDeps; owner: string };
type Behind = { error: unknown; retryInMs?: number };
type Outcome = { task: Task; behind?: Behind | undefined };

async function followAll(run: Run, taken: Task): Promise<Outcome> {
  const { deps } = run;
  const app = deps.taskApp(taken.app);
  const { pageUrl, destinations } = deps;
  const chased = await chase({ ...deps, ...app, note: (task, followed) => note(run, task, followed) }, taken);
  const channels: Follower[] = [
    ['todo', (task) => followTodo({ ...app, pageUrl }, task)],
    ['card', (task) => followCard({ ...app, app: app.name, pageUrl, destinations }, task)],
    ['message', (task) => followMessages({ ...deps, readers: app, appName: app.name }, task)],
  ];
  const records: Follower[] = [
    ['lists', (task) => followLists({ ...deps, ...app }, task)],
    ['bus', (task) => followBus(deps.bus, app.name, task)],
  ];
  // A task that may still fail is not announced on the other channels.
  const announced = await followEach(run, { task: chased }, channels, (task) => isAnnounced(task) || task.partial);
  const { behind } = announced;
  const failed = behind !== undefined && behind.retryInMs === undefined && !isAnnounced(announced.task);
  const task = failed ? await giveUp(deps, announced.task, behind.error) : announced.task;
  return followEach(run, { task, behind }, records);
}

async function followEach(
  run: Run,
  before: Outcome,
  followers: readonly Follower[],
  mayGoOn = (_task: Task) => true,
): Promise<Outcome> {
  let outcome = before;
  for (const follower of followers) {
    const { task, behind } = await follow(run, outcome.task, follower);
    outcome = { task, behind: worse(outcome.behind, behind) };
    if (behind && !mayGoOn(task)) break;
  }
  return outcome;
}

/** Runs one follower unless it is up to date; its outcome is written at once. */
async function follow(run: Run, task: Task, [name, bringUpToDate]: Follower): Promise<Outcome> {
  const waits = name === 'message' && isTellDue(task, run.deps.now());
  if ((task.reached[name] ?? 0) >= task.version && !waits) return { task };
  const { [name]: trouble, ...others } = task.troubles ?? {};
  const reached = { ...task.reached, [name]: task.version };
  try {
    const news = await bringUpToDate(task);
    return { task: await note(run, task, { ...news, reached, ...(trouble && { troubles: others }) }) };
  } catch (error) {
    const now = run.deps.now();
    const next = troubleOf(error, trouble, now);
    const over = !isUsedUp(error) && (!mayPass(error) || now - Date.parse(next.since) >= GIVE_UP_MS);
    const noted = await note(run, task, { troubles: { ...others, [name]: next }, ...(over && { reached }) });
    return { task: noted, behind: over ? { error } : { error, retryInMs: waitMs(error, next.tries) } };
  }
}

async function note({ deps, owner }: Run, task: Task, followed: Partial<Followed>): Promise<Task> {
  await deps.tasks.note(task.id, owner, followed);
  return withNote(task, followed);
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

function troubleOf(error: unknown, before: Trouble | undefined, now: number): Trouble {
  return { since: before?.since ?? new Date(now).toISOString(), tries: (before?.tries ?? 0) + 1, ...reasonOf(error) };
}

function reasonOf(error: unknown): Pick<Trouble, 'code' | 'reason' | 'remedy'> {
  if (!(error instanceof ServiceError)) return { code: 'internal_error', reason: 'something unexpected went wrong' };
  const { code, operation, remedy } = error;
  return { code, reason: `${operation} was refused with ${code}`, ...(remedy !== undefined && { remedy }) };
}

/** A quota of DingTalk's comes back, with the next month at the latest. */
function isUsedUp(error: unknown): boolean {
  return error instanceof DingTalkRefusal && error.usedUp !== undefined;
}

/** Unexpected errors count as temporary, for example a table that did not answer. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ServiceError) || error.retryable;
}

function waitMs(error: unknown, tries: number): number {
  const asked = error instanceof Error && 'waitMs' in error && typeof error.waitMs === 'number' ? error.waitMs : 0;
  return Math.max(asked, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)));
}

/** A failure to be retried goes before a final one; of two, the earlier retry. */
function worse(one: Behind | undefined, other: Behind | undefined): Behind | undefined {
  if (!one || !other) return one ?? other;
  if (one.retryInMs === undefined || other.retryInMs === undefined) return one.retryInMs === undefined ? other : one;
  return one.retryInMs <= other.retryInMs ? one : other;
}
