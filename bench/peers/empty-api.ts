import { randomUUID } from 'node:crypto';
import { createJsonCall } from '../../lib/aws/json-call.ts';

const { AWS_REGION: region = '', EMPTY_QUEUE_URL: url = '' } = process.env;
const call = createJsonCall({ url, service: 'sqs', region, timeoutMs: 5_000, attempts: 3 });

/** The empty chain, its first half: puts what it was sent into a queue, and keeps nothing. */
export const handler = async ({ body }: { body: string }) => {
  const id = randomUUID();
  const entry = { MessageBody: body, MessageGroupId: 'one', MessageDeduplicationId: id };
  await call('AmazonSQS.SendMessage', { QueueUrl: url, ...entry });
  return { statusCode: 202, body: JSON.stringify({ id }) };
};
