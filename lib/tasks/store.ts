import type { Followed, Task } from './task.ts';

/** Where tasks are kept. Every write that decides is conditional. */
export type TaskStore = {
  /** Keeps a new task; answers false, and changes nothing, when the id is taken. */
  create(task: Task): Promise<boolean>;
  get(id: string): Promise<Task | undefined>;
  /** Writes the record (and not what follows it) if its version is still `from`; answers whether it was. */
  put(task: Task, from: number): Promise<boolean>;
  /** By id or by what people call it. */
  find(idOrNumber: string): Promise<Task | undefined>;
  /** The next number for people to call a task by. */
  nextNumber(): Promise<number>;

  /** Takes up the following of a task for a while: the record as it is then; `busy` while somebody else does. */
  take(id: string, owner: string, until: number): Promise<Task | 'busy' | undefined>;
  /** Writes what follows the task has come to. @throws when somebody else took it over */
  note(id: string, owner: string, followed: Partial<Followed>): Promise<void>;
  /**
   * Ends the following. Somebody looks after the task at `dueAt`, or nobody when that is undefined; a change that came
   * meanwhile (the version is not `version` any more) keeps its own look.
   */
  leave(id: string, owner: string, version: number, dueAt: number | undefined): Promise<void>;

  /** Tasks that somebody has to look after by now, or digests that are to go out, and since when; oldest first. */
  listDue(what: 'watched' | 'digest', now: number): Promise<{ id: string; dueAt: number }[]>;
  /** The next look at what was listed; answers false when others set it meanwhile. */
  checked(id: string, listed: number, dueAt: number): Promise<boolean>;

  /** Puts somebody down for digests from `dueAt` on, unless they are already. */
  putDigest(id: string, dueAt: number): Promise<void>;

  /** Lets a number or DingTalk's to-do lead to the task, or puts it on a list, whose order is by text. */
  putRow(id: string, row: Row): Promise<void>;
  dropRow(id: string): Promise<void>;
  /** One page of a list: the ids of tasks in its order, those whose order is before `before`. */
  list(
    list: string,
    page: { before?: string | undefined; cursor?: string | undefined; limit: number },
  ): Promise<TaskPage>;
};

export type Row = { task: string } | { task: string; list: string; order: string };
export type TaskPage = { ids: string[]; cursor?: string };

/** Tells whoever follows tasks that one has a new version. */
export type TaskQueue = { put(taskId: string, version: number | string): Promise<void> };
