import * as v from 'valibot';
import type { Caller } from './call.ts';
import { DingTalkRefusal } from './errors.ts';

export type NewTodo = {
  ownerUnionId: string;
  operatorUnionId?: string | undefined;
  /** The caller's own id: there is one to-do for it, however often it is created. */
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

export type Todos = {
  /** Creates a to-do, or finds the one that was created for the same `sourceId` before. */
  create(todo: NewTodo): Promise<{ id: string }>;
  /** Ticks it off for everybody; a third-party to-do cannot be ticked off in DingTalk itself (callbacks.md §9.1, §9.2). */
  finish(todo: { ownerUnionId: string; id: string }): Promise<void>;
};

const Created = v.object({ id: v.pipe(v.string(), v.minLength(1)) });
const Page = v.object({
  nextToken: v.nullish(v.string()),
  todoCards: v.nullish(v.array(v.object({ taskId: v.string(), sourceId: v.nullish(v.string()) })), []),
});

/** Stops a query that never ends; a month allows 5,000 calls in all. */
const PAGES = 20;

export function createTodos(call: Caller): Todos {
  return {
    async create(todo) {
      try {
        return await call({
          operation: 'todos.create',
          host: 'api',
          method: 'POST',
          path: `/v1.0/todo/users/${encodeURIComponent(todo.ownerUnionId)}/tasks`,
          query: { operatorId: todo.operatorUnionId },
          body: bodyOf(todo),
          reply: Created,
          repeatable: true, // by its source id
          rescue: ({ text }) => existing(text),
        });
      } catch (error) {
        const id = isDuplicate(error) ? await find(call, todo.ownerUnionId, todo.sourceId) : undefined;
        if (id === undefined) throw error;
        return { id };
      }
    },

    async finish({ ownerUnionId, id }) {
      await call({
        operation: 'todos.finish',
        host: 'api',
        method: 'PUT',
        path: `/v1.0/todo/users/${encodeURIComponent(ownerUnionId)}/tasks/${encodeURIComponent(id)}`,
        body: { done: true },
        reply: v.unknown(),
        repeatable: true,
      });
    },
  };
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
    detailUrl: { appUrl: todo.notify ? inClient(todo.detailUrl) : todo.detailUrl, pcUrl: todo.detailUrl },
    priority: todo.priority,
    notifyConfigs: todo.notify ? { dingNotify: '1' } : undefined,
  };
}

/** With a DING, the app must open the address itself (callbacks.md §9.1; the form: messaging.md §5.2). */
function inClient(url: string): string {
  return `dingtalk://dingtalkclient/page/link?url=${encodeURIComponent(url)}&pc_slide=false`;
}

/** "task existed … taskId is xxx": the reference leaves nothing but the text to read it from (callbacks.md §9.1). */
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

/** A to-do is not to be had by its source id directly, so the owner's are looked through (callbacks.md §9.4). */
async function find(call: Caller, ownerUnionId: string, sourceId: string): Promise<string | undefined> {
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
    const card = reply.todoCards.find((todo) => todo.sourceId === sourceId);
    if (card) return card.taskId;
    if (!reply.nextToken || reply.nextToken === nextToken) break;
    nextToken = reply.nextToken;
  }
  return undefined;
}
