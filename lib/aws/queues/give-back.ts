import type { JsonCall } from '../json-call.ts';

const LONGEST_VISIBILITY_S = 12 * 3600;

/** Gives a record back to its queue, invisible for `ms` (SQS counts whole seconds, twelve hours at most). */
export function createGiveBack(call: JsonCall, queueUrl: string) {
  return async (receiptHandle: string, ms: number): Promise<void> => {
    const VisibilityTimeout = Math.min(LONGEST_VISIBILITY_S, Math.ceil(ms / 1000));
    const input = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout };
    await call('AmazonSQS.ChangeMessageVisibility', input);
  };
}
