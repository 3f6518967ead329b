import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Seal } from '../../base/seal.ts';
import { Destination, DestinationName, type DestinationStore } from '../../messages/destination.ts';
import { fromItem, toItem } from './item.ts';

/** A destination is remembered this long by a running function. */
const REMEMBER_MS = 30_000;

const Stored = v.object({ sealed: v.string() });

export type DestinationTable = DestinationStore & {
  /** As it stands in the table now. */
  read(name: string): Promise<Destination | undefined>;
  put(name: string, destination: Destination): Promise<void>;
  remove(name: string): Promise<void>;
};

/** Destinations, keyed by `id` = name, sealed whole: they hold robots' tokens and secrets. */
export function createDestinationTable(
  client: DynamoDBClient,
  table: string,
  seal: Seal,
  now: () => number,
): DestinationTable {
  const remembered = new Map<string, { destination: Destination; until: number }>();

  async function read(name: string, ConsistentRead = true): Promise<Destination | undefined> {
    if (!v.is(DestinationName, name)) return undefined; // nobody could register it, and keys have a length
    const place = { TableName: table, Key: toItem({ id: name }), ConsistentRead };
    const { Item } = await client.send(new GetItemCommand(place));
    return Item && v.parse(Destination, JSON.parse(seal.open(fromItem(Stored, Item).sealed, name)));
  }

  return {
    read: (name) => read(name),

    async get(name) {
      const known = remembered.get(name);
      if (known && known.until > now()) return known.destination;
      remembered.delete(name);
      const destination = await read(name, false);
      if (destination) remembered.set(name, { destination, until: now() + REMEMBER_MS });
      return destination;
    },

    async put(name, destination) {
      const sealed = seal.seal(JSON.stringify(destination), name);
      await client.send(
        new PutItemCommand({ TableName: table, Item: toItem({ id: name, kind: destination.kind, sealed }) }),
      );
      remembered.delete(name);
    },

    async remove(name) {
      if (!v.is(DestinationName, name)) return;
      await client.send(new DeleteItemCommand({ TableName: table, Key: toItem({ id: name }) }));
      remembered.delete(name);
    },
  };
}
