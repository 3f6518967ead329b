import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { defined } from '../../base/defined.ts';
import { isClosed } from '../../tasks/life-cycle.ts';
import type { TaskStore } from '../../tasks/store.ts';
import { Followed, Task } from '../../tasks/task.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { type Change, changeItem, getItems, putNew, toItem } from './item.ts';
import { KEEPING, type Keeping, readable, schemaEntry } from './keeping.ts';
import { createRecordTable, dueItems, LOST_MS, WATCHED } from './records/record-table.ts';
import { taskRows } from './records/task-rows.ts';

/** The caller's own data stand as JSON: DynamoDB's numbers hold less than JSON's. */
const Stored = v.object({
  ...Task.entries,
  ...schemaEntry,
  data: v.optional(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()))),
});
const stored = ({ data, ...task }: Task) => ({ ...task, data: data && JSON.stringify(data) });

const SentDigest = v.object({ messageId: v.optional(v.string()) });
const Leased = v.object({ id: v.string(), leaseOwner: v.optional(v.string()) });
const Due = v.object({ id: v.string(), dueAt: v.number() });
const FOLLOWED = Object.keys(Followed.entries);
/** What a change never touches. */
const FIXED = [...FOLLOWED, 'id', 'number', 'caller', 'requestHash', 'createdAt'];
const CHANGING = Object.keys(Task.entries).filter((name) => !FIXED.includes(name));
const KIND = {
  keyOf: (id: string) => toItem({ id }),
  schema: Stored,
  stored,
  changing: CHANGING,
  isClosed,
  isBornUnwatched: true,
};

/** Tasks, keyed by `id`, and in `lists` their rows; `by-due` finds those to check. */
export function createTaskTable(
  client: Dynamodb,
  { table, lists }: { table: string; lists: string },
  now: () => number,
  keeping: Keeping = KEEPING,
): TaskStore {
  const placeOf = (id: string) => ({ TableName: table, Key: toItem({ id }) });
  const change = (id: string, by: Change) => changeItem(client, placeOf(id), by);
  const rows = taskRows(client, { table: lists, keeping: { ...keeping, now } });
  const records = createRecordTable<Task, Partial<Followed>>({ client, now, keeping }, { ...KIND, table });

  async function states(ids: readonly string[]): Promise<Task[]> {
    const keys = [...new Set(ids)].map((id) => toItem({ id }));
    return readable(Stored, await getItems(client, table, keys), { table, keeping });
  }

  /** A new task that is still leased when its first worker should be done with it is one whose worker died. */
  async function watchNew(until: number): Promise<void> {
    const { ids, seen } = await rows.unseen(until - LOST_MS);
    const items = await getItems(
      client,
      table,
      ids.map((id) => toItem({ id })),
    );
    const left = readable(Leased, items, { table, keeping }).filter(({ leaseOwner }) => leaseOwner !== undefined);
    const when = 'attribute_exists(#leaseOwner) AND attribute_not_exists(#dueAt)';
    await Promise.all(left.map(({ id }) => change(id, { set: { watch: WATCHED, dueAt: until }, when })));
    await seen();
  }

  return {
    ...records,

    async find(idOrNumber) {
      if (idOrNumber.startsWith('t_')) return records.get(idOrNumber);
      const id = await rows.taskOf(idOrNumber);
      const found = id === undefined ? undefined : await records.get(id);
      // who asked twice at a time took two numbers for one task
      return found && (/^\d/.test(idOrNumber) && found.number !== Number(idOrNumber) ? undefined : found);
    },

    takeNumber: rows.takeNumber,
    writeRows: rows.write,
    list: (list, page) => rows.page(list, page, states),

    async listDue(what, until, from) {
      if (what === WATCHED && from === undefined) await watchNew(until);
      return dueItems({ client, keeping }, { table, watch: what, until, from }, Due);
    },

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

    async dropDigest(id) {
      await client.send(new DeleteItemCommand(placeOf(id)));
    },
  };
}
