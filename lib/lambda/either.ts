import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** One Lambda behind a queue and an HTTP API: what brings records comes from the queue. */
export function eitherHandler<E extends object, A, C>(
  http: (event: E) => Promise<A>,
  queue: (event: SQSEvent, context?: C) => Promise<SQSBatchResponse>,
) {
  return async (event: E | SQSEvent, context?: C): Promise<A | SQSBatchResponse> =>
    'Records' in event ? queue(event, context) : http(event);
}
