import { GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type * as v from 'valibot';
import type { RecordStore } from '../../../records/record.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { changedItem, changeItem, type Item, keyCondition, putNew, updateOf } from '../item.ts';
import { type Keeping, readable, readOne, SCHEMA, ttlOf } from '../keeping.ts';
import { acquiring, holding, leased, releasing } from '../lease.ts';

/** How records of one kind stand in their table. */
export type RecordKind<S extends v.GenericSchema<unknown, R>, R> = {
  table: string;
  /** The key of a record. */
  keyOf(id: string): Item;
  /** Reads an item. */
  schema: S;
  /** What is written of a record. */
  stored(record: R): Record<string, unknown>;
  /** The members that a change writes: not what is fixed, nor what workers note. */
  changing: readonly string[];
  /** A closed record ages out; one that is opened again stays. */
  isClosed(record: R): boolean;
  /** New ones are looked after in another way than by the index, until something is to be checked. */
  isBornUnwatched?: boolean;
};

/** When a record is checked whose change could not be queued. */
export const LOST_MS = 2 * 60_000;
const PAGE = 100;
/** The partition of the index of records that have to be checked. */
export const WATCHED = 'watched';

type Deps = { client: Dynamodb; now: () => number; keeping: Keeping };

/** Records of one kind with views; the index `by-due` finds those to check. */
export function createRecordTable<R extends { id: string; version: number }, N extends object>(
  { client, now, keeping }: Deps,
  kind: RecordKind<v.GenericSchema<unknown, R>, R>,
): RecordStore<R, N> {
  const { table, schema } = kind;
  const placeOf = (id: string) => ({ TableName: table, Key: kind.keyOf(id) });
  const read = async (id: string) => {
    const { Item } = await client.send(new GetItemCommand({ ...placeOf(id), ConsistentRead: true }));
    return readOne(schema, Item, { table, keeping });
  };
  const watched = () => ({ watch: WATCHED, dueAt: now() + LOST_MS });

  return {
    create(record, lease) {
      const watch = kind.isBornUnwatched && lease ? {} : watched();
      return putNew(client, table, { schema: SCHEMA, ...kind.stored(record), ...watch, ...(lease && leased(lease)) });
    },

    get: read,

    put(record, from) {
      const members = new Map(Object.entries(kind.stored(record)));
      const set = Object.fromEntries(kind.changing.map((name) => [name, members.get(name)]));
      const ttl = kind.isClosed(record) ? ttlOf({ ...keeping, now }) : undefined;
      const change = { set: { ...set, ttl, ...watched() }, when: '#version = :from', values: { from } };
      return changeItem(client, placeOf(record.id), change);
    },

    async take(id, owner, until) {
      const lease = acquiring({ owner, until, now: now() }, { when: 'attribute_exists(#id)' });
      const taken = await changedItem(client, placeOf(id), lease);
      if (taken) return readOne(schema, taken, { table, keeping });
      return (await read(id)) && 'busy';
    },

    async note(id, owner, noted) {
      const set = membersOf(noted);
      await client.send(new UpdateItemCommand({ ...placeOf(id), ...updateOf(holding(owner, { set })) }));
    },

    async leave(id, owner, { version, dueAt }, noted) {
      const set = { ...membersOf(noted), watch: dueAt === undefined ? undefined : WATCHED, dueAt };
      const unchanged = { set, when: '#version = :version', values: { version } };
      const left = await changeItem(client, placeOf(id), releasing(owner, unchanged));
      if (!left) await changeItem(client, placeOf(id), releasing(owner, { set: membersOf(noted) }));
    },
  };
}

const membersOf = (noted: object = {}): Record<string, unknown> => Object.fromEntries(Object.entries(noted));

/** What is due in a table with the index `by-due`, from a time on if one is given; oldest first. */
export async function dueItems<S extends v.GenericSchema>(
  { client, keeping }: Pick<Deps, 'client' | 'keeping'>,
  { table, watch, until, from = 0 }: { table: string; watch: string; until: number; from?: number | undefined },
  schema: S,
): Promise<v.InferOutput<S>[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'by-due',
      ...keyCondition('#watch = :watch AND #dueAt BETWEEN :from AND :until', { watch, from, until }),
      Limit: PAGE,
    }),
  );
  return readable(schema, Items, { table, keeping });
}
