import * as v from 'valibot';

/** A task and how far its dispatch has come. Times are ISO 8601. */
export const Task = v.object({
  id: v.string(),
  caller: v.string(),
  requestHash: v.string(),
  createdAt: v.string(),
  title: v.string(),
  description: v.optional(v.string()),
  assignees: v.array(v.string()),
  creator: v.optional(v.string()),
  due: v.optional(v.string()),
  url: v.optional(v.string()),
  notify: v.array(v.string()),
  app: v.optional(v.string()),
  status: v.picklist(['dispatching', 'assigned', 'failed']),
  /** DingTalk's id of the to-do. */
  todoId: v.optional(v.string()),
  messageId: v.optional(v.string()),
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
});
export type Task = v.InferOutput<typeof Task>;

export type TaskStore = {
  /** Keeps a new task; answers false, and changes nothing, when the id is taken. */
  create(task: Task): Promise<boolean>;
  get(id: string): Promise<Task | undefined>;
  /** Writes how far the dispatch came. */
  advance(id: string, step: Partial<Pick<Task, 'status' | 'todoId' | 'messageId' | 'code' | 'reason'>>): Promise<void>;
};
