import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CallbackQueue } from '../events/event.ts';
import { queueText } from './queue-text.ts';

/** Callbacks on an SQS standard queue; DingTalk promises no order, so none is kept. */
export function createCallbackQueue(client: SQSClient, queueUrl: string): CallbackQueue {
  return {
    async put(callback, abortSignal) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: queueText(callback) });
      await client.send(command, abortSignal ? { abortSignal } : {});
    },
  };
}
