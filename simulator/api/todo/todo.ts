import { newOk, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { unknownPath } from '../../gateway/unknown-path.ts';
import { isObject, textIn } from '../../json.ts';
import { emitTodo } from '../../push/emit.ts';
import type { Todo } from '../../world/records.ts';
import type { State } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';
import { isKnown, type Refuse, readDetailUrl, readNotifyConfigs, readTodoFields, refuseWith } from './todo-fields.ts';
import { addTodo, allDone, changeTodo } from './todos.ts';

/** To-dos of an app (callbacks.md §9). */
export function todoRoutes(state: State): Route[] {
  const base = '/v1.0/todo/users/:unionId';
  return [
    guarded('POST', `${base}/tasks`, (call, app) => create(state, call, app)),
    guarded('PUT', `${base}/tasks/:taskId`, (call, app) => update(state, call, app)),
    guarded('PUT', `${base}/tasks/:taskId/executorStatus`, (call, app) => setStatus(state, call, app)),
    guarded('DELETE', `${base}/tasks/:taskId`, (call, app) => {
      const todo = find(state, call, app, refuseWith('todo.taskDelete.paramError'));
      changeTodo(state, todo, { deleted: true });
      emitTodo(state, 'delete', todo);
      return newOk({ result: true });
    }),
    guarded('POST', `${base}/org/tasks/query`, (call) => query(state, call)),
    guarded('GET', `${base}/tasks/sources/:sourceId`, (call, app) =>
      read(state, call, (todo) => todo.appKey === app.appKey && todo.sourceId === call.params.sourceId),
    ),
    guarded('GET', `${base}/tasks/:taskId`, (call, app) =>
      read(state, call, (todo) => todo.appKey === app.appKey && todo.id === call.params.taskId),
    ),
  ];
}

/** callbacks.md §9.1 */
function create(state: State, call: Call, app: App): Reply {
  const refuse = refuseWith('todo.taskCreate.paramError');
  checkCaller(state, call, refuse);
  const { subject, executorIds = [], participantIds = [], ...fields } = readTodoFields(state, call.body, refuse);
  if (!subject) throw refuse('todo.no-subject', 'subject is required');
  const creatorId = textIn(call.body, 'creatorId') ?? call.params.unionId ?? '';
  if (!isKnown(state, creatorId)) throw refuse('todo.creator', `creatorId is invalid: no such unionId ${creatorId}`);
  const detailUrl = readDetailUrl(call.body, refuse);
  const notifyConfigs = readNotifyConfigs(call.body, refuse);
  const sourceId = textIn(call.body, 'sourceId');
  const earlier = state.todos.find(
    (todo) => !todo.deleted && todo.appKey === app.appKey && sourceId && todo.sourceId === sourceId,
  );
  // one to-do for a sourceId; the id may be read from the text (callbacks.md §9.1)
  if (earlier) throw refuse('todo.exists', `task exist, taskId is ${earlier.id}`);
  const todo = addTodo(state, {
    appKey: app.appKey,
    subject,
    creatorId,
    executorIds,
    participantIds,
    doneBy: [],
    done: false,
    deleted: false,
    ...fields,
    detailUrl,
    ...(sourceId ? { sourceId } : {}),
    ...(notifyConfigs ? { notifyConfigs } : {}),
  });
  emitTodo(state, 'create', todo);
  return newOk(describe(todo));
}

/** callbacks.md §9.2; detailUrl, priority and notifications cannot be changed */
function update(state: State, call: Call, app: App): Reply {
  const refuse = refuseWith('todo.taskUpdate.paramError');
  const todo = find(state, call, app, refuse);
  const { priority: _, ...fields } = readTodoFields(state, call.body, refuse);
  const { done } = call.body;
  if (done !== undefined && typeof done !== 'boolean') throw refuse('todo.done-not-flag', 'done is invalid');
  const doneBy = done === undefined ? {} : { done, doneBy: done ? [...(fields.executorIds ?? todo.executorIds)] : [] };
  changeTodo(state, todo, { ...fields, ...doneBy });
  emitTodo(state, 'update', todo);
  return newOk({ result: true });
}

function setStatus(state: State, call: Call, app: App): Reply {
  const refuse = refuseWith('todo.taskExecutorStatusUpdate.paramError');
  const todo = find(state, call, app, refuse);
  const list = call.body.executorStatusList;
  if (!Array.isArray(list) || list.length === 0 || list.length > 1000)
    throw refuse('todo.status-list', 'executorStatusList is invalid');
  const doneBy = new Set(todo.doneBy);
  for (const entry of list) {
    const id = textIn(entry, 'id');
    if (!id || !todo.executorIds.includes(id))
      throw refuse('todo.status-stranger', `executorStatusList is invalid: not an executor: ${id}`);
    if (!isObject(entry) || typeof entry.isDone !== 'boolean')
      throw refuse('todo.status-not-flag', 'executorStatusList is invalid: isDone');
    if (entry.isDone) doneBy.add(id);
    else doneBy.delete(id);
  }
  todo.doneBy = [...doneBy];
  changeTodo(state, todo, { done: allDone(todo) });
  emitTodo(state, 'update', todo);
  return newOk({ result: true });
}

/** In the SDK but on no page of the documents, so it is off unless a setting turns it on (callbacks.md §9.4). */
function read(state: State, call: Call, wanted: (todo: Todo) => boolean): Reply {
  if (!state.settings.todoCanBeRead) return unknownPath(state, call);
  const refuse = refuseWith('todo.taskQuery.paramError');
  checkCaller(state, call, refuse);
  const todo = state.todos.find((candidate) => !candidate.deleted && wanted(candidate));
  if (!todo) throw refuse('todo.read-unknown', 'task not exist');
  return newOk(describe(todo));
}

/** callbacks.md §9.4: roleTypes is a list of lists, outer "or", inner "and" */
function query(state: State, call: Call): Reply {
  const refuse = refuseWith('todo.orgTaskQuery.paramError');
  checkCaller(state, call, refuse);
  const { isDone, nextToken, roleTypes } = call.body;
  const start = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(start) || start < 0) throw refuse('todo.cursor', 'nextToken is invalid');
  const unionId = call.params.unionId ?? '';
  const found = state.todos.filter(
    (todo) =>
      !todo.deleted &&
      (isDone === undefined || isDoneFor(todo, unionId) === isDone) &&
      hasRole(todo, unionId, roleTypes),
  );
  const page = found.slice(start, start + PAGE);
  const more = start + PAGE < found.length ? { nextToken: String(start + PAGE) } : {};
  const todoCards = page.map((todo) => {
    const { id, done: _, ...rest } = describe(todo);
    return { taskId: id, isDone: isDoneFor(todo, unionId), ...rest };
  });
  return newOk({ todoCards, ...more });
}

