import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Merges } from '../../messages/deliver/merge.ts';
import { MessageState, type OutboxItem } from '../../messages/message.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { changedItem, changeItem, fromItem, getItem, toItem } from './item.ts';
import { KEEPING, readable, SCHEMA } from './keeping.ts';
import { acquiring } from './lease.ts';
import { messageKey } from './message-key.ts';

/**
 * The most messages that one message is merged with; the next one leads again. Its record may have to name as many for each
 * of forty deliveries.
 */
const MOST = 60;
/** Tries to lead or to join while other messages do; then the message goes alone. */
const TRIES = 5;

/** The message that closed a gathering may close it again, after a crash. */
const CLOSED_BY_ME = '(attribute_not_exists(deliveries.#to.closed) OR deliveries.#to.closed = :me)';

const Pointer = v.object({ leaseOwner: v.string() });

/** Messages that are merged into one, in the table of the messages; `merge#<destination>` is a lease of the one that leads. */
export function createMergeTable(client: Dynamodb, table: string, now: () => number): Merges {
  const pointerOf = ({ destination }: Pick<OutboxItem, 'destination'>) => ({
    TableName: table,
    Key: toItem({ part: `merge#${destination}`, id: 'leader' }),
  });
  const recordOf = ({ messageId }: OutboxItem) => messageKey(table, messageId);
  /**
   * Changes one delivery while it is queued; answers it, or undefined when the condition does not hold, as of a record that
   * a newer version wrote.
   */
  async function change(item: OutboxItem, set: string, condition: string, values: Record<string, unknown>) {
    const changed = await changedItem(client, recordOf(item), {
      also: [set],
      when: `#schema = :schema AND deliveries.#to.#status = :queued${condition && ` AND ${condition}`}`,
      names: { to: item.destination },
      values: { queued: 'queued', schema: SCHEMA, ...values },
    });
    return changed && fromItem(MessageState, changed).deliveries[item.destination];
  }

  /** Leads: when no message does, when its time is over, or in place of `from`. */
  function lead({ messageId, ...item }: OutboxItem, until: number, from: string): Promise<boolean> {
    return changeItem(client, pointerOf(item), acquiring({ owner: messageId, until, now: now(), from }));
  }

  const leaderOf = async (item: OutboxItem) => (await getItem(client, pointerOf(item), Pointer))?.leaseOwner;

  return {
    async gather(item, untilMs) {
      let from = item.messageId;
      for (let tries = 0; tries < TRIES; tries += 1) {
        if (await lead(item, untilMs, from)) return;
        from = (await leaderOf(item)) ?? from;
        const joined = await change(
          { ...item, messageId: from },
          'deliveries.#to.gathered = list_append(if_not_exists(deliveries.#to.gathered, :none), :me)',
          'attribute_not_exists(deliveries.#to.closed) AND ' +
            '(attribute_not_exists(deliveries.#to.gathered) OR size(deliveries.#to.gathered) < :most)',
          { none: [], me: [item.messageId], most: MOST },
        );
        if (joined) return;
      }
    },

    async close(item) {
      const me = item.messageId;
      const own = await change(
        item,
        'deliveries.#to.closed = :me',
        `attribute_not_exists(deliveries.#to.mergedInto) AND ${CLOSED_BY_ME}`,
        { me },
      );
      const gathered = own?.gathered;
      if (!own || gathered) return gathered ?? [];
      const leader = await leaderOf(item);
      if (leader === undefined || leader === me) return [];
      const theirs = await change(
        { ...item, messageId: leader },
        'deliveries.#to.closed = :me',
        `contains(deliveries.#to.gathered, :me) AND ${CLOSED_BY_ME}`,
        { me },
      );
      if (!theirs) return [];
      const others = [leader, ...(theirs.gathered ?? []).filter((id) => id !== me)];
      await change(item, 'deliveries.#to.gathered = :others', '', { others });
      return others;
    },

    async adopt(item, head) {
      const adopted = await change(
        item,
        'deliveries.#to.mergedInto = :me',
        'deliveries.#to.done = :zero AND size(deliveries.#to.attempts) = :zero AND ' +
          `(attribute_not_exists(deliveries.#to.mergedInto) OR deliveries.#to.mergedInto = :me) AND ${CLOSED_BY_ME}`,
        { me: head, zero: 0 },
      );
      if (adopted) return true;
      // it has its outcome already, from a delivery of this head that is now repeated
      const { Item } = await client.send(new GetItemCommand({ ...recordOf(item), ConsistentRead: true }));
      const [state] = Item ? readable(MessageState, [Item], { table, keeping: KEEPING }) : [];
      return state?.deliveries[item.destination]?.mergedInto === head;
    },
  };
}
