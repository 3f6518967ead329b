import * as v from 'valibot';
import type { Member } from '../../../base/visitor/session.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { changeItem, getItem, toItem } from '../item.ts';

const DAY_S = 24 * 3600;
/** A personal link lives for 180 days, and none of somebody who left may outlive that. */
const LEFT_DAYS = 181;
/** Longer than a state lives. */
const STATE_S = 3600;
const LEFT = 'left';
const STATE = 'sign-in-state';

const Left = v.object({ at: v.number() });

/**
 * In the table of records: who left, which ends their sessions and links, and which states of sign-ins were used. Of people
 * it holds keyed hashes only. @param hash a keyed hash, so that no id can be guessed from the table
 */
export function createVisitorTable(
  client: Dynamodb,
  TableName: string,
  { now, hash }: { now: () => number; hash(text: string): string },
) {
  const nowS = () => Math.floor(now() / 1000);
  const placeOf = (part: string, id: string) => ({ TableName, Key: toItem({ part, id: hash(id) }) });
  const leftAt = ({ corpId, userId }: Member) => placeOf(LEFT, JSON.stringify([corpId, userId]));
  return {
    departures: {
      leftAt: async (member: Member) => (await getItem(client, leftAt(member), Left))?.at,
      /** An event may come late and twice: the newest counts. */
      async note(member: Member, at: number) {
        const when = 'attribute_not_exists(#at) OR #at < :at';
        await changeItem(client, leftAt(member), { set: { at, ttl: nowS() + LEFT_DAYS * DAY_S }, when });
      },
    },
    states: {
      spend: (state: string) =>
        changeItem(client, placeOf(STATE, state), {
          set: { ttl: nowS() + STATE_S },
          when: 'attribute_not_exists(#part)',
        }),
    },
  };
}
