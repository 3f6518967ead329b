import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { TaskStore } from '../../tasks/store.ts';
import { Followed, Task } from '../../tasks/task.ts';
import { cursorOf, startKeyOf } from './cursor.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Beside the tasks stand the last number given, which task a number or a to-do is, and the lists. */
const COUNTER = 'number';
/** A change whose message the queue did not take is looked after then. */
const LOST_MS = 2 * 60_000;
/** The partition of the index of tasks that somebody has to look after. */
const WATCHED = 'watched';
const PAGE = 100;

/** The caller's own data stand as JSON: DynamoDB's numbers hold less than JSON's. */
const Stored = v.object({
  ...Task.entries,
  data: v.optional(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()))),
});
const stored = ({ data, ...task }: Task) => ({ ...task, data: data && JSON.stringify(data) });

const Counter = v.object({ last: v.number() });
const Pointer = v.object({ task: v.string() });
const Due = v.object({ id: v.string(), dueAt: v.number() });
const Listed = v.object({ id: v.string(), list: v.string(), order: v.string() });
const FOLLOWED = Object.keys(Followed.entries);
/** What a change never touches. */
const FIXED = [...FOLLOWED, 'id', 'number', 'caller', 'requestHash', 'createdAt'];
const CHANGING = Object.keys(Task.entries).filter((name) => !FIXED.includes(name));

