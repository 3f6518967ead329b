import { isDeepStrictEqual } from 'node:util';
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Seal } from '../../base/seal.ts';
import {
  type DestinationLister,
  DestinationName,
  type DestinationStore,
  KINDS,
  Registered,
} from '../../messages/destination.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { pageOf } from './cursor.ts';
import { fromItem, keyCondition, toItem } from './item.ts';
import { KEEPING, readable, unreadableRecord } from './keeping.ts';

/** A destination is remembered this long by a running function. */
const REMEMBER_MS = 30_000;

/** All stand in one part of the index `by-name`, which holds nothing that is sealed. */
const PART = 'destination';

const Stored = v.object({ sealed: v.string() });
const Listed = v.pipe(
  v.object({
    id: v.string(),
    kind: v.picklist(KINDS),
    app: v.optional(v.string()),
    openConversationId: v.optional(v.string()),
  }),
  v.transform(({ id, ...listed }) => ({ name: id, ...listed })),
);

export type DestinationTable = DestinationStore &
  DestinationLister & {
    /** As it stands in the table now. */
    read(name: string): Promise<Registered | undefined>;
    put(name: string, destination: Registered): Promise<void>;
    remove(name: string): Promise<void>;
  };

/** Destinations, keyed by `id` = name, sealed whole: they hold robots' tokens and secrets. */
export function createDestinationTable(
  client: Dynamodb,
  table: string,
  seal: Seal,
  now: () => number,
): DestinationTable {
  const remembered = new Map<string, { destination: Registered; until: number }>();

  async function read(name: string, ConsistentRead = true): Promise<Registered | undefined> {
    if (!v.is(DestinationName, name)) return undefined; // nobody could register it, and keys have a length
    const place = { TableName: table, Key: toItem({ id: name }), ConsistentRead };
    const { Item } = await client.send(new GetItemCommand(place));
    if (!Item) return undefined;
    const opened = v.safeParse(Registered, JSON.parse(seal.open(fromItem(Stored, Item).sealed, name)));
    if (!opened.success) throw unreadableRecord();
    return opened.output;
  }

  async function readAnew(name: string, consistent: boolean): Promise<Registered | undefined> {
    remembered.delete(name);
    const destination = await read(name, consistent);
    if (destination) remembered.set(name, { destination, until: now() + REMEMBER_MS });
    return destination;
  }

  return {
    read: (name) => read(name),

    async get(name) {
      const known = remembered.get(name);
      return known && known.until > now() ? known.destination : readAnew(name, false);
    },

    async changed(name, before) {
      // people and answers have names that nobody registers
      return v.is(DestinationName, name) && !isDeepStrictEqual(await readAnew(name, true), before);
    },

    async put(name, destination) {
      const sealed = seal.seal(JSON.stringify(destination), name);
      const Item = toItem({ id: name, part: PART, kind: destination.kind, ...groupOf(destination), sealed });
      await client.send(new PutItemCommand({ TableName: table, Item }));
      remembered.delete(name);
    },

    async list({ cursor, limit }) {
      const query = {
        TableName: table,
        IndexName: 'by-name',
        ...keyCondition('#part = :part', { part: PART }),
        Limit: limit,
      };
      const key = v.object({ part: v.literal(PART), id: DestinationName });
      const { items, ...next } = await pageOf(client, query, key, cursor);
      return { destinations: readable(Listed, items, { table, keeping: KEEPING }), ...next };
    },

    async remove(name) {
      if (!v.is(DestinationName, name)) return;
      await client.send(new DeleteItemCommand({ TableName: table, Key: toItem({ id: name }) }));
      remembered.delete(name);
    },
  };
}

/** What the list needs to tell the group's title; it stands in the open. */
function groupOf(destination: Registered) {
  return 'openConversationId' in destination
    ? { app: destination.app, openConversationId: destination.openConversationId }
    : {};
}
