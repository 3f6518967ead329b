import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { TaskQueue } from '../tasks/store.ts';
import { queueText } from './queue-text.ts';

/** Tasks to follow, on an SQS FIFO queue: a task is a group, and a version comes once. */
export function createTaskQueue(client: SQSClient, queueUrl: string): TaskQueue {
  return {
    async put(taskId, version) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: queueText({ taskId }),
          MessageGroupId: taskId,
          MessageDeduplicationId: `${taskId}-${version}`,
        }),
      );
    },
  };
}
