import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Dynamodb } from '../../dynamodb.ts';
import { pageOf } from '../cursor.ts';
import { getItems, type Item, keyCondition, toItem } from '../item.ts';
import { type Keeping, readable } from '../keeping.ts';

const Row = v.object({ of: v.string() });
type Place = { part: string; id: string };

type Kind<R> = {
  table: string;
  keeping: Keeping;
  keyOf(id: string): Item;
  schema: v.GenericSchema<unknown, R>;
};

/** Lists of records in their own table: a part for each list, in it a row for each record, by when it came there. */
export function createRecordList<R extends { id: string }>(client: Dynamodb, kind: Kind<R>) {
  const { table: TableName, keeping, keyOf, schema } = kind;

  return {
    /** Puts the row of a record, and takes the one away that it had before. */
    async enlist(row: Place & { of: string; ttl: number }, before?: Place): Promise<void> {
      await client.send(new PutItemCommand({ TableName, Item: toItem(row) }));
      if (before === undefined || (before.part === row.part && before.id === row.id)) return;
      await client.send(new DeleteItemCommand({ TableName, Key: toItem(before) }));
    },

    /** The records of a list, the newest first. */
    async page(part: string, { cursor, limit }: { cursor?: string | undefined; limit: number }) {
      const query = { TableName, ...keyCondition('#part = :part', { part }), ScanIndexForward: false, Limit: limit };
      const key = v.object({ part: v.literal(part), id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) });
      const { items, ...next } = await pageOf(client, query, key, cursor);
      const where = { table: TableName, keeping };
      const ids = [...new Set(readable(Row, items, where).map(({ of }) => of))];
      const found = await getItems(
        client,
        TableName,
        ids.map((id) => keyOf(id)),
      );
      const byId = new Map(readable(schema, found, where).map((record) => [record.id, record]));
      return { records: ids.flatMap((id) => byId.get(id) ?? []), ...next };
    },
  };
}
