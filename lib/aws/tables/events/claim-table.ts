import * as v from 'valibot';
import { sha256 } from '../../../base/hash.ts';
import type { Claims } from '../../../events/event.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { changeItem, getItem, toItem } from '../item.ts';
import { acquiring, RELEASED, releasing } from '../lease.ts';

/** For others: the record that holds a claim takes it again whenever it comes. Longer than handle-event may run. */
const CLAIM_MS = 60_000;
/** DingTalk's last repeats come within minutes, its failed list within days. */
const KEEP_S = 14 * 24 * 3600;

const Stored = v.object({
  status: v.picklist(['in-flight', 'done']),
  of: v.optional(v.string()),
  /** JSON. */
  made: v.optional(v.string()),
});

/** Whoever knows the signature can send ids without end; DynamoDB takes 2,048 bytes. */
const LONGEST_BYTES = 1_000;

function keyOf(id: string): string {
  return Buffer.byteLength(id) <= LONGEST_BYTES ? id : `${id.slice(0, 100)}#${sha256(id)}`;
}

/** Claims on pieces of work, keyed by `id`: in flight under a lease, or done. */
export function createClaimTable(client: Dynamodb, table: string, now: () => number): Claims {
  const placeOf = (id: string) => ({ TableName: table, Key: toItem({ id: keyOf(id) }) });
  const as = (status: 'in-flight' | 'done') => ({ status, ttl: Math.floor(now() / 1000) + KEEP_S });
  const stored = (id: string) => getItem(client, placeOf(id), Stored);

  return {
    async claim(id, owner) {
      const when = 'attribute_not_exists(#id) OR #status = :status';
      const lease = { owner, until: now() + CLAIM_MS, now: now() };
      const claimed = await changeItem(client, placeOf(id), acquiring(lease, { set: as('in-flight'), when }));
      if (claimed) return 'claimed';
      return (await stored(id))?.status === 'done' ? 'done' : 'busy';
    },

    async alias(id, of) {
      const put = { set: { ...as('done'), of }, when: 'attribute_not_exists(#id)' };
      if (await changeItem(client, placeOf(id), put)) return 'free';
      const taken = await stored(id);
      // An alias of another claim is other work that looks alike; both are to be done.
      if (taken?.of !== undefined) return 'free';
      return taken?.status === 'done' ? 'done' : 'busy';
    },

    async release(id, owner) {
      await changeItem(client, placeOf(id), releasing(owner));
    },

    async finish(id) {
      await changeItem(client, placeOf(id), { set: { ...as('done'), ...RELEASED, made: undefined } });
    },

    async keep(id, made) {
      await changeItem(client, placeOf(id), { set: { made: JSON.stringify(made) } });
    },

    async kept(id) {
      const made = (await stored(id))?.made;
      return made === undefined ? undefined : JSON.parse(made);
    },
  };
}
