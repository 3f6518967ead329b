import { chunks } from '../../base/chunks.ts';
import type { JsonCall } from '../json-call.ts';

const LONGEST_VISIBILITY_S = 12 * 3600;
/** SQS takes ten records a call. */
const BATCH = 10;

/** The queue that a function works off, and its dead letters, both FIFO or neither. */
export function createWorkedQueue(call: JsonCall, { url, deadLettersUrl }: { url: string; deadLettersUrl: string }) {
  return {
    /** Keeps records invisible for `ms` from now (SQS counts whole seconds, twelve hours at most). */
    async hide(receiptHandles: readonly string[], ms: number): Promise<void> {
      const VisibilityTimeout = Math.min(LONGEST_VISIBILITY_S, Math.ceil(ms / 1000));
      for (const some of chunks(receiptHandles, BATCH)) {
        const Entries = some.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout }));
        await call('AmazonSQS.ChangeMessageVisibilityBatch', { QueueUrl: url, Entries });
      }
    },

    /** Puts a record into the dead letters; on FIFO a repeat is dropped. */
    async setAside({ id, body, group }: { id: string; body: string; group: string | undefined }): Promise<void> {
      const fifo = group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: id };
      await call('AmazonSQS.SendMessage', { QueueUrl: deadLettersUrl, MessageBody: body, ...fifo });
    },
  };
}
