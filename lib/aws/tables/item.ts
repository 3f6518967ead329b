import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { chunks } from '../../base/chunks.ts';
import { ServiceError } from '../../base/errors.ts';
import { retry } from '../../base/retry.ts';
import type { Dynamodb } from '../dynamodb.ts';

export type Item = Record<string, AttributeValue>;
/** Where an item is. */
export type Place = { TableName: string; Key: Item };

/** A record as a DynamoDB item; members that are undefined are left out. */
export function toItem(record: Record<string, unknown>): Item {
  return marshall(record, { removeUndefinedValues: true });
}

/** A DynamoDB item as a record, parsed: a table may hold what an older release wrote. */
export function fromItem<S extends v.GenericSchema>(schema: S, item: Item): v.InferOutput<S> {
  return v.parse(schema, unmarshall(item));
}

/** For `.catch`: a write that its condition refused means `value`; any other failure stays one. */
export function refusedMeans<T>(value: T) {
  return (error: unknown): T => {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return value;
    throw error;
  };
}

/** The latest state of an item; undefined when there is none. */
export async function getItem<S extends v.GenericSchema>(
  client: Dynamodb,
  place: Place,
  schema: S,
): Promise<v.InferOutput<S> | undefined> {
  const { Item } = await client.send(new GetItemCommand({ ...place, ConsistentRead: true }));
  return Item && fromItem(schema, Item);
}

/** DynamoDB gives so many items in one answer. */
const MOST_AT_ONCE = 100;

/** The latest state of the items with these keys, in any order; those that are not there are left out. */
export async function getItems(client: Dynamodb, table: string, keys: readonly Item[]): Promise<Item[]> {
  const items: Item[] = [];
  for (let left = [...keys]; left.length > 0; ) {
    const asked = { [table]: { Keys: left.slice(0, MOST_AT_ONCE), ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: asked }));
    items.push(...(Responses?.[table] ?? []));
    left = [...left.slice(MOST_AT_ONCE), ...(UnprocessedKeys?.[table]?.Keys ?? [])];
  }
  return items;
}

/** DynamoDB takes so many writes in one request. */
const MOST_WRITES = 25;
const WRITE_TRIES = 5;
const WRITE_PAUSE_MS = 50;

/**
 * Puts and deletes items of a table without a condition, in as few requests as can be: one takes as much of the processor as
 * one write alone.
 * @throws ServiceError `dynamodb_unavailable` when DynamoDB leaves some undone, try after try.
 */
export async function writeItems(client: Dynamodb, table: string, writes: readonly WriteRequest[]) {
  for (const some of chunks(writes, MOST_WRITES)) {
    let left = some;
    const write = async () => {
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
      left = UnprocessedItems?.[table] ?? [];
      if (left.length > 0) throw new Undone('dynamodb.write', { code: 'dynamodb_unavailable', retryable: true });
    };
    const pause = (_: unknown, failed: number) => sleep(WRITE_PAUSE_MS * 2 ** failed).then(() => true);
    await retry(write, { tries: WRITE_TRIES, mayPass: (error) => error instanceof Undone, pause });
  }
}

/** It answered, and did not do all. What fails otherwise was tried again by the client. */
class Undone extends ServiceError {}

/**
 * Puts an item where there is none; false when there is one. An item that begins leased may be put again by its owner: a
 * write whose answer was lost is repeated.
 */
export function putNew(client: Dynamodb, TableName: string, record: Record<string, unknown>): Promise<boolean> {
  const { leaseOwner } = record;
  const isNew = 'attribute_not_exists(id)';
  const when =
    leaseOwner === undefined
      ? { ConditionExpression: isNew }
      : {
          ConditionExpression: `${isNew} OR leaseOwner = :owner`,
          ExpressionAttributeValues: toItem({ ':owner': leaseOwner }),
        };
  return client
    .send(new PutItemCommand({ TableName, Item: toItem(record), ...when }))
    .then(() => true, refusedMeans(false));
}

/**
 * A write to one item. In expressions `#name` stands for the attribute of that name and `:name` for a value, that of
 * `set` or of `values`: DynamoDB reserves too many words to write attributes as they are.
 */
export type Change = {
  /** Members and their new values; undefined removes a member. */
  set?: Record<string, unknown>;
  /** More to set, as expressions. */
  also?: readonly string[];
  /** A number to count up, or texts for a set. */
  add?: Record<string, number | Set<string>>;
  /** Texts to take out of a set. */
  drop?: Record<string, Set<string>>;
  /** The condition. */
  when?: string | undefined;
  values?: Record<string, unknown>;
  /** Attributes whose name is not the one behind `#`. */
  names?: Record<string, string>;
};

/** Whether the change was made; false when its condition did not hold. */
export function changeItem(client: Dynamodb, place: Place, change: Change): Promise<boolean> {
  return client.send(new UpdateItemCommand({ ...place, ...updateOf(change) })).then(() => true, refusedMeans(false));
}

/** The item after the change; undefined when its condition did not hold. */
export function changedItem(client: Dynamodb, place: Place, change: Change): Promise<Item | undefined> {
  const update = new UpdateItemCommand({ ...place, ...updateOf(change), ReturnValues: 'ALL_NEW' });
  return client.send(update).then(({ Attributes }) => Attributes, refusedMeans(undefined));
}

/** What an UpdateItem says beside the place. */
export function updateOf({ set = {}, also = [], add = {}, drop = {}, ...condition }: Change) {
  const names = Object.keys(set);
  const clauses = {
    SET: [...names.filter((name) => set[name] !== undefined).map((name) => `#${name} = :${name}`), ...also],
    REMOVE: names.filter((name) => set[name] === undefined).map((name) => `#${name}`),
    ADD: Object.keys(add).map((name) => `#${name} :${name}`),
    DELETE: Object.keys(drop).map((name) => `#${name} :${name}`),
  };
  const parts = Object.entries(clauses).filter(([, all]) => all.length > 0);
  const UpdateExpression = parts.map(([verb, all]) => `${verb} ${all.join(', ')}`).join(' ');
  const { values } = condition;
  return {
    ...(UpdateExpression !== '' && { UpdateExpression }),
    ...conditionOf({ ...condition, values: { ...set, ...add, ...drop, ...values } }, UpdateExpression),
  };
}

/** What a query looks for, `#name` and `:name` as in a change. */
export function keyCondition(KeyConditionExpression: string, values: Record<string, unknown>) {
  return { KeyConditionExpression, ...meant(KeyConditionExpression, values) };
}

/** The condition of a change, for a put. */
export function conditionOf({ when, values = {}, names }: Change, beside = '') {
  return {
    ...(when !== undefined && { ConditionExpression: when }),
    ...meant(`${beside} ${when ?? ''}`, values, names),
  };
}

/** What names and values in expressions stand for. */
function meant(expressions: string, values: Record<string, unknown>, names: Record<string, string> = {}) {
  const used = [...expressions.matchAll(/#(\w+)/g)];
  const given = toItem(Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])));
  return {
    ...(used.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(used.map(([sign, name = '']) => [sign, names[name] ?? name])),
    }),
    ...(Object.keys(given).length > 0 && { ExpressionAttributeValues: given }),
  };
}