/** On an executor's list a to-do is done once they have ticked it; for the others when all have. The page does not say. */
function isDoneFor({ executorIds, doneBy, done }: Todo, unionId: string): boolean {
  return done || (executorIds.includes(unionId) && doneBy.includes(unionId));
}

function hasRole(todo: Todo, unionId: string, roleTypes: unknown): boolean {
  const is = (role: unknown) =>
    (role === 'executor' && todo.executorIds.includes(unionId)) ||
    (role === 'participant' && todo.participantIds.includes(unionId)) ||
    (role === 'creator' && todo.creatorId === unionId);
  if (!Array.isArray(roleTypes) || roleTypes.length === 0) return ['executor', 'participant', 'creator'].some(is);
  return roleTypes.some((all) => Array.isArray(all) && all.every(is));
}

function find(state: State, call: Call, app: App, refuse: Refuse): Todo {
  checkCaller(state, call, refuse);
  const todo = state.todos.find((candidate) => candidate.id === call.params.taskId && !candidate.deleted);
  if (!todo) throw refuse('todo.unknown', 'task not exist');
  if (todo.appKey !== app.appKey) throw refuse('todo.foreign', 'task not belong to bizTag');
  return todo;
}

function checkCaller(state: State, call: Call, refuse: Refuse): void {
  if (!isKnown(state, call.params.unionId)) throw refuse('todo.owner', `unionId is invalid: ${call.params.unionId}`);
  const operatorId = call.query.get('operatorId');
  if (operatorId !== null && !isKnown(state, operatorId))
    throw refuse('todo.operator', `operatorId is invalid: ${operatorId}`);
}

function describe(todo: Todo) {
  const { appKey, deleted: _, doneBy: __, ...facts } = todo;
  return { ...facts, bizTag: appKey, source: appKey, requestId: todo.id };
}

const PAGE = 50;
