import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { CURSOR_FAULT, readCursor, writeCursor } from '../../base/cursor.ts';
import { InvalidInput } from '../../base/errors.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { fromItem, type Item, toItem } from './item.ts';

const AnyKey = v.record(v.string(), v.unknown());

/**
 * A page of what a query finds, from where `cursor` says, and the cursor of the next page if this is not the last.
 * @throws InvalidInput `invalid_cursor` when the cursor is none of this list
 */
export async function pageOf<S extends v.GenericSchema<unknown, Record<string, unknown>>>(
  client: Dynamodb,
  query: QueryCommandInput,
  key: S,
  cursor: string | undefined,
): Promise<{ items: Item[]; cursor?: string }> {
  const start = cursor === undefined ? {} : { ExclusiveStartKey: startKeyOf(key, cursor) };
  const { Items: items = [], LastEvaluatedKey: last } = await client.send(new QueryCommand({ ...query, ...start }));
  return last ? { items, cursor: writeCursor(fromItem(AnyKey, last)) } : { items };
}

/** All that a query finds, page by page: each is read when it is asked for. */
export async function* pagesOf(client: Dynamodb, query: QueryCommandInput): AsyncGenerator<Item[]> {
  for (let from: QueryCommandInput['ExclusiveStartKey'], more = true; more; more = from !== undefined) {
    const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand({ ...query, ExclusiveStartKey: from }));
    yield Items;
    from = LastEvaluatedKey;
  }
}

function startKeyOf<S extends v.GenericSchema<unknown, Record<string, unknown>>>(schema: S, cursor: string): Item {
  const key = readCursor(schema, cursor);
  if (key) return toItem(key);
  throw new InvalidInput('list', CURSOR_FAULT.code, [CURSOR_FAULT]);
}
