import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ServiceError } from '../errors.ts';
import type { Outbox, OutboxItem } from '../messages/message.ts';
import { queueText } from './queue-text.ts';

/** SQS takes ten messages a call. */
const BATCH = 10;

/** The outbox on an SQS FIFO queue: one group a destination, one deduplication id a message and destination. */
export function createOutboxQueue(client: SQSClient, queueUrl: string): Outbox {
  return {
    async put(items) {
      for (let from = 0; from < items.length; from += BATCH) {
        const Entries = items.slice(from, from + BATCH).map((item, index) => ({
          Id: String(index),
          MessageBody: queueText(item),
          MessageGroupId: short(item.destination),
          MessageDeduplicationId: short(dedupeKey(item)),
        }));
        const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        if (Failed?.length) {
          throw new ServiceError('outbox.put', { code: Failed[0]?.Code ?? 'queue_refused', retryable: true });
        }
      }
    },
  };
}

function dedupeKey({ messageId, destination }: OutboxItem): string {
  return `${messageId}\n${destination}`;
}

/** Names may hold characters that SQS ids may not. */
function short(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
