import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as v from 'valibot';
import type { Log } from '../base/log.ts';
import { failure } from './failure.ts';

/** What a record's work may say: nothing when it is done, or how long to keep it away before it is tried again. */
export type RecordOutcome = { retryInMs: number } | undefined;

const AFTER_FAILURE_MS = 10_000;
const AT_ONCE = { retryInMs: 0 };

type Clock = Pick<Context, 'getRemainingTimeInMillis'>;

type QueueHandlerOptions<D, S extends v.GenericSchema> = {
  ready: () => Promise<D>;
  log: Log;
  schema: S;
  /** `following` more records of the batch and its group wait behind this one. */
  run(deps: NoInfer<D>, input: v.InferOutput<S>, following: number): Promise<RecordOutcome>;
  /** Once all records are through; should it fail, they stay what they are. */
  end?(deps: NoInfer<D>): Promise<void>;
  /** A record is begun only while the invocation has more time left than this (ms). */
  reserveMs?: number;
  /** For long work: the record stays hidden for so long at a time, so that it comes back that soon when its worker dies. */
  hiddenMs?: number;
  /** Gives a record back to the queue, invisible for `ms`. */
  giveBack?(deps: NoInfer<D>, receiptHandle: string, ms: number): Promise<void>;
};

/**
 * One Lambda behind an SQS queue with partial batch responses. On a FIFO queue a group goes in order and stops at its
 * first record that has to wait or failed; what stands behind it goes back for the same time, since a later visibility
 * there would hold up the whole group. Everything else runs side by side.
 */
export function queueHandler<D, S extends v.GenericSchema>({
  ready,
  log,
  schema,
  run,
  end,
  reserveMs = 0,
  hiddenMs,
  giveBack,
}: QueueHandlerOptions<D, S>) {
  async function runOne(
    deps: D,
    record: SQSRecord,
    following: number,
  ): Promise<'done' | 'failed' | { retryInMs: number }> {
    const stop = await stayHidden(deps, record);
    try {
      const outcome = await run(deps, v.parse(schema, JSON.parse(record.body)), following);
      return outcome ?? 'done';
    } catch (error) {
      log.error('record-failed', { recordId: record.messageId, ...failure(error) });
      return 'failed';
    } finally {
      stop();
    }
  }

  /** A beat that fails is made up for by the next two. */
  async function stayHidden(deps: D, { receiptHandle }: SQSRecord): Promise<() => void> {
    if (hiddenMs === undefined || !giveBack) return () => undefined;
    const beat = () => giveBack(deps, receiptHandle, hiddenMs).catch(() => undefined);
    await beat();
    const timer = setInterval(beat, hiddenMs / 3);
    return () => clearInterval(timer);
  }

  async function runGroup(deps: D, records: SQSRecord[], timeLeft: () => number): Promise<SQSRecord[]> {
    for (const [index, record] of records.entries()) {
      const following = records.length - index - 1;
      const outcome = timeLeft() > reserveMs ? await runOne(deps, record, following) : AT_ONCE;
      if (outcome === 'done') continue;
      const rest = records.slice(index);
      const waitMs = outcome === 'failed' ? AFTER_FAILURE_MS : outcome.retryInMs;
      // A record that cannot be given back early comes back by itself when the queue's visibility timeout ends.
      await Promise.allSettled(rest.map(async ({ receiptHandle }) => giveBack?.(deps, receiptHandle, waitMs)));
      return rest;
    }
    return [];
  }

  return async (event: SQSEvent, context?: Clock): Promise<SQSBatchResponse> => {
    const deps = await ready();
    const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? record.messageId);
    const timeLeft = () => context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
    const left = await Promise.all([...groups.values()].map((records) => runGroup(deps, records, timeLeft)));
    await end?.(deps).catch((error: unknown) => log.error('batch-end-failed', failure(error)));
    return { batchItemFailures: left.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
