import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { InboundQueue } from '../files/inbound.ts';
import { queueText } from './queue-text.ts';

/** Received files that wait to be fetched, on an SQS standard queue. */
export function createInboundQueue(client: SQSClient, queueUrl: string): InboundQueue {
  return {
    async put(inbound) {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: queueText(inbound) }));
    },
  };
}
