import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type DeliveryChange, type MessageState, messageIdAt, type OutboxItem } from '../../../messages/message.ts';
import type { MessageWatch } from '../../../messages/store.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { changeItem, fromItem, keyCondition, toItem } from '../item.ts';
import { type Keeping, readable } from '../keeping.ts';
import { dayOf, messageKey } from '../message-key.ts';

const UNWATCHED = { watch: undefined, dueAt: undefined };
/** Messages of one page of what is due. */
const PAGE = 100;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Where checking begins without a position: what is older has left the queue too. */
const LOOK_BACK_MS = 14 * DAY_MS;
/** The same for what is due, which each run notes. */
const DUE_BACK_MS = 2 * DAY_MS;

/** How far every message was checked once, and the first hour in which something may be due. */
const POSITION = { part: 'watch', id: 'position' };
const FIRST_HOUR = { part: 'watch', id: 'hour' };

const Due = v.object({ id: v.string(), dueAt: v.number() });
const SeenKey = v.object({ part: v.string(), id: v.string() });
const Position = v.object({ upTo: v.string() });
const FirstHour = v.object({ hour: v.number() });
/** Where the next page of what is due begins. */
const From = v.object({ hour: v.number(), key: v.optional(v.record(v.string(), v.unknown())) });

type Options = {
  table: string;
  keeping: Keeping;
  State: v.GenericSchema<unknown, MessageState>;
  states(ids: readonly string[]): Promise<Map<string, MessageState>>;
  change(item: OutboxItem, from: string[], change: Partial<DeliveryChange>): Promise<boolean>;
};

/** Messages that are looked after: `by-due` has a partition for each hour, so that no single one takes all of them. */
export function dueIn(client: Dynamodb, { table, keeping, State, states, change }: Options): MessageWatch {
  const read = async <S extends v.GenericSchema>(key: object, schema: S) => {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: toItem({ ...key }) }));
    return Item && fromItem(schema, Item);
  };
  const put = (record: object) => client.send(new PutItemCommand({ TableName: table, Item: toItem({ ...record }) }));
  const firstHour = async (now: number) => (await read(FIRST_HOUR, FirstHour))?.hour ?? hourOf(now - DUE_BACK_MS);

  return {
    async listUnseen(until) {
      const after = (await read(POSITION, Position))?.upTo ?? messageIdAt(until - LOOK_BACK_MS);
      const day = dayOf(after);
      const ends = [messageIdAt(until), messageIdAt(midnightAfter(day))] as const;
      const end = ends[0] < ends[1] ? ends[0] : ends[1];
      if (end <= after) return { messages: [], upTo: after, more: false };
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          ...keyCondition('#part = :day AND #id BETWEEN :after AND :end', { day, after, end }),
        }),
      );
      const messages = readable(State, Items, { table, keeping });
      if (LastEvaluatedKey) return { messages, upTo: fromItem(SeenKey, LastEvaluatedKey).id, more: true };
      return { messages, upTo: end, more: end === ends[1] };
    },

    async seen(upTo) {
      await put({ ...POSITION, upTo });
    },

    async listDue(now, from) {
      const start: v.InferOutput<typeof From> =
        from === undefined ? { hour: await firstHour(now) } : v.parse(From, JSON.parse(from));
      const last = hourOf(now);
      for (let { hour, key } = start; hour <= last; hour += 1, key = undefined) {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: 'by-due',
            ...keyCondition('#watch = :watch AND #dueAt <= :now', { watch: watchOf(hour), now }),
            Limit: PAGE,
            ExclusiveStartKey: key && toItem(key),
          }),
        );
        if (Items.length === 0) continue;
        const listed = readable(Due, Items, { table, keeping });
        const found = await states(listed.map(({ id }) => id));
        const due = listed.flatMap(({ id, dueAt }) => {
          const message = found.get(id);
          return message ? [{ message, dueAt }] : [];
        });
        const next = LastEvaluatedKey
          ? { hour, key: fromItem(v.record(v.string(), v.unknown()), LastEvaluatedKey) }
          : { hour: hour + 1 };
        return { due, next: JSON.stringify(next) };
      }
      return { due: [] };
    },

    async beginAt(dueAt) {
      await put({ ...FIRST_HOUR, hour: hourOf(dueAt) });
    },

    async watch(id, dueAt) {
      const earlier = 'attribute_exists(#id) AND (attribute_not_exists(#dueAt) OR #dueAt > :dueAt)';
      await changeItem(client, messageKey(table, id), { set: { dueAt, watch: watchOf(hourOf(dueAt)) }, when: earlier });
    },

    checked(id, listed, dueAt) {
      const set = dueAt === undefined ? UNWATCHED : { dueAt, watch: watchOf(hourOf(dueAt)) };
      return changeItem(client, messageKey(table, id), { set, when: '#dueAt = :listed', values: { listed } });
    },

    async requeue({ deliveries }, items, at) {
      const taken = items.map(async (item) => {
        const rev = deliveries[item.destination]?.rev;
        const sets = { ...(rev !== undefined && { rev }), queuedAt: at, dueAt: null, waiting: true };
        return (await change(item, ['queued', 'sending'], sets)) ? [item] : [];
      });
      return (await Promise.all(taken)).flat();
    },
  };
}

function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

function watchOf(hour: number): string {
  return `due#${new Date(hour * HOUR_MS).toISOString().slice(0, 13)}`;
}

/** The end of a day that a partition names, in epoch ms. */
function midnightAfter(day: string): number {
  return Date.parse(day.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')) + DAY_MS;
}
