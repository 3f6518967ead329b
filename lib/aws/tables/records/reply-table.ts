import * as v from 'valibot';
import { parseJson } from '../../../base/json.ts';
import type { Seal } from '../../../base/seal.ts';
import { ReplyPlace } from '../../../messages/destination.ts';
import type { ReplyPlaces } from '../../../messages/kinds/reply.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { changeItem, getItem, toItem } from '../item.ts';

const PART = 'reply';
/** An answer that was taken at the last moment is tried for a day. */
const LONGER_S = 2 * 24 * 3_600;

const Row = v.object({ sealed: v.string() });

/**
 * In the table of records: where somebody wrote to a robot, sealed whole. It is an address with which anybody could write
 * there, and who wrote.
 */
export function createReplyTable(
  client: Dynamodb,
  TableName: string,
  seal: Seal,
): ReplyPlaces & { keep(id: string, place: ReplyPlace): Promise<void> } {
  const at = (id: string) => ({ TableName, Key: toItem({ part: PART, id }) });
  return {
    async get(id) {
      const row = await getItem(client, at(id), Row);
      return row && v.parse(ReplyPlace, parseJson(seal.open(row.sealed, id)));
    },

    /** What was kept first stays: whoever repeats an id does not turn its answers elsewhere. */
    async keep(id, place) {
      const set = {
        sealed: seal.seal(JSON.stringify(place), id),
        ttl: Math.floor(place.answerBy / 1000) + LONGER_S,
      };
      await changeItem(client, at(id), { set, when: 'attribute_not_exists(#part)' });
    },
  };
}
