import * as v from 'valibot';
import { ServiceError } from '../errors.ts';
import type { CallbackQueue } from '../events/event.ts';
import type { JsonCall } from './json-call.ts';
import { queueText } from './queue-text.ts';

/** SQS takes ten messages a call. */
const BATCH = 10;
const Outcome = v.object({ Failed: v.optional(v.array(v.object({ Code: v.string() })), []) });

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
      for (let from = 0; from < callbacks.length; from += BATCH) {
        const Entries = callbacks
          .slice(from, from + BATCH)
          .map((callback, index) => ({ Id: String(index), MessageBody: queueText(callback) }));
        const answer = await call('AmazonSQS.SendMessageBatch', { QueueUrl: queueUrl, Entries });
        const [failed] = v.parse(Outcome, answer).Failed;
        if (failed) throw new ServiceError('callbacks.putAll', { code: failed.Code, retryable: true });
      }
    },
  };
}
