import * as v from 'valibot';
import { ServiceError } from '../../../base/errors.ts';
import { sha256 } from '../../../base/hash.ts';
import { isListed, NUMBERS, numberRow, type Row, todoRow } from '../../../tasks/lists.ts';
import type { TaskPage, TaskStore } from '../../../tasks/store.ts';
import type { Task } from '../../../tasks/task.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { pageOf, pagesOf } from '../cursor.ts';
import { changeItem, fromItem, getItem, keyCondition, toItem, writeItems } from '../item.ts';
import { type Keeping, readable, ttlOf } from '../keeping.ts';

/** Below what DynamoDB takes for a key. */
const KeyText = v.pipe(v.string(), v.minLength(1), v.maxLength(700));
const Pointer = v.object({ task: v.string() });
const Listed = v.object({ id: v.string(), task: v.string() });
const Numbered = v.object({ id: v.string(), task: v.optional(v.string()), takenAt: v.optional(v.number(), 0) });

/** Tries to take a number that others want too: each looks anew, and further ahead. */
const NUMBER_TRIES = 12;
/** Numbers that a look reads at a time: mostly it finds the last one that was seen, and a query is charged for what it reads. */
const LOOKED_AT = 25;
/** A number that was taken later than this is of another clock's mistake, and holds up no look. */
const FAR_MS = 10 * 60_000;
/** Stands behind the number up to which new tasks were looked at, and keeps numbers of tasks that aged out from coming again. */
const SEEN = '~';

const partOf = (list: string) => `tasks#${list}`;
const keyOf = ({ list, order }: Pick<Row, 'list' | 'order'>) => ({ part: partOf(list), id: order });

/** The rows of tasks, in the table of records: a part for each list, in it a row for each task, by its order. */
export function taskRows(client: Dynamodb, { table, keeping }: { table: string; keeping: Keeping }) {
  const placeOf = (row: Pick<Row, 'list' | 'order'>) => ({ TableName: table, Key: toItem(keyOf(row)) });
  const numbers = {
    TableName: table,
    ...keyCondition('#part = :part', { part: partOf(NUMBERS) }),
    ScanIndexForward: false,
  };

  async function lastNumber(): Promise<number> {
    const { items } = await pageOf(client, { ...numbers, ConsistentRead: true, Limit: 1 }, v.object({}), undefined);
    return items[0] ? Number.parseInt(fromItem(v.object({ id: v.string() }), items[0]).id, 10) : 0;
  }

  return {
    /** The id of the task that has this number, or (`todo-…`) this to-do. */
    async taskOf(name: string): Promise<string | undefined> {
      const [, todoId, digits] = /^(?:todo-([\w-]{1,120})|(\d{1,12}))$/.exec(name) ?? [];
      if (todoId === undefined && digits === undefined) return undefined;
      const row = todoId === undefined ? numberRow(Number(digits)) : todoRow(todoId);
      return (await getItem(client, placeOf(row), Pointer))?.task;
    },

    async takeNumber(task: string): Promise<number> {
      for (let tries = 0; tries < NUMBER_TRIES; tries += 1) {
        const ahead = Number.parseInt(sha256(`${task}#${tries}`, 8), 16) % 2 ** tries;
        const number = (await lastNumber()) + 1 + ahead;
        const when = 'attribute_not_exists(#id) OR #task = :task';
        if (await changeItem(client, placeOf(numberRow(number)), { set: { task, takenAt: keeping.now() }, when }))
          return number;
      }
      throw new ServiceError('tasks.number', { code: 'task_busy', retryable: true });
    },

    /** The tasks that took a number before `until`, and were not seen yet; `seen` marks them. */
    async unseen(until: number): Promise<{ ids: string[]; seen(): Promise<void> }> {
      const found: v.InferOutput<typeof Numbered>[] = [];
      let before: string | undefined;
      for await (const items of pagesOf(client, { ...numbers, Limit: LOOKED_AT })) {
        const rows = readable(Numbered, items, { table, keeping });
        const end = rows.findIndex(({ id }) => id.endsWith(SEEN));
        before = rows[end]?.id;
        found.unshift(...(end < 0 ? rows : rows.slice(0, end)).reverse());
        if (end >= 0) break;
      }
      const young = found.findIndex(({ takenAt }) => takenAt > until && takenAt < until + FAR_MS);
      const old = young < 0 ? found : found.slice(0, young);
      const last = old.at(-1)?.id;
      const mark = (order: string) => keyOf({ list: NUMBERS, order });
      return {
        ids: old.flatMap(({ task }) => task ?? []),
        async seen() {
          if (last === undefined) return;
          const put = { PutRequest: { Item: toItem(mark(`${last}${SEEN}`)) } };
          const drop = before === undefined ? [] : [{ DeleteRequest: { Key: toItem(mark(before)) } }];
          await writeItems(client, table, [put, ...drop]);
        },
      };
    },

    async write(task: string, { put, drop }: { put: readonly Row[]; drop: readonly Row[] }): Promise<void> {
      const ttl = (row: Row) => (row.over ? ttlOf(keeping) : undefined);
      await writeItems(client, table, [
        ...put.map((row) => ({ PutRequest: { Item: toItem({ ...keyOf(row), task, ttl: ttl(row) }) } })),
        ...drop.map((row) => ({ DeleteRequest: { Key: toItem(keyOf(row)) } })),
      ]);
    },

    /** A page of a list; `tasksOf` reads those of these ids. */
    async page(
      list: string,
      { before, cursor, limit }: Parameters<TaskStore['list']>[1],
      tasksOf: (ids: readonly string[]) => Promise<Task[]>,
    ): Promise<TaskPage> {
      const part = partOf(list);
      const which = `#part = :part${before === undefined ? '' : ' AND #id < :before'}`;
      const query = { TableName: table, ...keyCondition(which, { part, before }), Limit: limit };
      const { items, ...next } = await pageOf(client, query, v.object({ part: v.literal(part), id: KeyText }), cursor);
      const rows = readable(Listed, items, { table, keeping });
      const tasks = new Map((await tasksOf(rows.map(({ task }) => task))).map((task) => [task.id, task]));
      const listed = rows.flatMap(({ id: order, task }) => {
        const found = tasks.get(task);
        return found && isListed(found, { list, order }) ? [found] : [];
      });
      return { tasks: [...new Set(listed)], ...next };
    },
  };
}
