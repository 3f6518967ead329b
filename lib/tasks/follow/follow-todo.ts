import { defined } from '../../base/defined.ts';
import { isClosed } from '../life-cycle.ts';
import type { Followed, Person, SentTodo, Task } from '../task.ts';

/** DingTalk's to-dos, of one app. */
export type Todos = {
  create(todo: {
    ownerUnionId: string;
    sourceId: string;
    subject: string;
    description?: string | undefined;
    executorUnionIds: string[];
    participantUnionIds?: string[] | undefined;
    dueAt?: number | undefined;
    detailUrl: string;
    priority?: 10 | 20 | 30 | 40 | undefined;
    notify?: boolean;
  }): Promise<{ id: string; existed?: boolean }>;
  update(todo: { ownerUnionId: string; id: string } & TodoChange): Promise<void>;
  setDone(todo: { ownerUnionId: string; id: string; people: { unionId: string; done: boolean }[] }): Promise<void>;
  remove(todo: { ownerUnionId: string; id: string }): Promise<void>;
};

type TodoChange = {
  subject?: string;
  description?: string;
  dueAt?: number;
  executorUnionIds?: string[];
  participantUnionIds?: string[];
  done?: boolean;
};

export type TodoDeps = {
  todos: Todos;
  /** The app's operator, who owns the to-do of a task without a creator. */
  operator(): Promise<{ unionId: string } | undefined>;
  linkOf(task: Pick<Task, 'id' | 'app'>, userId?: string, madeAt?: number): string;
};

const PRIORITIES = { low: 10, normal: 20, high: 30, urgent: 40 } as const;

/** Updates the task's to-do: no call when nothing changed, else one, or two when single people finished as well. */
export async function followTodo(deps: TodoDeps, task: Task): Promise<Partial<Followed>> {
  if (!task.via.includes('todo')) return {};
  const { todoId, todo } = task;
  if (todoId === undefined || !todo) return isClosed(task) ? {} : create(deps, task);
  if (task.status === 'cancelled') {
    await deps.todos.remove({ ownerUnionId: todo.ownerUnionId, id: todoId });
    return { todoId: undefined, todo: undefined, todosBefore: (task.todosBefore ?? 0) + 1 };
  }
  const sent = wanted(task, todo.ownerUnionId);
  await update(deps.todos, todoId, todo, sent);
  return { todo: sent };
}

async function create({ todos, operator, linkOf }: TodoDeps, task: Task): Promise<Partial<Followed>> {
  const [first, ...others] = task.assignees;
  const owner = task.creator ?? (await operator()) ?? first;
  const sent = wanted(task, owner?.unionId ?? '');
  const round = task.todosBefore ?? 0;
  const { id, existed } = await todos.create({
    ownerUnionId: sent.ownerUnionId,
    sourceId: round === 0 ? task.id : `${task.id}-${round}`,
    subject: sent.subject,
    description: sent.description,
    executorUnionIds: sent.executors,
    participantUnionIds: sent.participants,
    dueAt: sent.due,
    // The address is personal for a single assignee; several share one.
    detailUrl: linkOf(task, others.length === 0 ? first?.userId : undefined),
    priority: task.priority && PRIORITIES[task.priority],
    notify: true,
  });
  const asItWas = { ...sent, doneBy: undefined, done: undefined };
  if (existed && task.version > 1) {
    // An earlier try that crashed may have created it for an older version.
    const { ownerUnionId, subject, description, executors, participants = [], due } = sent;
    const fields = { subject, description, dueAt: due, executorUnionIds: executors, participantUnionIds: participants };
    await todos.update({ ownerUnionId, id, ...defined(fields) });
  }
  await update(todos, id, asItWas, sent);
  return { todoId: id, todo: sent };
}

/** DingTalk cannot remove a due date or a description (callbacks.md §9.2): they stay. */
async function update(todos: Todos, id: string, had: SentTodo, sent: SentTodo): Promise<void> {
  const { ownerUnionId, participants = [], done = false, doneBy = [] } = sent;
  const fields: TodoChange = {
    ...(sent.subject !== had.subject && { subject: sent.subject }),
    ...(sent.description !== undefined && sent.description !== had.description && { description: sent.description }),
    ...(sent.due !== undefined && sent.due !== had.due && { dueAt: sent.due }),
    ...(differ(sent.executors, had.executors) && { executorUnionIds: sent.executors }),
    ...(differ(participants, had.participants ?? []) && { participantUnionIds: participants }),
    ...(done !== (had.done ?? false) && { done }),
  };
  if (Object.keys(fields).length > 0) await todos.update({ ownerUnionId, id, ...fields });
  if (done) return;
  const doneBefore = had.done ? [] : (had.doneBy ?? []);
  const people = sent.executors
    .map((unionId) => ({ unionId, done: doneBy.includes(unionId) }))
    .filter(({ unionId, done }) => doneBefore.includes(unionId) !== done);
  if (people.length > 0) await todos.setDone({ ownerUnionId, id, people });
}

/** Assignees who declined are taken off the to-do, unless all declined. */
function wanted(task: Task, ownerUnionId: string): SentTodo {
  const able = task.assignees.filter(({ state }) => state !== 'declined');
  const people = able.length > 0 ? able : task.assignees;
  const { description, due } = task;
  return defined({
    ownerUnionId,
    subject: task.title,
    description,
    due: due === undefined ? undefined : Date.parse(due),
    executors: people.map(({ unionId }) => unionId),
    participants: idsOf(task.participants),
    doneBy: idsOf(people.filter(({ state }) => state === 'done')),
    done: task.status === 'done' || undefined,
  });
}

/** Their ids; undefined for nobody. */
function idsOf(people: readonly Person[]): string[] | undefined {
  return people.length === 0 ? undefined : people.map(({ unionId }) => unionId);
}

function differ(left: readonly string[], right: readonly string[]): boolean {
  return left.length !== right.length || left.some((one) => !right.includes(one));
}
