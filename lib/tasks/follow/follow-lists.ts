import { nextAt } from '../../base/people/local-time.ts';
import { isClosed, isOpen } from '../life-cycle.ts';
import { type Digest, digestIdOf, listOf, orderOf } from '../lists.ts';
import type { Row, TaskStore } from '../store.ts';
import type { Followed, HistoryEntry, Task } from '../task.ts';

export type ListDeps = {
  tasks: Pick<TaskStore, 'putRow' | 'dropRow' | 'putDigest'>;
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
  const wanted = rowsOf(task);
  const had = task.rows ?? {};
  const rows = Object.fromEntries([...wanted].map(([name, row]) => [name, stateOf(row, task)]));
  const fresh = [...wanted].filter(([name]) => task.rowsDue !== task.due || had[name] !== rows[name]);
  await Promise.all([
    ...fresh.map(([name, row]) => tasks.putRow(rowId(task, name), row, task)),
    ...Object.keys(had)
      .filter((name) => !wanted.has(name))
      .map((name) => tasks.dropRow(rowId(task, name))),
  ]);
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

/** By a name within the task. The row of its number is also its entry on the list of all. */
function rowsOf(task: Task): Map<string, Row> {
  const order = orderOf(task);
  const open = !isClosed(task);
  const listed = (list: string) => ({ task: task.id, list, order });
  return new Map<string, Row>([
    [`#${task.number}`, listed(listOf.all(open))],
    ...(task.todoId === undefined ? [] : [[`#todo-${task.todoId}`, { task: task.id }] as const]),
    ...task.notify.map((name) => [`group#${name}`, listed(listOf.group(name, open))] as const),
    ...task.assignees.map((assignee) => {
      const list = listOf.person(assignee.userId, open && isOpen(assignee));
      return [`person#${assignee.userId}`, listed(list)] as const;
    }),
  ]);
}

/** Rows of people and groups are the task's own. */
const rowId = ({ id }: Task, name: string) => (name.startsWith('#') ? name : `member#${id}#${name}`);

/** What may change of a row beside its due date: its list, and whether it ages. */
function stateOf(row: Row, task: Task): string {
  if (isClosed(task)) return 'ended';
  return 'list' in row && row.list.endsWith('#closed') ? 'closed' : 'open';
}
