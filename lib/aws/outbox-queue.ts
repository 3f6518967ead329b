import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ServiceError } from '../errors.ts';
import type { Outbox, OutboxItem } from '../messages/message.ts';
import { queueText } from './queue-text.ts';

/** SQS takes ten messages a call. */
const BATCH = 10;

/**
 * The outbox (and its dead letters) on an SQS FIFO queue: one group a destination and priority, one deduplication id a
 * message, destination and round.
 */
export function createOutboxQueue(client: SQSClient, queueUrl: string): Outbox {
  return {
    async put(items, round = '') {
      for (let from = 0; from < items.length; from += BATCH) {
        const Entries = items.slice(from, from + BATCH).map((item, index) => ({
          Id: String(index),
          MessageBody: queueText(item),
          MessageGroupId: short(groupOf(item)),
          MessageDeduplicationId: short(`${item.messageId}\n${item.destination}\n${round}`),
        }));
        const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        if (Failed?.length) {
          throw new ServiceError('outbox.put', { code: Failed[0]?.Code ?? 'queue_refused', retryable: true });
        }
      }
    },
  };
}

/** High priority waits apart from the rest, so that it does not wait behind it. */
function groupOf({ destination, priority }: OutboxItem): string {
  return priority === 'high' ? `${destination}\nhigh` : destination;
}

/** Names may hold characters that SQS ids may not. */
function short(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
