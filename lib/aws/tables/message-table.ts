import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { listedAs, nameOf, rowsOf, statusRows } from '../../messages/lists.ts';
import { type DeliveryChange, Message, MessageState, type OutboxItem, Said } from '../../messages/message.ts';
import type { MessageStore, MessageWatch } from '../../messages/store.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { pageOf } from './cursor.ts';
import { type Change, getItem, keyCondition, putNew, refusedMeans, toItem, updateOf } from './item.ts';
import { KEEPING, type Keeping, readable, readOne, SCHEMA, schemaEntry, ttlOf } from './keeping.ts';
import { dayOf, messageKey } from './message-key.ts';
import { dueIn } from './messages/due.ts';
import { partsOf } from './messages/parts.ts';
import { rowsIn } from './messages/rows.ts';

/** Longer than any id of ours, and below DynamoDB's limit. */
const LONGEST_ID = 200;

const State = v.object({ ...MessageState.entries, ...schemaEntry });
/** A small content stands in the state. */
const Stored = v.object({ ...State.entries, ...v.partial(Said).entries });
const DayKey = v.object({ part: v.string(), id: v.pipe(v.string(), v.minLength(1), v.maxLength(LONGEST_ID)) });
const KeyItem = v.object({ messageId: v.string() });

/** What a change of a delivery says of it, beside members that the store itself keeps. */
const OF_THE_STORE = ['rev', 'page', 'tail', 'recovered'];

/**
 * Messages. The state of each is one small item, by day and id, so that the table itself lists a day in order, with a map of
 * deliveries by destination name; what grows stands apart (messages/parts.ts), and lists have rows (messages/rows.ts).
 * `by-due` finds those that have to be checked. An idempotency key has an item of its own (`part`: the key).
 */
