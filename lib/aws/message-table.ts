import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { Message, type MessageStore, type OutboxItem } from '../messages/message.ts';
import { cursorOf, startKeyOf } from './cursor.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Records are kept for this long after they were accepted. */
const KEEP_S = 90 * 24 * 3600;
/** A message that was accepted and never taken up is looked after then. */
const FIRST_LOOK_MS = 15 * 60_000;
/** The partition of the index of messages that somebody has to look after; finished ones are not in it. */
const WATCHED = 'watched';
const UNWATCH = 'REMOVE watch, dueAt';
const PAGE = 25;

const Due = v.object({ id: v.string(), dueAt: v.number() });
const DayKey = v.object({ id: v.string(), day: v.string(), createdAt: v.string() });

/**
 * Messages: one item each, keyed by `id`, with a map of deliveries by destination name; `by-due` finds the stuck ones,
 * `by-day` those of a day. Both hold keys only: a message changes several times, and each time would be paid for twice.
 */
export function createMessageTable(client: DynamoDBClient, table: string): MessageStore {
  const keyOf = (id: string) => ({ TableName: table, Key: toItem({ id }) });

  /** Sets members of one delivery, as long as it is in one of these states. */
  async function change(item: OutboxItem, from: string[], sets: Record<string, unknown>, more = '') {
    const entries = Object.entries(sets).filter(([, value]) => value !== undefined);
    const expressions = entries.map(([name]) => `deliveries.#to.#${name} = :${name}`);
    const states = from.map((state, index) => [`:from${index}`, state] as const);
    await client.send(
      new UpdateItemCommand({
        ...keyOf(item.messageId),
        UpdateExpression: `SET ${expressions.join(', ')}${more}`,
        ConditionExpression: `deliveries.#to.#status IN (${states.map(([name]) => name).join(', ')})`,
        ExpressionAttributeNames: {
          '#to': item.destination,
          '#status': 'status',
          ...Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: toItem({
          ...Object.fromEntries(states),
          ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
        }),
      }),
    );
  }

  async function get(id: string) {
    const { Item } = await client.send(new GetItemCommand({ ...keyOf(id), ConsistentRead: true }));
    return Item && fromItem(Message, Item);
  }

  return {
    async create(message) {
      const createdAt = Date.parse(message.createdAt);
      const ttl = Math.floor(createdAt / 1000) + KEEP_S;
      const day = message.createdAt.slice(0, 10);
      const Item = toItem({ ...message, day, ttl, watch: WATCHED, dueAt: createdAt + FIRST_LOOK_MS });
      const put = { TableName: table, Item, ConditionExpression: 'attribute_not_exists(id)' };
      return client.send(new PutItemCommand(put)).then(() => true, refusedMeans(false));
    },

    get,

    async start(item, known) {
      await change(item, ['queued', 'sending'], { status: 'sending', ...known });
    },

    async record(item, outcome) {
      await change(item, ['queued', 'sending'], outcome).catch(refusedMeans(undefined));
    },

    async recordLast(item, outcome) {
      await change(item, ['queued', 'sending'], outcome, ` ${UNWATCH}`).catch(refusedMeans(undefined));
    },

    async recall(item, from) {
      return change(item, [from], { status: 'recalled' }).then(() => true, refusedMeans(false));
    },

    async revive(item) {
      const anew = { status: 'queued', crashes: 0, deadLetter: false };
      await change(item, ['failed'], anew).catch(refusedMeans(undefined));
    },

    async listDay(day, cursor) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'by-day',
          KeyConditionExpression: '#day = :day',
          ExpressionAttributeNames: { '#day': 'day' },
          ExpressionAttributeValues: toItem({ ':day': day }),
          ScanIndexForward: false,
          Limit: PAGE,
          ...(cursor !== undefined && { ExclusiveStartKey: startKeyOf(DayKey, cursor) }),
        }),
      );
      const messages = await Promise.all(Items.map((item) => get(fromItem(DayKey, item).id)));
      return { messages: messages.filter((message) => message !== undefined), ...cursorOf(LastEvaluatedKey) };
    },

    async listDue(now) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'by-due',
          KeyConditionExpression: 'watch = :watched AND dueAt <= :now',
          ExpressionAttributeValues: toItem({ ':watched': WATCHED, ':now': now }),
          Limit: PAGE,
        }),
      );
      const due = await Promise.all(
        Items.map((item) => fromItem(Due, item)).map(async ({ id, dueAt }) => ({ message: await get(id), dueAt })),
      );
      return due.flatMap(({ message, dueAt }) => (message ? [{ message, dueAt }] : []));
    },

    async watch(id, dueAt) {
      await client
        .send(
          new UpdateItemCommand({
            ...keyOf(id),
            UpdateExpression: 'SET dueAt = :dueAt, watch = :watched',
            ConditionExpression: 'attribute_exists(id) AND (attribute_not_exists(dueAt) OR dueAt > :dueAt)',
            ExpressionAttributeValues: toItem({ ':dueAt': dueAt, ':watched': WATCHED }),
          }),
        )
        .catch(refusedMeans(undefined));
    },

    async looked(id, listed, dueAt) {
      const values = { ':listed': listed, ':dueAt': dueAt };
      const update = {
        ...keyOf(id),
        UpdateExpression: dueAt === undefined ? UNWATCH : 'SET dueAt = :dueAt',
        ConditionExpression: 'dueAt = :listed',
        ExpressionAttributeValues: toItem(values),
      };
      return client.send(new UpdateItemCommand(update)).then(() => true, refusedMeans(false));
    },
  };
}
