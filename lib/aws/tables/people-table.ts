import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { PeopleStore } from '../../messages/people.ts';
import { Person } from '../../tasks/task.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { toItem } from './item.ts';
import { KEEPING, readable } from './keeping.ts';

const Stored = v.object({
  expiresAt: v.number(),
  known: v.union([Person, v.object({ unknown: v.literal(true) })]),
});

/** People by each of their ids, in the table of the tasks; their ids there begin with `person#`. */
export function createPeopleTable(client: Dynamodb, table: string, now: () => number): PeopleStore {
  return {
    async get(id) {
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: toItem({ id }) }));
      const [stored] = readable(Stored, Item ? [Item] : [], { table, keeping: KEEPING });
      return stored && stored.expiresAt > now() ? stored.known : undefined;
    },

    async put(id, known, expiresAt) {
      const Item = toItem({ id, known, expiresAt, ttl: Math.ceil(expiresAt / 1000) });
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}
