import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';

const LONGEST_VISIBILITY_S = 12 * 3600;

/** Gives a record back to its queue, invisible for `ms` (SQS counts whole seconds, twelve hours at most). */
export function createGiveBack(client: SQSClient, queueUrl: string) {
  return async (receiptHandle: string, ms: number): Promise<void> => {
    const VisibilityTimeout = Math.min(LONGEST_VISIBILITY_S, Math.ceil(ms / 1000));
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }),
    );
  };
}
