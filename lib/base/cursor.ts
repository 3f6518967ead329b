import * as v from 'valibot';
import type { Fault } from './errors.ts';
import { parseJson } from './json.ts';

/** Where the next page of a list begins, as callers carry it: opaque to them. */
export function writeCursor(position: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The position behind a cursor; undefined when it is none of ours. */
export function readCursor<S extends v.GenericSchema>(schema: S, cursor: string): v.InferOutput<S> | undefined {
  const position = v.safeParse(schema, parseJson(Buffer.from(cursor, 'base64url').toString()));
  return position.success ? position.output : undefined;
}

export const CURSOR_FAULT: Fault = {
  path: 'cursor',
  code: 'invalid_cursor',
  message: 'the cursor is not one that this list gave; leave it out to begin anew',
};
