import * as v from 'valibot';
import { sha256 } from '../../../base/hash.ts';
import { belongs, type List, nameOf, type Row } from '../../../messages/lists.ts';
import type { MessageState } from '../../../messages/message.ts';
import type { StatePage } from '../../../messages/store.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { pageOf } from '../cursor.ts';
import { getItems, keyCondition, toItem, writeItems } from '../item.ts';
import { type Keeping, readable } from '../keeping.ts';
import { idsOfDay, messageKey } from '../message-key.ts';

/** Names that are longer stand in a key by their hash. */
const LONGEST_NAME = 200;

const Listed = v.object({ messageId: v.string(), destination: v.optional(v.string()) });
const KeyText = v.pipe(v.string(), v.minLength(1), v.maxLength(600));

type Options = { table: string; keeping: Keeping; State: v.GenericSchema<unknown, MessageState> };

/** The lists of messages: rows with the name of their list as partition, in the order of the messages' ids. */
export function rowsIn(client: Dynamodb, { table, keeping, State }: Options) {
  const keyOf = ({ list, messageId, destination }: Row) => ({ part: list, id: rowId(messageId, destination) });

  async function states(ids: readonly string[]): Promise<Map<string, MessageState>> {
    const items = await getItems(
      client,
      table,
      ids.map((id) => messageKey(table, id).Key),
    );
    return new Map(readable(State, items, { table, keeping }).map((state) => [state.id, state]));
  }

  const put = (rows: readonly Row[], ttl: number) =>
    writeItems(
      client,
      table,
      rows.map((row) => {
        const { messageId, destination } = row;
        return { PutRequest: { Item: toItem({ ...keyOf(row), messageId, destination, ttl }) } };
      }),
    );

  const drop = (rows: readonly Row[]) =>
    writeItems(
      client,
      table,
      rows.map((row) => ({ DeleteRequest: { Key: toItem(keyOf(row)) } })),
    );

  const query = (part: string, limit: number, day?: string) => ({
    TableName: table,
    ScanIndexForward: false,
    Limit: limit,
    ...(day === undefined
      ? keyCondition('#part = :part', { part })
      : keyCondition('#part = :part AND #id BETWEEN :from AND :to', { part, ...idsOfDay(day) })),
  });

  async function listed(list: List, { day, cursor, limit }: Asked): Promise<StatePage> {
    const name = nameOf(list) ?? '';
    const OfList = v.object({ part: v.literal(name), id: KeyText });
    const { items, ...next } = await pageOf(client, query(name, limit, day), OfList, cursor);
    const rows = readable(Listed, items, { table, keeping });
    const found = await states([...new Set(rows.map(({ messageId }) => messageId))]);
    const right = rows.flatMap(({ messageId, destination }) => {
      const state = found.get(messageId);
      return state && belongs(state, destination, list.status) ? [state] : [];
    });
    return { messages: [...new Set(right)], ...next };
  }

  return { put, drop, states, listed };
}

type Asked = { day?: string | undefined; cursor?: string | undefined; limit: number };

function rowId(messageId: string, destination: string | undefined): string {
  if (destination === undefined) return messageId;
  return `${messageId}#${destination.length > LONGEST_NAME ? sha256(destination) : destination}`;
}
