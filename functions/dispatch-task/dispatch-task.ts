import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type Fault, InvalidInput, ServiceError } from '../../lib/errors.ts';
import { type AcceptDeps, acceptMessage, destinationFaults } from '../../lib/messages/accept.ts';
import type { Content } from '../../lib/messages/content.ts';
import type { Task, TaskStore } from '../../lib/tasks/task.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const oneOrMore = v.union([
  v.pipe(
    text,
    v.transform((name) => [name]),
  ),
  v.pipe(v.array(text), v.minLength(1), v.maxLength(20)),
]);

/** Limits: callbacks.md §9.1. */
export const DispatchTask = v.strictObject({
  title: v.pipe(text, v.maxLength(1024)),
  description: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  assignees: v.pipe(v.array(text), v.minLength(1), v.maxLength(50)),
  creator: v.optional(text),
  due: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  notify: v.optional(oneOrMore),
  url: v.optional(v.pipe(v.string(), v.url(), v.maxBytes(1024))),
  app: v.optional(text),
});
export type DispatchTask = v.InferOutput<typeof DispatchTask>;

/** The DingTalk calls a task needs. */
type App = {
  operatorUserId?: string | undefined;
  contacts: { getUser(userId: string): Promise<{ unionId: string }> };
  todos: {
    create(todo: {
      ownerUnionId: string;
      sourceId: string;
      subject: string;
      description?: string;
      executorUnionIds: string[];
      dueAt?: number;
      detailUrl: string;
      notify?: boolean;
    }): Promise<{ id: string }>;
  };
};

export type DispatchDeps = AcceptDeps & {
  tasks: TaskStore;
  appNamed(name?: string): App;
  /** The address of a task's page, signed. */
  pageUrl(taskId: string): string;
};

/** The names in `notify` that nobody registered. */
export async function notifyFaults(deps: DispatchDeps, body: unknown): Promise<Fault[]> {
  const given = v.safeParse(v.object({ notify: oneOrMore }), body);
  return given.success ? destinationFaults(deps.destinations, 'notify', given.output.notify) : [];
}

/**
 * One task = one DingTalk to-do (sourceId = task id) for all assignees, and one message that mentions them. Each step is
 * kept before the next, and each can be repeated: the same Idempotency-Key takes up a dispatch that broke off.
 * @throws InvalidInput when an assignee is unknown; DingTalk's own refusals pass through.
 */
export async function dispatchTask(
  deps: DispatchDeps,
  { caller, idempotencyKey, body }: { caller: string; idempotencyKey?: string | undefined; body: DispatchTask },
): Promise<TaskView> {
  const requestHash = hash(JSON.stringify(body));
  const fresh: Task = {
    ...body,
    notify: body.notify ?? [],
    id: `t_${idempotencyKey === undefined ? deps.randomId() : hash(`${caller}\n${idempotencyKey}`).slice(0, 32)}`,
    caller,
    requestHash,
    createdAt: new Date(deps.now()).toISOString(),
    status: 'dispatching',
  };
  const kept = (await deps.tasks.create(fresh)) ? fresh : ((await deps.tasks.get(fresh.id)) ?? fresh);
  if (kept.requestHash !== requestHash) {
    const message = `this key already stands for task ${kept.id} with another body; use a new key for a new task`;
    const fault = { path: 'Idempotency-Key', code: 'idempotency_key_reused', message };
    throw new InvalidInput('tasks.dispatch', 'idempotency_key_reused', [fault]);
  }
  if (kept.status === 'assigned' || kept.status === 'done') return taskView(kept);
  try {
    const todoId = kept.todoId ?? (await createTodo(deps, kept));
    await deps.tasks.advance(kept.id, { todoId });
    const number = await deps.tasks.enlist(kept);
    const messageId = kept.notify.length > 0 ? (await notify(deps, { ...kept, number })).id : undefined;
    await deps.tasks.advance(kept.id, { status: 'assigned', ...(messageId !== undefined && { messageId }) });
    return taskView({ ...kept, number, todoId, status: 'assigned', ...(messageId !== undefined && { messageId }) });
  } catch (error) {
    if (error instanceof ServiceError && !error.retryable) {
      await deps.tasks.advance(kept.id, { status: 'failed', code: error.code, reason: error.message });
    }
    throw error;
  }
}

export async function getTask({ tasks }: Pick<DispatchDeps, 'tasks'>, id: string): Promise<TaskView> {
  const task = await tasks.get(id);
  if (task) return taskView(task);
  const fault = { path: 'id', code: 'unknown_task', message: `no task has the id "${id}"` };
  throw new InvalidInput('tasks.get', 'unknown_task', [fault], 404);
}

type TaskView = ReturnType<typeof taskView>;

/** A task as callers see it. */
function taskView({ requestHash: _, caller: __, ...task }: Task) {
  const message = task.messageId === undefined ? {} : { message: `/messages/${task.messageId}` };
  return { ...task, links: { self: `/tasks/${task.id}`, ...message } };
}

async function createTodo(deps: DispatchDeps, task: Task): Promise<string> {
  const app = deps.appNamed(task.app);
  const unionIds = await unionIdsOf(app, task.assignees);
  const owner = task.creator ?? app.operatorUserId;
  const [first = ''] = unionIds;
  const { id } = await app.todos.create({
    ownerUnionId: owner === undefined ? first : ((await unionIdsOf(app, [owner]))[0] ?? first),
    sourceId: task.id,
    subject: task.title,
    ...(task.description !== undefined && { description: task.description }),
    executorUnionIds: unionIds,
    ...(task.due !== undefined && { dueAt: Date.parse(task.due) }),
    detailUrl: task.url ?? deps.pageUrl(task.id),
    notify: true,
  });
  return id;
}

/** To-dos take unionIds. Every unknown person is named at once. */
async function unionIdsOf(app: App, userIds: string[]): Promise<string[]> {
  const found = await Promise.allSettled(userIds.map((userId) => app.contacts.getUser(userId)));
  const faults: Fault[] = [];
  const unionIds: string[] = [];
  for (const [index, user] of found.entries()) {
    if (user.status === 'fulfilled') unionIds.push(user.value.unionId);
    else if (!(user.reason instanceof ServiceError) || user.reason.retryable) throw user.reason;
    else {
      const message = `"${userIds[index]}" is no userId that this app may see: ${user.reason.remedy ?? user.reason.code}`;
      faults.push({ path: 'assignees', code: 'unknown_person', message });
    }
  }
  if (faults.length > 0) throw new InvalidInput('tasks.dispatch', 'unknown_person', faults);
  return unionIds;
}

async function notify(deps: DispatchDeps, task: Task) {
  const due = task.due === undefined ? '' : `\n\n截止 Due: ${task.due}`;
  const description = task.description === undefined ? '' : `\n\n${task.description}`;
  const content: Content = {
    kind: 'markdown',
    title: `任务 Task: ${task.title}`.slice(0, 64),
    text: `### 任务 Task #${task.number}: ${task.title}${description}${due}\n\n[打开 Open](${task.url ?? deps.pageUrl(task.id)})`,
  };
  return acceptMessage(deps, {
    caller: 'dispatch-task',
    idempotencyKey: task.id,
    to: task.notify,
    content,
    mention: { users: task.assignees, fallback: 'text' },
  });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
