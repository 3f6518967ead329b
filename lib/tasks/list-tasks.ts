import * as v from 'valibot';
import { InvalidInput } from '../base/errors.ts';
import { isClosed } from './life-cycle.ts';
import { listOf } from './lists.ts';
import type { TaskStore } from './store.ts';
import { type Task, TaskStatus } from './task.ts';
import { type TaskView, taskView, type ViewDeps } from './task-view.ts';

type Deps = ViewDeps & { tasks: Pick<TaskStore, 'get' | 'list'> };

const PAGE = 50;
/** Index pages that one answer reads at most: it may be empty and still have a cursor. */
const MOST_PAGES = 4;

const text = v.pipe(v.string(), v.nonEmpty());
const Status = v.picklist(['open', 'closed', 'overdue', ...TaskStatus.options]);
/** Where the page before ended: which of the lists, and where in it. */
const Cursor = v.object({ list: v.number(), at: v.optional(text) });
type Place = v.InferOutput<typeof Cursor>;

export const ListTasks = v.object({
  assignee: v.optional(text),
  status: v.optional(Status),
  dueBefore: v.optional(
    v.pipe(
      text,
      v.check((moment) => !Number.isNaN(Date.parse(moment)), 'this is no moment; write it like 2026-01-31T08:00:00Z'),
    ),
  ),
  cursor: v.optional(
    v.pipe(
      text,
      v.transform((cursor) => Buffer.from(cursor, 'base64url').toString()),
      v.parseJson(undefined, 'this is no cursor of a page before'),
      Cursor,
    ),
  ),
});
export type ListTasks = v.InferOutput<typeof ListTasks>;

/** Tasks by due time: what is open first, then what is over; of a person, what they still have to do first. */
export async function listTasks(
  deps: Deps,
  query: Record<string, string | undefined>,
): Promise<{ tasks: TaskView[]; cursor?: string }> {
  const asked = parse(query);
  const { assignee, dueBefore } = asked;
  const lists = sidesOf(asked).map((open) =>
    assignee === undefined ? listOf.all(open) : listOf.person(assignee, open),
  );
  const before = dueBefore === undefined ? undefined : new Date(dueBefore).toISOString();
  let cursor: Place | undefined = asked.cursor ?? { list: 0 };
  const tasks: Task[] = [];
  for (let page = 0; page < MOST_PAGES && cursor && tasks.length === 0; page += 1) {
    const { list, at }: Place = cursor;
    const name = lists[list];
    if (name === undefined) break;
    const found = await deps.tasks.list(name, { before, cursor: at, limit: PAGE });
    const read = await Promise.all(found.ids.map((id) => deps.tasks.get(id)));
    tasks.push(...read.flatMap((task) => (task && fits(task, asked) ? [task] : [])));
    const next: Place = found.cursor === undefined ? { list: list + 1 } : { list, at: found.cursor };
    cursor = next.list < lists.length ? next : undefined;
  }
  return {
    tasks: tasks.map((task) => taskView(deps, task)),
    ...(cursor && { cursor: Buffer.from(JSON.stringify(cursor)).toString('base64url') }),
  };
}

function parse(query: Record<string, string | undefined>): ListTasks {
  const parsed = v.safeParse(ListTasks, query);
  if (parsed.success) return parsed.output;
  const faults = parsed.issues.map((issue) => ({
    path: v.getDotPath(issue) ?? '',
    code: 'invalid_query',
    message: issue.message,
  }));
  throw new InvalidInput('tasks.list', 'invalid_query', faults);
}

/** A person's own part may be done while the task is open, so theirs are looked for on both sides. */
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
