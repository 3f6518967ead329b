import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { MediaMemory } from '../../files/share/share.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Leave that is not renewed lapses: its worker died. Should it live all the same, a second upload does no harm. */
const LEAVE_MS = 8_500;

const Stored = v.object({ mediaId: v.optional(v.string()) });

/** Media ids, in the table of the shares; their ids there begin with `media#`. They never expire (files.md §1.3). */
export function createMediaTable(client: DynamoDBClient, table: string, now: () => number): MediaMemory {
  const keyOf = (key: string) => ({ TableName: table, Key: toItem({ id: `media#${key}` }) });

  async function leaveUntil(key: string, until: number) {
    const update = {
      ...keyOf(key),
      UpdateExpression: 'SET leaveUntil = :until',
      ConditionExpression: 'attribute_not_exists(mediaId)',
      ExpressionAttributeValues: toItem({ ':until': until }),
    };
    await client.send(new UpdateItemCommand(update)).catch(refusedMeans(undefined));
  }

  return {
    async recall(key) {
      const put = {
        TableName: table,
        Item: toItem({ id: `media#${key}`, leaveUntil: now() + LEAVE_MS }),
        ConditionExpression: 'attribute_not_exists(id) OR (attribute_not_exists(mediaId) AND leaveUntil < :now)',
        ExpressionAttributeValues: toItem({ ':now': now() }),
      };
      if (await client.send(new PutItemCommand(put)).then(() => true, refusedMeans(false))) return 'yours';
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(key), ConsistentRead: true }));
      const mediaId = Item && fromItem(Stored, Item).mediaId;
      return mediaId === undefined ? 'busy' : { mediaId };
    },

    async keep(key, mediaId) {
      await client.send(new PutItemCommand({ TableName: table, Item: toItem({ id: `media#${key}`, mediaId }) }));
    },

    renew: (key) => leaveUntil(key, now() + LEAVE_MS),
    release: (key) => leaveUntil(key, 0),
  };
}
