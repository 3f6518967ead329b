import { type DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { Message, type MessageStore, messageIdAt, type OutboxItem } from '../../messages/message.ts';
import { pageOf } from './cursor.ts';
import { changeItem, fromItem, getItem, type Item, keyCondition, putNew, toItem } from './item.ts';
import { dayOf, messageKey } from './message-key.ts';

/** Records are kept for this long after they were accepted. */
const KEEP_S = 90 * 24 * 3600;
/** The partition of the index of messages that have to be checked; finished ones are not in it. */
const WATCHED = 'watched';
const UNWATCHED = { watch: undefined, dueAt: undefined };
const PAGE = 25;
/** Longer than any id of ours, and below DynamoDB's limit. */
const LONGEST_ID = 200;

/** The id up to which every message was checked once. */
const POSITION = { part: 'watch', id: 'position' };
const DAY_MS = 24 * 3_600_000;
/** Where checking begins without a position: what is older has left the queue too. */
const LOOK_BACK_MS = 14 * DAY_MS;

const Due = v.object({ id: v.string(), dueAt: v.number() });
const DayKey = v.object({ part: v.string(), id: v.pipe(v.string(), v.minLength(1), v.maxLength(LONGEST_ID)) });
const KeyItem = v.object({ messageId: v.string() });
const Position = v.object({ upTo: v.string() });

/**
 * Messages: one item each, by day and id, with a map of deliveries by destination name. `by-due` finds those that
 * have to be checked; it holds keys, and only of those, since every write to an index is paid for like one to
 * the table. An idempotency key has an item of its own (`part`: the key) that tells its message.
 */
export function createMessageTable(client: DynamoDBClient, table: string): MessageStore {
  const placeOf = (id: string) => messageKey(table, id);

  /** Sets members of one delivery, as long as it is in one of these states. */
  function change(item: OutboxItem, from: string[], sets: object, more: Record<string, unknown> = {}) {
    const entries = Object.entries(sets).filter(([, value]) => value !== undefined);
    const states = Object.fromEntries(from.map((state, index) => [`from${index}`, state]));
    const names = Object.keys(states).map((name) => `:${name}`);
    return changeItem(client, placeOf(item.messageId), {
      set: more,
      also: entries.map(([name]) => `deliveries.#to.#${name} = :${name}`),
      when: `deliveries.#to.#status IN (${names.join(', ')})`,
      names: { to: item.destination },
      values: { ...states, ...Object.fromEntries(entries) },
    });
  }

  async function get(id: string) {
    return id.length > LONGEST_ID ? undefined : getItem(client, placeOf(id), Message);
  }

  return {
    async create(message) {
      const ttl = Math.floor(Date.parse(message.createdAt) / 1000) + KEEP_S;
      return putNew(client, table, { part: dayOf(message.id), ...message, ttl });
    },

    async idFor(key, id, now) {
      const ttl = Math.floor(now / 1000) + KEEP_S;
      if (await putNew(client, table, { part: key, id: 'key', messageId: id, ttl })) return id;
      const kept = await getItem(client, { TableName: table, Key: toItem({ part: key, id: 'key' }) }, KeyItem);
      return kept?.messageId ?? id;
    },

    get,

    start: (item, known) => change(item, ['queued', 'sending'], { status: 'sending', ...known }),

    async record(item, outcome) {
      await change(item, ['queued', 'sending'], outcome);
    },

    async recordLast(item, outcome) {
      await change(item, ['queued', 'sending'], outcome, UNWATCHED);
    },

    recall: (item, from) => change(item, [from], { status: 'recalled' }),

    async revive(item) {
      await change(item, ['failed', 'unknown'], { status: 'queued', crashes: 0, deadLetter: false });
    },

    async listDay(day, cursor) {
      const part = day.replaceAll('-', '');
      const DayCursor = v.object({ ...DayKey.entries, part: v.literal(part) });
      const query = {
        TableName: table,
        ...keyCondition('#part = :part', { part }),
        ScanIndexForward: false,
        Limit: PAGE,
      };
      const { items, ...next } = await pageOf(client, query, DayCursor, cursor);
      return { messages: readable(items), ...next };
    },

    async listUnseen(until) {
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: toItem(POSITION) }));
      const after = Item ? fromItem(Position, Item).upTo : messageIdAt(until - LOOK_BACK_MS);
      const day = dayOf(after);
      const ends = [messageIdAt(until), messageIdAt(midnightAfter(day))] as const;
      const end = ends[0] < ends[1] ? ends[0] : ends[1];
      if (end <= after) return { messages: [], unreadable: 0, upTo: after, more: false };
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          ...keyCondition('#part = :day AND #id BETWEEN :after AND :end', { day, after, end }),
        }),
      );
      const messages = readable(Items);
      const page = { messages, unreadable: Items.length - messages.length };
      if (LastEvaluatedKey) return { ...page, upTo: fromItem(DayKey, LastEvaluatedKey).id, more: true };
      return { ...page, upTo: end, more: end === ends[1] };
    },

    async seen(upTo) {
      await client.send(new PutItemCommand({ TableName: table, Item: toItem({ ...POSITION, upTo }) }));
    },

    async listDue(now) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'by-due',
          ...keyCondition('#watch = :watch AND #dueAt <= :now', { watch: WATCHED, now }),
          Limit: PAGE,
        }),
      );
      const due = await Promise.all(
        Items.map((item) => fromItem(Due, item)).map(async ({ id, dueAt }) => ({ message: await get(id), dueAt })),
      );
      return due.flatMap(({ message, dueAt }) => (message ? [{ message, dueAt }] : []));
    },

    async watch(id, dueAt) {
      const earlier = 'attribute_exists(#id) AND (attribute_not_exists(#dueAt) OR #dueAt > :dueAt)';
      await changeItem(client, placeOf(id), { set: { dueAt, watch: WATCHED }, when: earlier });
    },

    checked(id, listed, dueAt) {
      const set = dueAt === undefined ? UNWATCHED : { dueAt };
      return changeItem(client, placeOf(id), { set, when: '#dueAt = :listed', values: { listed } });
    },
  };
}

/** The messages on a page; one that cannot be parsed must not hold up the others. */
function readable(items: Item[]): Message[] {
  return items.flatMap((item) => {
    const read = v.safeParse(Message, fromItem(v.unknown(), item));
    return read.success ? [read.output] : [];
  });
}

/** The end of a day that a partition names, in epoch ms. */
function midnightAfter(day: string): number {
  return Date.parse(day.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')) + DAY_MS;
}
