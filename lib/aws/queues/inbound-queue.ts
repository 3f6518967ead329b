import type { InboundQueue } from '../../files/inbound.ts';
import type { JsonCall } from '../json-call.ts';
import { queueText } from './queue-text.ts';

/** Received files that wait to be fetched, on an SQS standard queue. */
export function createInboundQueue(call: JsonCall, queueUrl: string): InboundQueue {
  return {
    async put(inbound) {
      await call('AmazonSQS.SendMessage', { QueueUrl: queueUrl, MessageBody: queueText(inbound) });
    },
  };
}
