import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';

/** A record as a DynamoDB item; members that are undefined are left out. */
export function toItem(record: Record<string, unknown>): Record<string, AttributeValue> {
  return marshall(record, { removeUndefinedValues: true });
}

/** A DynamoDB item as a record, parsed: a table may hold what an older release wrote. */
export function fromItem<S extends v.GenericSchema>(schema: S, item: Record<string, AttributeValue>): v.InferOutput<S> {
  return v.parse(schema, unmarshall(item));
}

/** For `.catch`: a write that its condition refused means `value`; any other failure stays one. */
export function refusedMeans<T>(value: T) {
  return (error: unknown): T => {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return value;
    throw error;
  };
}