export function createMessageTable(
  client: Dynamodb,
  table: string,
  keeping: Keeping = KEEPING,
): MessageStore & MessageWatch {
  const placeOf = (id: string) => messageKey(table, id);
  const parts = partsOf(client, table);
  const ttlFrom = ({ createdAt, sendAt = createdAt }: Pick<MessageState, 'createdAt' | 'sendAt'>) =>
    ttlOf(keeping, Math.max(Date.parse(createdAt), Date.parse(sendAt)));
  const rows = rowsIn(client, { table, keeping, State });

  /** Sets members of one delivery, as long as it is in one of these states and is the one that was read. */
  async function change(
    { messageId, destination }: OutboxItem,
    from: string[],
    { rev, page, ...sets }: Partial<DeliveryChange>,
    more: Change = {},
  ): Promise<boolean> {
    const ttl = ttlOf(keeping);
    if (page) await parts.putPage(messageId, destination, page, ttl);
    const attempts = sets.attempts && (await parts.attemptsIn(messageId, destination, sets.attempts, ttl));
    const warned = sets.warnings && (await parts.warningsIn(messageId, destination, sets.warnings, ttl));
    const changed = { ...sets, ...attempts, ...warned, ...(page && { paged: true }) };
    const entries = Object.entries(changed).filter(
      ([name, value]) => value !== undefined && !OF_THE_STORE.includes(name),
    );
    const states = Object.fromEntries(from.map((state, index) => [`from${index}`, state]));
    const inState = `deliveries.#to.#status IN (${Object.keys(states).map((name) => `:${name}`)})`;
    const update = updateOf({
      ...more,
      also: [
        ...(more.also ?? []),
        ...entries.map(([name]) => `deliveries.#to.#${name} = :${name}`),
        'deliveries.#to.#rev = if_not_exists(deliveries.#to.#rev, :zero) + :one',
      ],
      when: rev === undefined ? inState : `${inState} AND deliveries.#to.#rev = :seen`,
      names: { ...more.names, to: destination },
      values: {
        ...more.values,
        ...states,
        ...Object.fromEntries(entries),
        zero: 0,
        one: 1,
        ...(rev !== undefined && { seen: rev }),
      },
    });
    const before = await client
      .send(new UpdateItemCommand({ ...placeOf(messageId), ...update, ReturnValues: 'ALL_OLD' }))
      .then(({ Attributes }) => Attributes, refusedMeans(undefined));
    if (!before) return false;
    const [state] = readable(State, [before], { table, keeping });
    if (state) await move(state, destination, changed);
    return true;
  }

  /** Puts a delivery on the lists where it belongs after a change, and takes it off those where it was. */
  async function move(before: MessageState, destination: string, changed: Partial<DeliveryChange>): Promise<void> {
    const was = before.deliveries[destination];
    if (!was) return;
    const [had, has] = [
      listedAs(was),
      listedAs({
        status: changed.status ?? was.status,
        waiting: changed.waiting === undefined ? was.waiting : changed.waiting,
        fallback: changed.fallback ?? was.fallback,
      }),
    ];
    if (had === has) return;
    if (has) await rows.put(statusRows(before, destination, has), ttlOf(keeping));
    if (had) await rows.drop(statusRows(before, destination, had));
  }

  async function get(id: string): Promise<Message | undefined> {
    if (id.length > LONGEST_ID) return undefined;
    const { Item } = await client.send(new GetItemCommand({ ...placeOf(id), ConsistentRead: true }));
    const found = readOne(Stored, Item, { table, keeping });
    if (!found) return undefined;
    const apart = await parts.apart(found);
    const whole = Object.entries(found.deliveries).map(
      ([name, delivery]) => [name, parts.whole(apart, name, delivery)] as const,
    );
    return v.parse(Message, { ...found, ...parts.said(apart), deliveries: Object.fromEntries(whole) });
  }

  return {
    async create({ content, otherwise, mention, ...state }, isUnique = false) {
      const ttl = ttlFrom(state);
      const said = await parts.inlineOf(state.id, { content, otherwise, mention }, ttl);
      const record = { part: dayOf(state.id), schema: SCHEMA, kind: 'message', ...state, ...said, ttl };
      const list = () => rows.put(rowsOf(state), ttl);
      // a row without its record is on no list
      if (isUnique) return (await Promise.all([putNew(client, table, record), list()]))[0];
      if (!(await putNew(client, table, record))) return false;
      await list();
      return true;
    },

    async idFor(key, id, now) {
      const ttl = ttlOf(keeping, now);
      if (await putNew(client, table, { part: key, id: 'key', messageId: id, ttl })) return id;
      const kept = await getItem(client, { TableName: table, Key: toItem({ part: key, id: 'key' }) }, KeyItem);
      return kept?.messageId ?? id;
    },

    get,

    states: rows.states,

    start: (item, known) => change(item, ['queued', 'sending'], { status: 'sending', ...known }),

    record: (item, outcome) => change(item, ['queued', 'sending'], outcome),

    recordLast: (item, outcome) =>
      change(item, ['queued', 'sending'], outcome, { set: { watch: undefined, dueAt: undefined } }),

    async fallBack(item, ended, { to, delivery }) {
      const begun = {
        also: ['deliveries.#other = if_not_exists(deliveries.#other, :other)'],
        names: { other: to },
        values: { other: delivery },
      };
      if (!(await change(item, ['queued', 'sending'], ended, begun))) return false;
      await rows.put([{ list: nameOf({ to }) ?? '', messageId: item.messageId }], ttlOf(keeping));
      return true;
    },

    recall: (item, from) => change(item, [from], { status: 'recalled', waiting: null }),

    revive: (item) => change(item, ['failed', 'unknown'], { status: 'queued', crashes: 0, deadLetter: false }),

    async enlist(message) {
      await rows.put(rowsOf(message), ttlFrom(message));
    },

    async listDay(day, { cursor, limit }) {
      const part = day.replaceAll('-', '');
      const DayCursor = v.object({ ...DayKey.entries, part: v.literal(part) });
      const query = {
        TableName: table,
        ...keyCondition('#part = :part', { part }),
        ScanIndexForward: false,
        Limit: limit,
      };
      const { items, ...next } = await pageOf(client, query, DayCursor, cursor);
      return { messages: readable(State, items, { table, keeping }), ...next };
    },

    listed: rows.listed,

    ...dueIn(client, { table, keeping, State, change, states: rows.states }),
  };
}
