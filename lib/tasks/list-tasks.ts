import * as v from 'valibot';
import type { TaskList } from '../../contract/answers/tasks.ts';
import type { ListTasks } from '../../contract/requests/tasks.ts';
import { CURSOR_FAULT, readCursor, writeCursor } from '../base/cursor.ts';
import { InvalidInput } from '../base/errors.ts';
import { beginningOfDay } from '../base/people/local-time.ts';
import { isClosed } from './life-cycle.ts';
import { listOf } from './lists.ts';
import type { TaskStore } from './store.ts';
import type { Task } from './task.ts';
import { taskView, type ViewDeps } from './task-view.ts';

type Deps = ViewDeps & { tasks: Pick<TaskStore, 'list'>; taskApp(): { timeZone: string } };

const PAGE = 50;
/** Most index pages that one answer reads; it may be empty and still have a cursor. */
const MOST_PAGES = 4;

/** Where the last page ended: which list, and the position in it. */
const Cursor = v.object({ list: v.number(), at: v.optional(v.pipe(v.string(), v.nonEmpty())) });
type Place = v.InferOutput<typeof Cursor>;

/** Tasks sorted by due date, open ones before closed ones; of a person, those that they have not finished first. */
export async function listTasks(deps: Deps, asked: ListTasks): Promise<TaskList> {
  const { assignee, dueBefore } = asked;
  const lists = sidesOf(asked).map((open) =>
    assignee === undefined ? listOf.all(open) : listOf.person(assignee, open),
  );
  const before = dueBefore === undefined ? undefined : momentOf(dueBefore, deps.taskApp().timeZone);
  let cursor: Place | undefined = asked.cursor === undefined ? { list: 0 } : placeOf(asked.cursor);
  const tasks: Task[] = [];
  for (let page = 0; page < MOST_PAGES && cursor && tasks.length === 0; page += 1) {
    const { list, at }: Place = cursor;
    const name = lists[list];
    if (name === undefined) break;
    const found = await deps.tasks.list(name, { before, cursor: at, limit: PAGE });
    tasks.push(...found.tasks.filter((task) => fits(task, asked)));
    const next: Place = found.cursor === undefined ? { list: list + 1 } : { list, at: found.cursor };
    cursor = next.list < lists.length ? next : undefined;
  }
  return {
    tasks: tasks.map((task) => taskView(deps, task)),
    ...(cursor && { cursor: writeCursor(cursor) }),
  };
}

/** A time as the list has it (ISO 8601, UTC); a day begins at midnight where people are. */
function momentOf(text: string, timeZone: string): string {
  const isDay = !text.includes('T');
  return new Date(isDay ? beginningOfDay(text, timeZone) : text).toISOString();
}

function placeOf(cursor: string): Place {
  const place = readCursor(Cursor, cursor);
  if (place) return place;
  throw new InvalidInput('tasks.list', CURSOR_FAULT.code, [CURSOR_FAULT]);
}

/** A person may have finished their part of an open task, so both of their lists are read. */
function sidesOf({ assignee, status }: ListTasks): boolean[] {
  if (status === 'open' || status === 'closed') return [status === 'open'];
  if (status === undefined || assignee !== undefined) return [true, false];
  return [status === 'overdue' || !isClosed({ status })];
}

function fits(task: Task, { assignee, status }: ListTasks): boolean {
  if (assignee !== undefined && !task.assignees.some(({ userId }) => userId === assignee)) return false;
  if (status === undefined || status === 'open' || status === 'closed') return true;
  return status === 'overdue' ? task.overdueSince !== undefined : task.status === status;
}
