import * as v from 'valibot';
import { sha256 } from '../../base/hash.ts';
import { laneOf } from '../../messages/deliver/lanes.ts';
import type { Outbox } from '../../messages/message.ts';
import type { JsonCall } from '../json-call.ts';
import { queueText } from './queue-text.ts';
import { sendBatch } from './send-batch.ts';

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;
const Counted = v.object({ Attributes: v.record(v.string(), v.string()) });

/**
 * The outbox (and its dead letters) on an SQS FIFO queue: one group a destination and priority, one deduplication id a
 * message, destination and round.
 */
export function createOutboxQueue(call: JsonCall, queueUrl: string): Outbox & { isEmpty(): Promise<boolean> } {
  return {
    async put(items, round = '') {
      // names may hold characters that SQS does not take in ids
      const messages = items.map((item) => ({
        MessageBody: queueText(item),
        MessageGroupId: sha256(laneOf(item)),
        MessageDeduplicationId: sha256(`${item.messageId}\n${item.destination}\n${round}`),
      }));
      await sendBatch(call, queueUrl, messages);
    },

    async isEmpty() {
      const asked = { QueueUrl: queueUrl, AttributeNames: COUNTS };
      const { Attributes } = v.parse(Counted, await call('AmazonSQS.GetQueueAttributes', asked));
      return COUNTS.every((name) => Number(Attributes[name] ?? 0) === 0);
    },
  };
}
