import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { Link, type LinkStore } from '../../files/share/share.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Expired links are kept for this long, so that a late reader learns what it was. */
const KEEP_S = 90 * 24 * 3600;

/** Download links, in the table of the shares; their ids there begin with `f_`. */
export function createLinkTable(client: DynamoDBClient, table: string): LinkStore {
  const keyOf = (id: string) => ({ TableName: table, Key: toItem({ id: `f_${id}` }) });

  return {
    async put(link) {
      const ttl = Math.floor(Date.parse(link.expiresAt) / 1000) + KEEP_S;
      const Item = toItem({ ...link, id: `f_${link.id}`, ttl });
      const put = { TableName: table, Item, ConditionExpression: 'attribute_not_exists(id)' };
      await client.send(new PutItemCommand(put)).catch(refusedMeans(undefined));
    },

    async get(id) {
      const { Item } = await client.send(new GetItemCommand({ ...keyOf(id), ConsistentRead: true }));
      return Item && { ...fromItem(Link, Item), id };
    },

    async view(id) {
      const update = {
        ...keyOf(id),
        UpdateExpression: 'ADD #views :one',
        ConditionExpression:
          'attribute_exists(id) AND attribute_not_exists(revokedAt) AND (attribute_not_exists(maxViews) OR #views < maxViews)',
        ExpressionAttributeNames: { '#views': 'views' },
        ExpressionAttributeValues: toItem({ ':one': 1 }),
      };
      return client.send(new UpdateItemCommand(update)).then(() => true, refusedMeans(false));
    },

    async revoke(id, at) {
      const update = {
        ...keyOf(id),
        UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :at)',
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeValues: toItem({ ':at': at }),
      };
      await client.send(new UpdateItemCommand(update));
    },
  };
}
