import type { TaskQueue } from '../../tasks/store.ts';
import type { JsonCall } from '../json-call.ts';
import { queueText } from './queue-text.ts';

/** Tasks to follow, on an SQS FIFO queue: a task is a group, and a version comes once. */
export function createTaskQueue(call: JsonCall, queueUrl: string): TaskQueue {
  return {
    async put(taskId, version) {
      await call('AmazonSQS.SendMessage', {
        QueueUrl: queueUrl,
        MessageBody: queueText({ taskId }),
        MessageGroupId: taskId,
        MessageDeduplicationId: `${taskId}-${version}`,
      });
    },
  };
}