/** Tasks, keyed by `id`; `by-due` finds those to look after, `by-list` what stands on a list. */
export function createTaskTable(client: DynamoDBClient, table: string, now: () => number): TaskStore {
  const keyOf = (id: string) => ({ TableName: table, Key: toItem({ id }) });
  const read = async (id: string) => {
    const { Item } = await client.send(new GetItemCommand({ ...keyOf(id), ConsistentRead: true }));
    return Item;
  };
  const taskOf = async (id: string) => {
    const item = await read(id);
    return item && fromItem(Stored, item);
  };

  return {
    async create(task) {
      const Item = toItem({ ...stored(task), watch: WATCHED, dueAt: now() + LOST_MS });
      const put = { TableName: table, Item, ConditionExpression: 'attribute_not_exists(id)' };
      return client.send(new PutItemCommand(put)).then(() => true, refusedMeans(false));
    },

    get: taskOf,

    async put(task, from) {
      const members = new Map(Object.entries(stored(task)).filter(([, value]) => value !== undefined));
      const set = CHANGING.filter((name) => members.has(name));
      const gone = CHANGING.filter((name) => !members.has(name));
      const sets = [...set.map((name) => `#${name} = :${name}`), '#watch = :watched', '#dueAt = :soon'];
      const update = new UpdateItemCommand({
        ...keyOf(task.id),
        UpdateExpression: `SET ${sets.join(', ')} REMOVE ${gone.map((name) => `#${name}`).join(', ')}`,
        ConditionExpression: '#version = :from',
        ExpressionAttributeNames: Object.fromEntries([...CHANGING, 'watch', 'dueAt'].map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: toItem({
          ...Object.fromEntries(set.map((name) => [`:${name}`, members.get(name)])),
          ':from': from,
          ':watched': WATCHED,
          ':soon': now() + LOST_MS,
        }),
      });
      return client.send(update).then(() => true, refusedMeans(false));
    },

    async find(idOrNumber) {
      if (idOrNumber.startsWith('t_')) return taskOf(idOrNumber);
      const pointer = /^[\w#-]{1,128}$/.test(idOrNumber) ? await read(`#${idOrNumber}`) : undefined;
      return pointer && taskOf(fromItem(Pointer, pointer).task);
    },

    async nextNumber() {
      const counted = await client.send(
        new UpdateItemCommand({
          ...keyOf(COUNTER),
          UpdateExpression: 'ADD #last :one',
          ExpressionAttributeNames: { '#last': 'last' },
          ExpressionAttributeValues: toItem({ ':one': 1 }),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return fromItem(Counter, counted.Attributes ?? {}).last;
    },

    async take(id, owner, until) {
      const taken = await client
        .send(
          new UpdateItemCommand({
            ...keyOf(id),
            UpdateExpression: 'SET followedBy = :owner, followedUntil = :until',
            ConditionExpression:
              'attribute_exists(id) AND (attribute_not_exists(followedUntil) OR followedUntil < :now)',
            ExpressionAttributeValues: toItem({ ':owner': owner, ':until': until, ':now': now() }),
            ReturnValues: 'ALL_NEW',
          }),
        )
        .catch(refusedMeans(undefined));
      if (taken?.Attributes) return fromItem(Stored, taken.Attributes);
      return (await read(id)) && 'busy';
    },

    async note(id, owner, followed) {
      const entries = Object.entries(followed);
      const set = entries.filter(([, value]) => value !== undefined).map(([name]) => `#${name} = :${name}`);
      const gone = entries.filter(([, value]) => value === undefined).map(([name]) => `#${name}`);
      const parts = [set.length > 0 && `SET ${set.join(', ')}`, gone.length > 0 && `REMOVE ${gone.join(', ')}`];
      await client.send(
        new UpdateItemCommand({
          ...keyOf(id),
          UpdateExpression: parts.filter(Boolean).join(' '),
          ConditionExpression: 'followedBy = :owner',
          ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: toItem({
            ':owner': owner,
            ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
          }),
        }),
      );
    },

    async leave(id, owner, version, dueAt) {
      const free = 'REMOVE followedBy, followedUntil';
      const update = {
        ...keyOf(id),
        UpdateExpression:
          dueAt === undefined ? `${free}, watch, dueAt` : `SET watch = :watched, dueAt = :dueAt ${free}`,
        ConditionExpression: 'followedBy = :owner AND #version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: toItem({
          ':owner': owner,
          ':version': version,
          ...(dueAt !== undefined && { ':watched': WATCHED, ':dueAt': dueAt }),
        }),
      };
      if (await client.send(new UpdateItemCommand(update)).then(() => true, refusedMeans(false))) return;
      const release = {
        ...keyOf(id),
        UpdateExpression: free,
        ConditionExpression: 'followedBy = :owner',
        ExpressionAttributeValues: toItem({ ':owner': owner }),
      };
      await client.send(new UpdateItemCommand(release)).catch(refusedMeans(undefined));
    },

    async listDue(what, until) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'by-due',
          KeyConditionExpression: 'watch = :watched AND dueAt <= :now',
          ExpressionAttributeValues: toItem({ ':watched': what, ':now': until }),
          Limit: PAGE,
        }),
      );
      return Items.map((item) => fromItem(Due, item));
    },

    async checked(id, listed, dueAt) {
      const update = {
        ...keyOf(id),
        UpdateExpression: 'SET dueAt = :dueAt',
        ConditionExpression: 'dueAt = :listed',
        ExpressionAttributeValues: toItem({ ':listed': listed, ':dueAt': dueAt }),
      };
      return client.send(new UpdateItemCommand(update)).then(() => true, refusedMeans(false));
    },

    async putDigest(id, dueAt) {
      const Item = toItem({ id, watch: 'digest', dueAt });
      const put = { TableName: table, Item, ConditionExpression: 'attribute_not_exists(id)' };
      await client.send(new PutItemCommand(put)).catch(refusedMeans(undefined));
    },

    async putRow(id, row) {
      await client.send(new PutItemCommand({ TableName: table, Item: toItem({ id, ...row }) }));
    },

    async dropRow(id) {
      await client.send(new DeleteItemCommand(keyOf(id)));
    },

    async list(list, { before, cursor, limit }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'by-list',
          KeyConditionExpression: `#list = :list${before === undefined ? '' : ' AND #order < :before'}`,
          ExpressionAttributeNames: { '#list': 'list', ...(before !== undefined && { '#order': 'order' }) },
          ExpressionAttributeValues: toItem({ ':list': list, ...(before !== undefined && { ':before': before }) }),
          Limit: limit,
          ...(cursor !== undefined && { ExclusiveStartKey: startKeyOf(Listed, cursor) }),
        }),
      );
      const ids = Items.map((item) => fromItem(Listed, item).order.split('#').at(-1) ?? '');
      return { ids, ...cursorOf(LastEvaluatedKey) };
    },
  };
}
