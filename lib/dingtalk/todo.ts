import * as v from 'valibot';
import { DingTalkRefusal } from '../base/dingtalk-errors.ts';
import type { Caller } from './transport/call.ts';

export type NewTodo = {
  ownerUnionId: string;
  operatorUnionId?: string | undefined;
  /** The caller's own id: creating it again does not make a second to-do. */
  sourceId: string;
  /** At most 1,024. */
  subject: string;
  description?: string | undefined;
  executorUnionIds: string[];
  participantUnionIds?: string[] | undefined;
  /** Epoch ms. */
  dueAt?: number | undefined;
  /** Where a tap leads; DingTalk refuses a to-do without it (callbacks.md §9.1). */
  detailUrl: string;
  priority?: 10 | 20 | 30 | 40 | undefined;
  /** Also as a DING in the app. */
  notify?: boolean | undefined;
};

/** An existing to-do and its owner. */
export type TodoRef = { ownerUnionId: string; id: string };

/** What can be changed of a to-do; its address, priority and DING cannot (callbacks.md §9.2). */
export type TodoChange = Partial<
  Pick<NewTodo, 'subject' | 'description' | 'executorUnionIds' | 'participantUnionIds' | 'dueAt'> & { done: boolean }
>;

export type Todos = {
  /** Creates a to-do, or finds the one that was created for the same `sourceId` before: then it `existed`. */
  create(todo: NewTodo): Promise<{ id: string; existed?: boolean }>;
  /** `done` ticks it off for everybody; a third-party to-do cannot be ticked off in DingTalk itself (callbacks.md §9.1). */
  update(todo: TodoRef & TodoChange): Promise<void>;
  /** Marks it done, or open again, for single executors. */
  setDone(todo: TodoRef & { people: { unionId: string; done: boolean }[] }): Promise<void>;
  /** Deletes it for everybody; no error when it is deleted already. */
  remove(todo: TodoRef): Promise<void>;
  /** Whether it is done; undefined when the owner has no such to-do (any more). Costs a call a page. */
  find(todo: TodoRef): Promise<{ done: boolean } | undefined>;
};

const Created = v.object({ id: v.pipe(v.string(), v.minLength(1)) });
const Page = v.object({
  nextToken: v.nullish(v.string()),
  todoCards: v.nullish(
    v.array(v.object({ taskId: v.string(), sourceId: v.nullish(v.string()), isDone: v.nullish(v.boolean(), false) })),
    [],
  ),
});

/** Stops a query that never ends; a month allows 5,000 calls in all. */
const PAGES = 20;

export function createTodos(call: Caller): Todos {
  return {
    async create(todo) {
      let existed = false;
      try {
        const { id } = await call({
          operation: 'todos.create',
          host: 'api',
          method: 'POST',
          path: `/v1.0/todo/users/${encodeURIComponent(todo.ownerUnionId)}/tasks`,
          query: { operatorId: todo.operatorUnionId },
          body: bodyOf(todo),
          reply: Created,
          repeatable: true, // by its source id
          rescue({ text }) {
            const found = existing(text);
            existed = found !== undefined;
            return found;
          },
        });
        return existed ? { id, existed } : { id };
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const card = await find(call, todo.ownerUnionId, ({ sourceId }) => sourceId === todo.sourceId);
        if (!card) throw error;
        return { id: card.taskId, existed: true };
      }
    },

    async update({ ownerUnionId, id, ...change }) {
      await call({
        operation: 'todos.update',
        host: 'api',
        method: 'PUT',
        path: pathOf({ ownerUnionId, id }),
        body: {
          subject: change.subject,
          description: change.description,
          dueTime: change.dueAt,
          executorIds: change.executorUnionIds,
          participantIds: change.participantUnionIds,
          done: change.done,
        },
        reply: v.unknown(),
        repeatable: true,
      });
    },

    async setDone({ people, ...todo }) {
      await call({
        operation: 'todos.setDone',
        host: 'api',
        method: 'PUT',
        path: `${pathOf(todo)}/executorStatus`,
        body: { executorStatusList: people.map(({ unionId, done }) => ({ id: unionId, isDone: done })) },
        reply: v.unknown(),
        repeatable: true,
      });
    },

    async remove(todo) {
      await call({
        operation: 'todos.remove',
        host: 'api',
        method: 'DELETE',
        path: pathOf(todo),
        reply: v.unknown(),
        repeatable: true,
        rescue: ({ text }) => (/task not exist/i.test(text) ? {} : undefined),
      });
    },

    async find({ ownerUnionId, id }) {
      const card = await find(call, ownerUnionId, ({ taskId }) => taskId === id);
      return card && { done: card.isDone };
    },
  };
}

function pathOf({ ownerUnionId, id }: TodoRef): string {
  return `/v1.0/todo/users/${encodeURIComponent(ownerUnionId)}/tasks/${encodeURIComponent(id)}`;
}

function bodyOf(todo: NewTodo): Record<string, unknown> {
  return {
    sourceId: todo.sourceId,
    subject: todo.subject,
    creatorId: todo.ownerUnionId,
    description: todo.description,
    dueTime: todo.dueAt,
    executorIds: todo.executorUnionIds,
    participantIds: todo.participantUnionIds,
    // within DingTalk: with a DING, the app opens an address itself only in this form (callbacks.md §9.1)
    detailUrl: { appUrl: todo.detailUrl, pcUrl: todo.detailUrl },
    priority: todo.priority,
    notifyConfigs: todo.notify ? { dingNotify: '1' } : undefined,
  };
}

/** "task existed … taskId is xxx": the id stands only in the text (callbacks.md §9.1). */
function existing(text: string): { id: string } | undefined {
  const id = /task exist\w*.*taskId\s*(?:is|=|:)\s*"?([\w-]+)/is.exec(text)?.[1];
  return id === undefined ? undefined : { id };
}

function isDuplicate(error: unknown): boolean {
  return (
    error instanceof DingTalkRefusal &&
    error.code === 'todo.taskCreate.paramError' &&
    /task exist/i.test(error.description)
  );
}

type TodoCard = v.InferOutput<typeof Page>['todoCards'][number];

/** No documented call reads a to-do by its id, so the owner's to-dos are searched (callbacks.md §9.4). */
async function find(
  call: Caller,
  ownerUnionId: string,
  isIt: (card: TodoCard) => boolean,
): Promise<TodoCard | undefined> {
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const reply = await call({
      operation: 'todos.find',
      host: 'api',
      method: 'POST',
      path: `/v1.0/todo/users/${encodeURIComponent(ownerUnionId)}/org/tasks/query`,
      body: { nextToken },
      reply: Page,
      repeatable: true,
    });
    const card = reply.todoCards.find(isIt);
    if (card) return card;
    if (!reply.nextToken || reply.nextToken === nextToken) break;
    nextToken = reply.nextToken;
  }
  return undefined;
}
