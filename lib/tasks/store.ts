import type { Followed, Task } from './task.ts';

/** Stores tasks. Every write that decides something is conditional. */
export type TaskStore = {
  /** Stores a new task; answers false, and changes nothing, when the id is taken. */
  create(task: Task): Promise<boolean>;
  get(id: string): Promise<Task | undefined>;
  /** Writes the record, without the state of its followers, if its version is still `from`; answers whether it was. */
  put(task: Task, from: number): Promise<boolean>;
  /** By id or number. */
  find(idOrNumber: string): Promise<Task | undefined>;
  /** The next free number of a task. */
  nextNumber(): Promise<number>;

  /** Leases the following of a task until `until`: answers the record, or `busy` while another worker has it. */
  take(id: string, owner: string, until: number): Promise<Task | 'busy' | undefined>;
  /** Writes the state of the followers. @throws when another worker has taken the lease */
  note(id: string, owner: string, followed: Partial<Followed>): Promise<void>;
  /**
   * Ends the lease. The next check of the task is at `dueAt`; undefined: none. If the task was changed meanwhile (its
   * version is no longer `version`), the check that the change scheduled stays.
   */
  leave(id: string, owner: string, version: number, dueAt: number | undefined): Promise<void>;

  /** Tasks whose check is due, or digests that are due, and since when; oldest first. */
  listDue(what: 'watched' | 'digest', now: number): Promise<{ id: string; dueAt: number }[]>;
  /**
   * Schedules the next check of a listed item, and notes the digest that was sent; answers false when it was rescheduled
   * meanwhile.
   */
  checked(id: string, listed: number, dueAt: number, messageId?: string): Promise<boolean>;
  /** The messages that these digests went with last. */
  digestMessages(ids: readonly string[]): Promise<string[]>;

  /** Registers a reader for digests from `dueAt` on, unless they are registered. */
  putDigest(id: string, dueAt: number): Promise<void>;

  /** Maps a number or a DingTalk to-do to the task, or puts the task on a list, which is sorted by `order`. */
  putRow(id: string, row: Row, task: Pick<Task, 'status'>): Promise<void>;
  dropRow(id: string): Promise<void>;
  /** One page of a list: the tasks whose `order` is less than `before`, sorted. */
  list(
    list: string,
    page: { before?: string | undefined; cursor?: string | undefined; limit: number },
  ): Promise<TaskPage>;
};

export type Row = { task: string } | { task: string; list: string; order: string };
export type TaskPage = { tasks: Task[]; cursor?: string };

/** Queues a task to be followed. */
export type TaskQueue = { put(taskId: string, version: number | string): Promise<void> };
