import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { Message, type MessageStore, type OutboxItem } from '../messages/message.ts';
import { fromItem, refusedMeans, toItem } from './item.ts';

/** Records are kept for this long after they were accepted. */
const KEEP_S = 90 * 24 * 3600;

/** Messages: one item each, keyed by `id`, with a map of deliveries by destination name. */
export function createMessageTable(client: DynamoDBClient, table: string): MessageStore {
  const keyOf = (item: OutboxItem) => ({ TableName: table, Key: toItem({ id: item.messageId }) });

  return {
    async create(message) {
      const ttl = Math.floor(Date.parse(message.createdAt) / 1000) + KEEP_S;
      const put = {
        TableName: table,
        Item: toItem({ ...message, ttl }),
        ConditionExpression: 'attribute_not_exists(id)',
      };
      return client.send(new PutItemCommand(put)).then(() => true, refusedMeans(false));
    },

    async get(id) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: toItem({ id }), ConsistentRead: true }),
      );
      return Item && fromItem(Message, Item);
    },

    async start(item, again) {
      await client.send(
        new UpdateItemCommand({
          ...keyOf(item),
          UpdateExpression: `SET deliveries.#to.#status = :sending${again ? ', deliveries.#to.possibleDuplicate = :yes' : ''}`,
          ConditionExpression: 'deliveries.#to.#status IN (:queued, :sending)',
          ExpressionAttributeNames: { '#to': item.destination, '#status': 'status' },
          ExpressionAttributeValues: toItem({
            ':sending': 'sending',
            ':queued': 'queued',
            ':yes': again ? true : undefined,
          }),
        }),
      );
    },

    async record(item, { attempt, ...outcome }) {
      const entries = Object.entries(outcome).filter(([, value]) => value !== undefined);
      const sets = entries.map(([name]) => `deliveries.#to.#${name} = :${name}`);
      if (attempt) sets.push('deliveries.#to.attempts = list_append(deliveries.#to.attempts, :attempts)');
      await client
        .send(
          new UpdateItemCommand({
            ...keyOf(item),
            UpdateExpression: `SET ${sets.join(', ')}`,
            ConditionExpression: 'deliveries.#to.#status IN (:queued, :sending)',
            ExpressionAttributeNames: {
              '#to': item.destination,
              ...Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
            },
            ExpressionAttributeValues: toItem({
              ':queued': 'queued',
              ':sending': 'sending',
              ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
              ...(attempt && { ':attempts': [attempt] }),
            }),
          }),
        )
        .catch(refusedMeans(undefined));
    },
  };
}
