import type { SourceQueue } from '../../sources/source.ts';
import type { JsonCall } from '../json-call.ts';
import { queueText } from './queue-text.ts';

/** What senders delivered, on an SQS FIFO queue: each source in its order, a repeat within five minutes once. */
export function createSourceQueue(call: JsonCall, queueUrl: string): SourceQueue {
  return {
    async put(received, identity) {
      await call('AmazonSQS.SendMessage', {
        QueueUrl: queueUrl,
        MessageBody: queueText(received),
        MessageGroupId: received.source,
        MessageDeduplicationId: identity,
      });
    },
  };
}
