import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { ServiceError } from '../errors.ts';
import type { CallbackQueue } from '../events/event.ts';
import { queueText } from './queue-text.ts';

/** SQS takes ten messages a call. */
const BATCH = 10;

/** Callbacks on an SQS standard queue; DingTalk promises no order, so none is kept. */
export function createCallbackQueue(client: SQSClient, queueUrl: string): CallbackQueue {
  return {
    async put(callback, abortSignal) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: queueText(callback) });
      await client.send(command, abortSignal ? { abortSignal } : {});
    },

    async check() {
      await client.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }));
    },

    async putAll(callbacks) {
      for (let from = 0; from < callbacks.length; from += BATCH) {
        const Entries = callbacks
          .slice(from, from + BATCH)
          .map((callback, index) => ({ Id: String(index), MessageBody: queueText(callback) }));
        const { Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        if (Failed?.length) {
          throw new ServiceError('callbacks.putAll', { code: Failed[0]?.Code ?? 'queue_refused', retryable: true });
        }
      }
    },
  };
}
