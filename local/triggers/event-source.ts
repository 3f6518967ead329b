import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { retry } from '../../lib/base/retry.ts';
import { sqsEvent, succeeded } from './sqs-event.ts';

/** As many batches of one queue run side by side: Lambda starts with five pollers too. */
const POLLERS = 5;
const LONG_POLL_SECONDS = 20;
const MIN_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5_000;
/** So long a batch is kept for functions that are not there: shorter than any queue hides it. */
const KEPT_MS = 20_000;

/** The function did not even begin. */
export class NotRun extends Error {
  override readonly name = 'NotRun';
}

export type Trigger = {
  functionName: string;
  queueUrl: string;
  queueArn: string;
  batchSize: number;
  /** `functionResponseType: ReportBatchItemFailures` */
  partial: boolean;
};

/** Runs the function once; throws when the function failed, and `NotRun` when nothing took the call. */
export type Invoke = (functionName: string, event: SQSEvent, signal: AbortSignal) => Promise<unknown>;

export type EventSourceOptions = {
  sqs: SQSClient;
  region: string;
  triggers: readonly Trigger[];
  invoke: Invoke;
  /** A function that failed or a queue that could not be asked. */
  onProblem: (trigger: Trigger, error: unknown) => void;
  pollers?: number;
};

/**
 * Plays Lambda's SQS event sources: receive, invoke, delete what succeeded. What failed is left to its visibility
 * timeout (which the function may have changed) and to the queue's redrive policy. What could not be run at all is tried
 * again, as Lambda does.
 */
export function startEventSources({ triggers, pollers = POLLERS, ...options }: EventSourceOptions) {
  const stopping = new AbortController();
  const loops = triggers.flatMap((trigger) =>
    Array.from({ length: pollers }, () => poll(trigger, options, stopping.signal)),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

type PollOptions = Omit<EventSourceOptions, 'triggers' | 'pollers'>;

async function poll(trigger: Trigger, options: PollOptions, signal: AbortSignal) {
  let backoff = MIN_BACKOFF_MS;
  while (!signal.aborted) {
    try {
      const messages = await receive(trigger, options.sqs, signal);
      if (messages.length > 0) await handle(trigger, messages, options, signal);
      backoff = MIN_BACKOFF_MS;
    } catch (error) {
      if (signal.aborted) return;
      options.onProblem(trigger, error);
      // A queue that is gone comes back with the next start at the earliest.
      if (error instanceof QueueDoesNotExist) return;
      await delay(backoff, undefined, { signal }).catch(() => undefined);
      backoff = Math.min(backoff * 2, MAX_BACKOFF_MS);
    }
  }
}

async function receive({ queueUrl, batchSize }: Trigger, sqs: SQSClient, abortSignal: AbortSignal) {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(batchSize, 10),
    WaitTimeSeconds: LONG_POLL_SECONDS,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  const { Messages = [] } = await sqs.send(command, { abortSignal });
  return Messages;
}

async function handle(
  trigger: Trigger,
  messages: Message[],
  { sqs, region, invoke }: PollOptions,
  signal: AbortSignal,
) {
  const event = sqsEvent(messages, trigger.queueArn, region);
  const until = Date.now() + KEPT_MS;
  const run = () => invoke(trigger.functionName, event, signal);
  const answer = await retry(run, {
    tries: Number.POSITIVE_INFINITY,
    mayPass: (error) => error instanceof NotRun && Date.now() < until,
    pause: () => delay(MIN_BACKOFF_MS, true, { signal }),
  });
  const done = trigger.partial ? succeeded(messages, answer) : messages;
  if (done.length === 0) return;
  const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: trigger.queueUrl, Entries }));
}
