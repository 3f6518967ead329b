import type { RecordQueue } from '../../records/record.ts';
import type { JsonCall } from '../json-call.ts';
import { queueText } from './queue-text.ts';

/** Records to follow, on an SQS FIFO queue: a record is a group, and a version comes once. */
export function createRecordQueue(call: JsonCall, queueUrl: string): RecordQueue {
  return {
    async put(id, version) {
      await call('AmazonSQS.SendMessage', {
        QueueUrl: queueUrl,
        MessageBody: queueText({ id }),
        MessageGroupId: id,
        MessageDeduplicationId: `${id}-${version}`,
      });
    },
  };
}
