import { isClosed, isOpen } from './life-cycle.ts';
import type { Task } from './task.ts';

/** Names of the lists of open and closed tasks: of a person, of a destination, of all. */
export const listOf = {
  person: (userId: string, open: boolean) => `person#${userId}#${open ? 'open' : 'closed'}`,
  group: (destination: string, open: boolean) => `group#${destination}#${open ? 'open' : 'closed'}`,
  all: (open: boolean) => `all#${open ? 'open' : 'closed'}`,
};

/** The list of the numbers that tasks have, in their order: the row of a number is what makes it the task's. */
export const NUMBERS = 'number';
const DIGITS = 12;
const TODO = 'todo#';
const ALL = 'all';

export const numberRow = (number: number) => ({ list: NUMBERS, order: String(number).padStart(DIGITS, '0') });
/** By which the task of a DingTalk to-do is found. */
export const todoRow = (todoId: string) => ({ list: `${TODO}${todoId}`, order: '-' });

/** Sorts by due date, then by age; tasks without a due date come last. */
export function orderOf({ due, createdAt, id }: Pick<Task, 'due' | 'createdAt' | 'id'>): string {
  return `${due === undefined ? '~' : new Date(due).toISOString()}#${createdAt}#${id}`;
}

/** A place in a list; what is `over` ages out. */
export type Row = { list: string; order: string; over: boolean };

/** What a record says of its rows, by their names within it: `open`, `closed`, or `over` where they age out. */
type Rows = Record<string, string>;

/** The rows that a task should have: by its to-do, in the list of all, of its groups and of its people. */
export function wantedRows(task: Task): Rows {
  const all = isClosed(task) ? 'over' : 'open';
  return {
    ...(task.todoId !== undefined && { [`${TODO}${task.todoId}`]: all }),
    [ALL]: all,
    ...Object.fromEntries(task.notify.map((name) => [`group#${name}`, all])),
    ...Object.fromEntries(
      task.assignees.map((assignee) => {
        const own = isClosed(task) || isOpen(assignee) ? all : 'closed';
        return [`person#${assignee.userId}`, own];
      }),
    ),
  };
}

/** The places of rows that were written so, when the task was due then. That of its number is there from the beginning. */
export function placesOf({ id, number, createdAt }: Task, rows: Rows, due: string | undefined): Map<string, Row> {
  const order = orderOf({ id, createdAt, due });
  const rowOfNumber = { ...numberRow(number), state: rows[ALL] ?? 'open' };
  const others = Object.entries(rows).map(([name, state]) => {
    if (name.startsWith(TODO)) return { ...todoRow(name.slice(TODO.length)), state };
    return { list: `${name}#${state === 'open' ? 'open' : 'closed'}`, order, state };
  });
  return new Map(
    [rowOfNumber, ...others].map(({ state, ...place }) => [keyOf(place), { ...place, over: state === 'over' }]),
  );
}

type Place = Pick<Row, 'list' | 'order'>;
const keyOf = ({ list, order }: Place) => `${list}\n${order}`;

/** Whether a row tells what the record says. Until the lists have followed a change, those from before it stand. */
export function isListed(task: Task, place: Place): boolean {
  const { reached, version, rows = {}, rowsDue } = task;
  return (reached.lists ?? 0) < version || placesOf(task, rows, rowsDue).has(keyOf(place));
}

/** When the people of an app, and which destinations, get their daily list. */
export type Digest = { at: string; people?: boolean | undefined; destinations?: string[] | undefined };

/** Who gets a digest: a person of an app, or a destination. */
export type Reader = { app: string; kind: string; who: string };

export function digestIdOf({ app, kind, who }: Reader): string {
  return `digest#${[app, kind, who].map(encodeURIComponent).join('#')}`;
}
