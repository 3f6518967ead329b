import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { ServiceError, UNREADABLE } from '../../base/errors.ts';
import type { Item } from './item.ts';

/** How long closed records are kept, and who is told of those that this version cannot read. */
export type Keeping = { keepDays: number; now(): number; unreadable(table: string, count: number): void };

/** What holds where a stage says nothing else. */
export const KEEPING: Keeping = { keepDays: 90, now: Date.now, unreadable: () => undefined };

/** The schema of records that this version writes; it reads no other. */
export const SCHEMA = 1;
export const schemaEntry = { schema: v.optional(v.literal(SCHEMA), SCHEMA) };

/** When what is written now, or belongs to this time (epoch ms), is gone, as DynamoDB counts (s). */
export function ttlOf({ keepDays, now }: Keeping, at = now()): number {
  return Math.floor(at / 1000) + keepDays * 24 * 3600;
}

/** A record that was asked for. @throws ServiceError `record_unreadable` for one that this version cannot read */
export function readOne<S extends v.GenericSchema>(
  schema: S,
  item: Item | undefined,
  { table, keeping }: { table: string; keeping: Keeping },
): v.InferOutput<S> | undefined {
  if (!item) return undefined;
  const [record] = readable(schema, [item], { table, keeping });
  if (record !== undefined) return record;
  throw unreadableRecord();
}

/** A record that a newer version wrote. */
export function unreadableRecord(): ServiceError {
  const remedy = 'A newer version wrote this record. Deploy that version again, or leave the record to age out.';
  return new ServiceError('records.read', { code: UNREADABLE, retryable: false, remedy });
}

/** The records among these items; one that this version cannot read holds up none of the others, and is told. */
export function readable<S extends v.GenericSchema>(
  schema: S,
  items: readonly Item[],
  { table, keeping }: { table: string; keeping: Keeping },
): v.InferOutput<S>[] {
  const read = items.map((item) => v.safeParse(schema, unmarshall(item)));
  const records = read.flatMap((one) => (one.success ? [one.output] : []));
  if (records.length < items.length) keeping.unreadable(table, items.length - records.length);
  return records;
}
