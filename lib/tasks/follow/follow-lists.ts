import { nextAt } from '../../base/people/local-time.ts';
import { isClosed } from '../life-cycle.ts';
import { type Digest, digestIdOf, placesOf, wantedRows } from '../lists.ts';
import type { TaskStore } from '../store.ts';
import type { Followed, HistoryEntry, Task } from '../task.ts';

export type ListDeps = {
  tasks: Pick<TaskStore, 'writeRows' | 'putDigest'>;
  name: string;
  timeZone: string;
  digest?: Digest | undefined;
  now: () => number;
};

/**
 * Puts the task on its lists and removes it from the others; rows that are right already are not written. New assignees and
 * groups are registered for their daily digest, where the app has one.
 */
export async function followLists({ tasks, ...deps }: ListDeps, task: Task): Promise<Partial<Followed>> {
  const rows = wantedRows(task);
  const wanted = placesOf(task, rows, task.due);
  const had = placesOf(task, task.rows ?? {}, task.rowsDue);
  const put = [...wanted].filter(([key, { over }]) => had.get(key)?.over !== over);
  const drop = [...had].filter(([key]) => !wanted.has(key));
  await tasks.writeRows(task.id, { put: put.map(([, row]) => row), drop: drop.map(([, row]) => row) });
  const { digest, timeZone, name: app, now } = deps;
  if (digest) {
    const at = nextAt(now(), digest.at, timeZone);
    const readers = readersOf(task, digest).map((reader) => digestIdOf({ app, ...reader }));
    if (hasNewReaders(task)) await Promise.all(readers.map((id) => tasks.putDigest(id, at)));
    return { rows, rowsDue: task.due, digestIds: readers };
  }
  return { rows, rowsDue: task.due };
}

/** A task began, or its people changed. */
function hasNewReaders(task: Task): boolean {
  const isNews = ({ version, action }: HistoryEntry) =>
    version > (task.reached.lists ?? 0) && (action === 'assigned' || action === 'people');
  return task.history.some(isNews);
}

/** Who has the task on their daily list. */
function readersOf(task: Task, { people, destinations = [] }: Digest) {
  if (isClosed(task)) return [];
  const persons = people === false ? [] : task.assignees.map(({ userId }) => ({ kind: 'person', who: userId }));
  const groups = task.notify.filter((name) => destinations.includes(name)).map((who) => ({ kind: 'group', who }));
  return [...persons, ...groups];
}
