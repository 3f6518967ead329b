import type { RecordQueue, RecordStore } from '../records/record.ts';
import type { Row } from './lists.ts';
import type { Followed, Task } from './task.ts';

/** Stores tasks. Every write that decides something is conditional. */
export type TaskStore = RecordStore<Task, Partial<Followed>> & {
  /** By id or number. */
  find(idOrNumber: string): Promise<Task | undefined>;
  /** Takes the next free number for a new task, which is looked after from then on. */
  takeNumber(id: string): Promise<number>;

  /**
   * Tasks whose check is due or whose first worker died, or digests that are due, and since when; oldest first. From a time on,
   * if one is given: then the checks alone.
   */
  listDue(what: 'watched' | 'digest', until: number, from?: number): Promise<DueTask[]>;
  /**
   * Schedules the next check of a listed item, and notes the digest that was sent; answers false when it was rescheduled
   * meanwhile.
   */
  checked(id: string, listed: number, dueAt: number, messageId?: string): Promise<boolean>;
  /** The messages that these digests went with last. */
  digestMessages(ids: readonly string[]): Promise<string[]>;

  /** Registers a reader for digests from `dueAt` on, unless they are registered. */
  putDigest(id: string, dueAt: number): Promise<void>;

  dropDigest(id: string): Promise<void>;

  /** Puts a task on lists, and takes it off others. */
  writeRows(id: string, rows: { put: readonly Row[]; drop: readonly Row[] }): Promise<void>;
  /** One page of a list: the tasks whose `order` is less than `before`, sorted. */
  list(
    list: string,
    page: { before?: string | undefined; cursor?: string | undefined; limit: number },
  ): Promise<TaskPage>;
};

export type DueTask = { id: string; dueAt: number };
export type TaskPage = { tasks: Task[]; cursor?: string };

/** Queues a task to be followed. */
export type TaskQueue = RecordQueue;
