import * as v from 'valibot';
import { chunks } from '../../base/chunks.ts';
import { ServiceError } from '../../base/errors.ts';
import type { JsonCall } from '../json-call.ts';

/** SQS takes ten messages a call. */
const BATCH = 10;
const Outcome = v.object({ Failed: v.optional(v.array(v.object({ Code: v.string() })), []) });

type QueuedMessage = { MessageBody: string; MessageGroupId?: string; MessageDeduplicationId?: string };

/** Puts many messages into an SQS queue. @throws ServiceError when one of them was not taken; others may have been. */
export async function sendBatch(call: JsonCall, QueueUrl: string, messages: readonly QueuedMessage[]): Promise<void> {
  for (const some of chunks(messages, BATCH)) {
    const Entries = some.map((message, index) => ({ Id: String(index), ...message }));
    const [failed] = v.parse(Outcome, await call('AmazonSQS.SendMessageBatch', { QueueUrl, Entries })).Failed;
    if (failed) throw new ServiceError('AmazonSQS.SendMessageBatch', { code: failed.Code, retryable: true });
  }
}
