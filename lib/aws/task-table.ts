import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { Task, type TaskStore } from '../tasks/task.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Beside the tasks stand the last number given, which task a number is, and what each person has open. */
const COUNTER = 'number';
const numberId = (number: number | string) => `#${number}`;
const personId = (userId: string) => `person#${userId}`;

const Counter = v.object({ last: v.number() });
const Numbered = v.object({ task: v.string() });
const Person = v.object({ open: v.optional(v.set(v.string())) });
const LISTED = 50;

/** Tasks, keyed by `id`. */
export function createTaskTable(client: DynamoDBClient, table: string): TaskStore {
  const read = async (id: string) => {
    const get = new GetItemCommand({ TableName: table, Key: toItem({ id }), ConsistentRead: true });
    return (await client.send(get)).Item;
  };
  const taskOf = async (id: string) => {
    const item = await read(id);
    return item && fromItem(Task, item);
  };

  /** Puts a task on a person's list or takes it off. */
  const list = (verb: 'ADD' | 'DELETE', task: Task) =>
    Promise.all(
      task.assignees.map((userId) =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: toItem({ id: personId(userId) }),
            UpdateExpression: `${verb} #open :task`,
            ExpressionAttributeNames: { '#open': 'open' },
            ExpressionAttributeValues: { ':task': { SS: [task.id] } },
          }),
        ),
      ),
    );

  /** The next number, or the one that another attempt gave the task meanwhile. */
  async function numberOf({ id }: Task): Promise<number> {
    const counted = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: toItem({ id: COUNTER }),
        UpdateExpression: 'ADD #last :one',
        ExpressionAttributeNames: { '#last': 'last' },
        ExpressionAttributeValues: toItem({ ':one': 1 }),
        ReturnValues: 'ALL_NEW',
      }),
    );
    const given = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: toItem({ id }),
        UpdateExpression: 'SET #number = if_not_exists(#number, :number)',
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: toItem({ ':number': fromItem(Counter, counted.Attributes ?? {}).last }),
        ReturnValues: 'ALL_NEW',
      }),
    );
    return fromItem(v.object({ number: v.number() }), given.Attributes ?? {}).number;
  }

  return {
    async create(task) {
      const put = { TableName: table, Item: toItem(task), ConditionExpression: 'attribute_not_exists(id)' };
      return client.send(new PutItemCommand(put)).then(() => true, refusedMeans(false));
    },

    get: taskOf,

    async enlist(task) {
      const number = task.number ?? (await numberOf(task));
      const pointer = { id: numberId(number), task: task.id };
      await client.send(new PutItemCommand({ TableName: table, Item: toItem(pointer) }));
      await list('ADD', task);
      return number;
    },

    async find(idOrNumber) {
      if (!/^\d{1,9}$/.test(idOrNumber)) return idOrNumber.startsWith('t_') ? taskOf(idOrNumber) : undefined;
      const pointer = await read(numberId(Number(idOrNumber)));
      return pointer && taskOf(fromItem(Numbered, pointer).task);
    },

    async openOf(userId) {
      const person = await read(personId(userId));
      const ids = person ? [...(fromItem(Person, person).open ?? [])].slice(0, LISTED) : [];
      const tasks = await Promise.all(ids.map(taskOf));
      return tasks
        .flatMap((task) => (task?.status === 'assigned' ? [task] : []))
        .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },

    async finish(id) {
      const update = new UpdateItemCommand({
        TableName: table,
        Key: toItem({ id }),
        UpdateExpression: 'SET #status = :done',
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: toItem({ ':done': 'done' }),
        ReturnValues: 'ALL_NEW',
      });
      const updated = await client.send(update).catch(refusedMeans(undefined));
      if (!updated?.Attributes) return undefined;
      const task = fromItem(Task, updated.Attributes);
      await list('DELETE', task);
      return task;
    },

    async advance(id, step) {
      const entries = Object.entries(step).filter(([, value]) => value !== undefined);
      const update = new UpdateItemCommand({
        TableName: table,
        Key: toItem({ id }),
        UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(id) AND #status <> :done',
        ExpressionAttributeNames: {
          '#status': 'status',
          ...Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: toItem({
          ':done': 'done',
          ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
        }),
      });
      // Somebody was quicker than the dispatch: what is done stays so.
      await client.send(update).catch(refusedMeans(undefined));
    },
  };
}
