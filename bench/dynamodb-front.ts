import { createServer } from 'node:http';
import * as v from 'valibot';
import { resourcesOf } from '../local/template/resources.ts';
import type { Template } from '../local/template/template.ts';
import { bodyOf, close, listen } from './front.ts';

export type Units = { reads: number; writes: number; requests: number };

const Item = v.record(v.string(), v.unknown());
/** A batch names its tables otherwise. */
const Request = v.looseObject({ TableName: v.optional(v.string(), ''), Key: v.optional(Item), Item: v.optional(Item) });
const Used = v.object({ CapacityUnits: v.number() });
const Answer = v.object({
  Item: v.optional(Item),
  ConsumedCapacity: v.optional(v.union([Used, v.array(Used)])),
});
const Table = v.object({
  TableName: v.string(),
  KeySchema: v.array(v.object({ AttributeName: v.string() })),
  GlobalSecondaryIndexes: v.optional(
    v.array(
      v.object({
        KeySchema: v.array(v.object({ AttributeName: v.string() })),
        Projection: v.object({ ProjectionType: v.string(), NonKeyAttributes: v.optional(v.array(v.string()), []) }),
      }),
    ),
    [],
  ),
});
/** What is written in batches is in no index: rows of lists. */
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

function keyOf({ Key, Item }: v.InferOutput<typeof Request>, names: readonly string[]) {
  return Key ?? Object.fromEntries(names.map((name) => [name, Item?.[name]]));
}

/**
 * Stands before the local DynamoDB and adds up what each call would be charged. What dynalite does not count is worked out
 * by AWS's rule: an index is written when what it holds of an item changed, twice when the item moved within it.
 */
export async function startDynamodbFront(target: string, template: Template) {
  const units: Units = { reads: 0, writes: 0, requests: 0 };
  const tables = new Map(
    resourcesOf(template, 'AWS::DynamoDB::Table').map((properties) => {
      const table = v.parse(Table, properties);
      return [table.TableName, table] as const;
    }),
  );

  async function ask(headers: Record<string, string>, operation: string, body: object) {
    const answer = await fetch(target, {
      method: 'POST',
      headers: { ...headers, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** Indexed items as they were after their last write: every write passes here. */
  const held = new Map<string, Promise<Held>>();
  const counting: Promise<void>[] = [];

  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const body = v.parse(v.pipe(v.string(), v.parseJson(), Request), (await bodyOf(request)).toString('utf8'));
    const headers = {
      authorization: String(request.headers.authorization),
      'x-amz-date': String(request.headers['x-amz-date']),
      'content-type': 'application/x-amz-json-1.0',
    };
    const table = tables.get(body.TableName);
    const writes = WRITES.includes(operation);
    const names = table?.KeySchema.map(({ AttributeName }) => AttributeName) ?? [];
    const indexes = writes ? (table?.GlobalSecondaryIndexes ?? []) : [];
    const Key = keyOf(body, names);
    const current = async () => {
      const { text } = await ask(headers, 'GetItem', { TableName: body.TableName, Key, ConsistentRead: true });
      return v.parse(v.pipe(v.string(), v.parseJson(), Answer), text).Item;
    };
    const indexed = indexes.length > 0;
    const id = JSON.stringify([body.TableName, Key]);
    const before = indexed ? await (held.get(id) ?? current()) : undefined;
    const { status, text } = await ask(headers, operation, { ...body, ReturnConsumedCapacity: 'TOTAL' });
    const { ConsumedCapacity } = v.parse(v.pipe(v.string(), v.parseJson(), Answer), text);
    // a write that its condition refused is charged like one that it did not
    const used = ConsumedCapacity && [ConsumedCapacity].flat();
    const charged = used?.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0) ?? Number(writes);
    units.requests += 1;
    units[writes ? 'writes' : 'reads'] += charged;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
    // after the answer: to count must not slow what is counted
    if (!indexed || status !== 200) return;
    const reading = current();
    held.set(id, reading);
    counting.push(
      reading.then((after) => {
        for (const index of indexes) units.writes += charged * writesOf(index, names, before, after);
      }),
    );
  });

  return {
    url: await listen(server),
    /** What was used since the last time. */
    async used(): Promise<Units> {
      await Promise.all(counting.splice(0));
      const used = { ...units };
      Object.assign(units, { reads: 0, writes: 0, requests: 0 });
      return used;
    },
    close: () => close(server),
  };
}

type Index = v.InferOutput<typeof Table>['GlobalSecondaryIndexes'][number];
type Held = Record<string, unknown> | undefined;

function writesOf({ KeySchema, Projection }: Index, tableKeys: string[], before: Held, after: Held): number {
  const keys = KeySchema.map(({ AttributeName }) => AttributeName);
  const isIn = (item: Held) => item !== undefined && keys.every((key) => item[key] !== undefined);
  const held = (item: Held) => {
    if (Projection.ProjectionType === 'ALL') return item;
    const kept = [...keys, ...tableKeys, ...Projection.NonKeyAttributes];
    return Object.fromEntries(kept.map((name) => [name, item?.[name]]));
  };
  const keyOf = (item: Held) => JSON.stringify(keys.map((key) => item?.[key]));
  if (!isIn(before) && !isIn(after)) return 0;
  if (!isIn(before) || !isIn(after)) return 1;
  if (keyOf(before) !== keyOf(after)) return 2;
  return JSON.stringify(held(before)) === JSON.stringify(held(after)) ? 0 : 1;
}
