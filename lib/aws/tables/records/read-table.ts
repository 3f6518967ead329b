import * as v from 'valibot';
import type { Reads } from '../../../incidents/reads.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { changeItem, fromItem, getItem, getItems, toItem } from '../item.ts';

/** Whose reading is kept, and what they read. */
const READER = 'reader';
const READ = 'read';
const KEPT_MS = 2 * 24 * 3_600_000;
/** DynamoDB takes 1,024 bytes in a key of this place; ids of DingTalk have a tenth of it. */
const MOST_BYTES = 1_000;

const Reader = v.object({ until: v.number() });
const Row = v.object({ id: v.string() });

/** In the table of records: of the people who were told of an incident, what they read. Rows age out after two days. */
export function createReadTable(client: Dynamodb, table: string, now: () => number): Reads {
  const readerId = (app: string, userId: string) => `${app}#${encodeURIComponent(userId)}`;
  const readId = (app: string, userId: string, key: string) => `${readerId(app, userId)}#${key}`;
  const keyOf = (part: string, id: string) => toItem({ part, id });
  const write = (part: string, id: string) => {
    const until = now() + KEPT_MS;
    return changeItem(
      client,
      { TableName: table, Key: keyOf(part, id) },
      { set: { until, ttl: Math.ceil(until / 1000) } },
    );
  };
  return {
    async watch(app, people) {
      await Promise.all(people.map((userId) => write(READER, readerId(app, userId))));
    },

    async keep(app, userId, key) {
      const id = readId(app, userId, key);
      if (Buffer.byteLength(id) > MOST_BYTES) return;
      const reader = await getItem(client, { TableName: table, Key: keyOf(READER, readerId(app, userId)) }, Reader);
      if (reader && reader.until > now()) await write(READ, id);
    },

    async readersOf(app, people, keys) {
      const ids = new Map(people.flatMap((userId) => keys.map((key) => [readId(app, userId, key), userId] as const)));
      const found = await getItems(
        client,
        table,
        [...ids.keys()].map((id) => keyOf(READ, id)),
      );
      const readers = new Set(found.map((item) => ids.get(fromItem(Row, item).id)));
      return people.filter((userId) => readers.has(userId));
    },
  };
}
