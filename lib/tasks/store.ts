import type { RecordQueue, RecordStore } from '../records/record.ts';
import type { Followed, Task } from './task.ts';

/** Stores tasks. Every write that decides something is conditional. */
export type TaskStore = RecordStore<Task, Partial<Followed>> & {
  /** By id or number. */
  find(idOrNumber: string): Promise<Task | undefined>;
  /** The next free number of a task. */
  nextNumber(): Promise<number>;

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
export type TaskQueue = RecordQueue;
