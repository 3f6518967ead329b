import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { MediaMemory } from '../../files/share/share.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { changeItem, getItem, toItem } from './item.ts';
import { acquiring, holding, releasing } from './lease.ts';

/** For each renewal. A worker that lives on without one costs no more than a second upload. */
const LEASE_MS = 8_500;

const Stored = v.object({ mediaId: v.optional(v.string()) });

/** Media ids, in the table of the shares; their ids there begin with `media#`. They never expire (files.md §1.3). */
export function createMediaTable(client: Dynamodb, table: string, now: () => number): MediaMemory {
  const placeOf = (key: string) => ({ TableName: table, Key: toItem({ id: `media#${key}` }) });
  const until = () => now() + LEASE_MS;

  return {
    async recall(key, owner) {
      const upload = acquiring({ owner, until: until(), now: now() }, { when: 'attribute_not_exists(#mediaId)' });
      if (await changeItem(client, placeOf(key), upload)) return 'yours';
      const mediaId = (await getItem(client, placeOf(key), Stored))?.mediaId;
      return mediaId === undefined ? 'busy' : { mediaId };
    },

    async keep(key, mediaId) {
      await client.send(new PutItemCommand({ TableName: table, Item: toItem({ id: `media#${key}`, mediaId }) }));
    },

    async renew(key, owner) {
      await changeItem(client, placeOf(key), holding(owner, {}, until()));
    },

    async release(key, owner) {
      await changeItem(client, placeOf(key), releasing(owner));
    },
  };
}
