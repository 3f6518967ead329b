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
  status: v.picklist(['dispatching', 'assigned', 'failed', 'done']),
  /** What people call it: short, and given once. */
  number: v.optional(v.number()),
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
  /** Gives the task its number and puts it on its assignees' lists; does no harm when repeated. */
  enlist(task: Task): Promise<number>;
  /** By id or by number. */
  find(idOrNumber: string): Promise<Task | undefined>;
  /** What a person still has to do, the newest first. */
  openOf(userId: string): Promise<Task[]>;
  /** Marks it done and takes it off the lists; undefined when there is no such task. */
  finish(id: string): Promise<Task | undefined>;
  /** Writes how far the dispatch came. */
  advance(id: string, step: Partial<Pick<Task, 'status' | 'todoId' | 'messageId' | 'code' | 'reason'>>): Promise<void>;
};
