import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Merges } from '../../messages/deliver/merge.ts';
import { Message, type OutboxItem } from '../../messages/message.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';
import { messageKey } from './message-key.ts';

/** Whom one message gathers at most; the next one leads anew. */
const MOST = 200;
/** Two callers may pass each other so often; then the message goes alone. */
const TRIES = 5;

/** Whoever closes a gathering may close it again, after a crash. */
const CLOSED_BY_ME = '(attribute_not_exists(deliveries.#to.closed) OR deliveries.#to.closed = :me)';

const Pointer = v.object({ leader: v.string() });

/** Gatherings, in the table of the messages: `merge#<destination>` says who leads. */
export function createMergeTable(client: DynamoDBClient, table: string, now: () => number): Merges {
  const pointerOf = ({ destination }: OutboxItem) => ({
    TableName: table,
    Key: toItem({ part: `merge#${destination}`, id: 'leader' }),
  });
  const recordOf = ({ messageId }: OutboxItem) => messageKey(table, messageId);
  /** Changes one delivery; answers the message, or undefined when the condition does not hold. */
  async function change(item: OutboxItem, set: string, condition: string, values: Record<string, unknown>) {
    const update = {
      ...recordOf(item),
      UpdateExpression: `SET ${set}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#to': item.destination, '#status': 'status' },
      ExpressionAttributeValues: toItem({ ':queued': 'queued', ...values }),
      ReturnValues: 'ALL_NEW' as const,
    };
    const done = await client.send(new UpdateItemCommand(update)).catch(refusedMeans(undefined));
    return done?.Attributes && fromItem(Message, done.Attributes);
  }

  /** Leads, when nobody does any more; or takes over from `from`. */
  async function lead(item: OutboxItem, untilMs: number, from: string): Promise<boolean> {
    const update = {
      ...pointerOf(item),
      UpdateExpression: 'SET leader = :me, untilMs = :until',
      ConditionExpression: 'attribute_not_exists(leader) OR untilMs <= :now OR leader = :from',
      ExpressionAttributeValues: toItem({ ':me': item.messageId, ':until': untilMs, ':now': now(), ':from': from }),
    };
    return client.send(new UpdateItemCommand(update)).then(() => true, refusedMeans(false));
  }

  async function leaderOf(item: OutboxItem): Promise<string | undefined> {
    const { Item } = await client.send(new GetItemCommand({ ...pointerOf(item), ConsistentRead: true }));
    return Item && fromItem(Pointer, Item).leader;
  }

  return {
    async gather(item, untilMs) {
      let from = item.messageId;
      for (let tries = 0; tries < TRIES; tries += 1) {
        if (await lead(item, untilMs, from)) return;
        from = (await leaderOf(item)) ?? from;
        const joined = await change(
          { ...item, messageId: from },
          'deliveries.#to.gathered = list_append(if_not_exists(deliveries.#to.gathered, :none), :me)',
          'deliveries.#to.#status = :queued AND attribute_not_exists(deliveries.#to.closed) AND ' +
            '(attribute_not_exists(deliveries.#to.gathered) OR size(deliveries.#to.gathered) < :most)',
          { ':none': [], ':me': [item.messageId], ':most': MOST },
        );
        if (joined) return;
      }
    },

    async close(item) {
      const me = item.messageId;
      const own = await change(
        item,
        'deliveries.#to.closed = :me',
        `deliveries.#to.#status = :queued AND attribute_not_exists(deliveries.#to.mergedInto) AND ${CLOSED_BY_ME}`,
        { ':me': me },
      );
      const gathered = own?.deliveries[item.destination]?.gathered;
      if (!own || gathered) return gathered ?? [];
      const leader = await leaderOf(item);
      if (leader === undefined || leader === me) return [];
      const theirs = await change(
        { ...item, messageId: leader },
        'deliveries.#to.closed = :me',
        `deliveries.#to.#status = :queued AND contains(deliveries.#to.gathered, :me) AND ${CLOSED_BY_ME}`,
        { ':me': me },
      );
      if (!theirs) return [];
      const others = [leader, ...(theirs.deliveries[item.destination]?.gathered ?? []).filter((id) => id !== me)];
      await change(item, 'deliveries.#to.gathered = :others', 'deliveries.#to.#status = :queued', {
        ':others': others,
      });
      return others;
    },

    async adopt(item, head) {
      const adopted = await change(
        item,
        'deliveries.#to.mergedInto = :me',
        'deliveries.#to.#status = :queued AND deliveries.#to.done = :zero AND size(deliveries.#to.attempts) = :zero AND ' +
          `(attribute_not_exists(deliveries.#to.mergedInto) OR deliveries.#to.mergedInto = :me) AND ${CLOSED_BY_ME}`,
        { ':me': head, ':zero': 0 },
      );
      if (adopted) return adopted;
      // it has its outcome already: a head that is carried again says the same again
      const { Item } = await client.send(new GetItemCommand({ ...recordOf(item), ConsistentRead: true }));
      const message = Item && fromItem(Message, Item);
      return message?.deliveries[item.destination]?.mergedInto === head ? message : undefined;
    },
  };
}
