import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { defined } from '../../base/defined.ts';
import { isClosed } from '../../tasks/life-cycle.ts';
import type { TaskStore } from '../../tasks/store.ts';
import { Followed, Task } from '../../tasks/task.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { pageOf } from './cursor.ts';
import {
  type Change,
  changedItem,
  changeItem,
  fromItem,
  getItem,
  getItems,
  keyCondition,
  putNew,
  toItem,
} from './item.ts';
import { KEEPING, type Keeping, readable, schemaEntry, ttlOf } from './keeping.ts';
import { createRecordTable, dueItems } from './records/record-table.ts';

/** The table also holds the last number given, pointers from numbers and to-dos to tasks, and the rows of lists. */
const COUNTER = 'number';

/** The caller's own data stand as JSON: DynamoDB's numbers hold less than JSON's. */
const Stored = v.object({
  ...Task.entries,
  ...schemaEntry,
  data: v.optional(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()))),
});
const stored = ({ data, ...task }: Task) => ({ ...task, data: data && JSON.stringify(data) });

const Counter = v.object({ last: v.number() });
const Pointer = v.object({ task: v.string() });
const SentDigest = v.object({ messageId: v.optional(v.string()) });
const Due = v.object({ id: v.string(), dueAt: v.number() });
/** Below what DynamoDB takes for a key of its index. */
const KeyText = v.pipe(v.string(), v.minLength(1), v.maxLength(700));
const Listed = v.object({ id: v.string(), list: v.string(), order: v.string() });
const FOLLOWED = Object.keys(Followed.entries);
/** What a change never touches. */
const FIXED = [...FOLLOWED, 'id', 'number', 'caller', 'requestHash', 'createdAt'];
const CHANGING = Object.keys(Task.entries).filter((name) => !FIXED.includes(name));
const KIND = { keyOf: (id: string) => toItem({ id }), schema: Stored, stored, changing: CHANGING, isClosed };

/** Tasks, keyed by `id`; `by-due` finds those to check, `by-list` the rows of a list. */
export function createTaskTable(
  client: Dynamodb,
  table: string,
  now: () => number,
  keeping: Keeping = KEEPING,
): TaskStore {
  const placeOf = (id: string) => ({ TableName: table, Key: toItem({ id }) });
  /** A closed task ages out, with its rows; one that is opened again stays. */
  const ttlOfTask = (task: Pick<Task, 'status'>) => (isClosed(task) ? ttlOf({ ...keeping, now }) : undefined);
  const change = (id: string, by: Change) => changeItem(client, placeOf(id), by);

  const records = createRecordTable<Task, Partial<Followed>>({ client, now, keeping }, { ...KIND, table });

  return {
    ...records,

    async find(idOrNumber) {
      if (idOrNumber.startsWith('t_')) return records.get(idOrNumber);
      const isNumber = /^[\w#-]{1,128}$/.test(idOrNumber);
      const pointer = isNumber ? await getItem(client, placeOf(`#${idOrNumber}`), Pointer) : undefined;
      return pointer && records.get(pointer.task);
    },

    async nextNumber() {
      const counted = await changedItem(client, placeOf(COUNTER), { add: { last: 1 } });
      return fromItem(Counter, counted ?? {}).last;
    },

    listDue: (watch, until) => dueItems({ client, keeping }, { table, watch, until }, Due),

    async checked(id, listed, dueAt, messageId) {
      return change(id, { set: { dueAt, ...defined({ messageId }) }, when: '#dueAt = :listed', values: { listed } });
    },

    async digestMessages(ids) {
      const found = await getItems(
        client,
        table,
        ids.map((id) => toItem({ id })),
      );
      return readable(SentDigest, found, { table, keeping }).flatMap(({ messageId }) => messageId ?? []);
    },

    async putDigest(id, dueAt) {
      await putNew(client, table, { id, watch: 'digest', dueAt });
    },

    async putRow(id, row, task) {
      await client.send(new PutItemCommand({ TableName: table, Item: toItem({ id, ...row, ttl: ttlOfTask(task) }) }));
    },

    async dropRow(id) {
      await client.send(new DeleteItemCommand(placeOf(id)));
    },

    async list(list, { before, cursor, limit }) {
      const which = `#list = :list${before === undefined ? '' : ' AND #order < :before'}`;
      const query = {
        TableName: table,
        IndexName: 'by-list',
        ...keyCondition(which, { list, before }),
        Limit: limit,
      };
      const OfList = v.object({ id: KeyText, list: v.literal(list), order: KeyText });
      const { items, ...next } = await pageOf(client, query, OfList, cursor);
      const ids = readable(Listed, items, { table, keeping }).map(({ order }) => order.split('#').at(-1) ?? '');
      const found = await getItems(
        client,
        table,
        [...new Set(ids)].map((id) => toItem({ id })),
      );
      const tasks = new Map(readable(Stored, found, { table, keeping }).map((task) => [task.id, task]));
      return { tasks: ids.flatMap((id) => tasks.get(id) ?? []), ...next };
    },
  };
}
