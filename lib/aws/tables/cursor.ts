import * as v from 'valibot';
import { CURSOR_FAULT, readCursor, writeCursor } from '../../base/cursor.ts';
import { InvalidInput } from '../../base/errors.ts';
import { fromItem, toItem } from './item.ts';

type Key = Parameters<typeof fromItem>[1];
const AnyKey = v.record(v.string(), v.unknown());

/** The cursor behind a page that DynamoDB says is not the last. */
export function cursorOf(lastKey: Key | undefined): { cursor?: string } {
  return lastKey ? { cursor: writeCursor(fromItem(AnyKey, lastKey)) } : {};
}

/** The key to go on from. @throws InvalidInput `invalid_cursor` when the cursor is none of ours */
export function startKeyOf<S extends v.GenericSchema<unknown, Record<string, unknown>>>(
  schema: S,
  cursor: string,
): Key {
  const key = readCursor(schema, cursor);
  if (key) return toItem(key);
  throw new InvalidInput('list', CURSOR_FAULT.code, [CURSOR_FAULT], 400);
}
