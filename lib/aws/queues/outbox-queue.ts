import { sha256 } from '../../base/hash.ts';
import type { Outbox, OutboxItem } from '../../messages/message.ts';
import type { JsonCall } from '../json-call.ts';
import { queueText } from './queue-text.ts';
import { sendBatch } from './send-batch.ts';

/**
 * The outbox (and its dead letters) on an SQS FIFO queue: one group a destination and priority, one deduplication id a
 * message, destination and round.
 */
export function createOutboxQueue(call: JsonCall, queueUrl: string): Outbox {
  return {
    async put(items, round = '') {
      // names may hold characters that SQS does not take in ids
      const messages = items.map((item) => ({
        MessageBody: queueText(item),
        MessageGroupId: sha256(groupOf(item)),
        MessageDeduplicationId: sha256(`${item.messageId}\n${item.destination}\n${round}`),
      }));
      await sendBatch(call, queueUrl, messages);
    },
  };
}

/** High priority waits apart from the rest, so that it does not wait behind it. */
function groupOf({ destination, priority }: OutboxItem): string {
  return priority === 'high' ? `${destination}\nhigh` : destination;
}
