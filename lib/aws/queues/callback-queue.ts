import type { CallbackQueue } from '../../events/event.ts';
import type { JsonCall } from '../json-call.ts';
import { queueText } from './queue-text.ts';
import { sendBatch } from './send-batch.ts';

/** Callbacks on an SQS standard queue; DingTalk promises no order, so none is kept. */
export function createCallbackQueue(call: JsonCall, queueUrl: string): CallbackQueue {
  return {
    async put(callback, signal) {
      await call('AmazonSQS.SendMessage', { QueueUrl: queueUrl, MessageBody: queueText(callback) }, signal);
    },

    async check() {
      await call('AmazonSQS.GetQueueAttributes', { QueueUrl: queueUrl, AttributeNames: ['QueueArn'] });
    },

    async putAll(callbacks) {
      const messages = callbacks.map((callback) => ({ MessageBody: queueText(callback) }));
      await sendBatch(call, queueUrl, messages);
    },
  };
}
