import * as v from 'valibot';
import { sha256 } from '../../base/hash.ts';
import { Link, type LinkStore, type ObjectRef } from '../../files/share/share.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { changeItem, getItem, putNew, toItem } from './item.ts';

/** Expired links are kept for this long, so that a late reader learns what it was. */
const KEEP_S = 90 * 24 * 3600;

/** Longer than the bucket keeps what was shared. */
const KEEP_REVOKED_S = 400 * 24 * 3600;
const Revoked = v.object({ revokedAt: v.string() });

/** Download links, in the table of the shares; their ids there begin with `f_`. */
export function createLinkTable(client: Dynamodb, table: string): LinkStore {
  const placeOf = (id: string) => ({ TableName: table, Key: toItem({ id: `f_${id}` }) });
  const placeOfObject = ({ bucket, key, eTag }: ObjectRef) => ({
    TableName: table,
    Key: toItem({ id: `revoked#${sha256(JSON.stringify([bucket, key, eTag]))}` }),
  });

  return {
    async put(link) {
      const ttl = Math.floor(Date.parse(link.expiresAt) / 1000) + KEEP_S;
      await putNew(client, table, { ...link, id: `f_${link.id}`, ttl });
    },

    async get(id) {
      const link = await getItem(client, placeOf(id), Link);
      return link && { ...link, id };
    },

    view: (id) =>
      changeItem(client, placeOf(id), {
        add: { views: 1 },
        when: 'attribute_exists(#id) AND attribute_not_exists(#revokedAt) AND (attribute_not_exists(#maxViews) OR #views < #maxViews)',
      }),

    async revoke(id, at) {
      const also = ['#revokedAt = if_not_exists(#revokedAt, :at)'];
      await changeItem(client, placeOf(id), { also, when: 'attribute_exists(#id)', values: { at } });
    },

    async revokeObject(object, at) {
      const ttl = Math.floor(Date.parse(at) / 1000) + KEEP_REVOKED_S;
      await changeItem(client, placeOfObject(object), { set: { revokedAt: at, ttl } });
    },

    isRevoked: async (object) => (await getItem(client, placeOfObject(object), Revoked)) !== undefined,
  };
}
