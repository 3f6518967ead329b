import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as v from 'valibot';
import { ServiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { failure } from './failure.ts';
import { type Hide, holdRecords } from './hold.ts';
import { BrokenBody, historyOf, isGivenUp, parseBody, pauseFor, startPauseFor } from './patience.ts';

/**
 * What a record's work may say: nothing when it is done, how long to keep it away before it is tried again, or `later`:
 * as long as its age asks for.
 */
export type RecordOutcome = { retryInMs: number } | 'later' | undefined;

/**
 * `recordId` is the same at each try of a record, which was received `receives` times, first at `since` (epoch ms); `following`
 * more records of its batch and group wait behind it.
 */
export type Turn = { recordId: string; receives: number; since: number; following: number };

/** The queue behind a function. */
export type WorkedQueue = {
  hide: Hide;
  /** Puts a record into the dead letters of its queue. */
  setAside(record: { id: string; body: string; group: string | undefined }): Promise<void>;
  /** Notes that work on a record begins; answers all its starts without an end, this one included. */
  begun(recordId: string, start: string): Promise<string[]>;
  /** Takes that back: it did not begin after all, or its worker ends for another reason. */
  spared(recordId: string, start: string): Promise<void>;
  /** Notes that a record killed nobody. */
  ended(recordId: string): Promise<void>;
};

/** Renewed four times in this time: so soon the records of a dead worker come back. */
const HOLD_MS = 12_000;
/** Whether a record kills its worker is noted from its fourth receive on: until then an accident is likelier. */
const CALM_RECEIVES = 3;
/** A record that killed its worker this often, from then on with nothing beside it, is set aside. */
const MOST_DEATHS = 5;
/**
 * A record comes back before its worker's time is over if that one died: its hold ends then. One that comes back later
 * waited behind others, or ran out of time, which is likelier, and had no time to say so: so many of those count as one death.
 */
const LATE_ONES_OF_A_DEATH = 10;
/**
 * So long before its time is over a worker says that it does not die of its records: what kept it waiting is around it. Early,
 * since a machine that is slow says it late.
 */
const LAST_WORDS_MS = 10_000;
/** Of several that may have killed a worker one is worked on; the others come back within this time. */
const SUSPECTS_PAUSE_MS = 3_000;

type Clock = Pick<Context, 'getRemainingTimeInMillis'>;

type QueueHandlerOptions<D, S extends v.GenericSchema> = {
  /** What it takes to give records back: less than the function needs, so that it can when the rest is missing. */
  queue: () => Promise<WorkedQueue>;
  ready: () => Promise<D>;
  log: Log;
  schema: S;
  run(deps: NoInfer<D>, input: v.InferOutput<S>, turn: Turn): Promise<RecordOutcome>;
  /** Once all records are through; should it fail, they stay what they are. */
  end?(deps: NoInfer<D>): Promise<void>;
  /** Notes in the record of the work that it was given up, and why. */
  gaveUp?(deps: NoInfer<D>, input: v.InferOutput<S>, error: unknown): Promise<void>;
  /** A record is begun only while the invocation has more time left than this (ms). */
  reserveMs?: number;
  /** For how long (ms) records stay hidden without a sign of their worker. */
  holdMs?: number;
  now?: () => number;
  random?: () => number;
};

/**
 * One Lambda behind an SQS queue with partial batch responses. On a FIFO queue a group goes in order and stops at its
 * first record that has to wait or failed; what stands behind it goes back for the same time, since a later visibility
 * there would hold up the whole group. Everything else runs side by side. What may pass is tried for days; what breaks
 * its worker goes to the dead letters.
 */
export function queueHandler<D, S extends v.GenericSchema>(options: QueueHandlerOptions<D, S>) {
  const { queue, ready, log, end, holdMs = HOLD_MS, now = Date.now, random = Math.random } = options;
  return async (event: SQSEvent, context?: Clock): Promise<SQSBatchResponse> => {
    const worked = await queue();
    const timeLeft = () => context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
    const at = now();
    const until = at + timeLeft();
    const atOnce = event.Records.some((record) => isWatched(historyOf(record, at)));
    const { giveBack, stop } = await holdRecords(worked.hide, event.Records, {
      holdMs,
      timeLeftMs: timeLeft(),
      atOnce,
    });
    try {
      const deps = await started(ready, log);
      if (deps === undefined) {
        const pauseOf = (record: SQSRecord) => startPauseFor(historyOf(record, now()).ageMs, random);
        const oldest = Math.min(...event.Records.map(pauseOf));
        await giveBack(event.Records, oldest);
        return failed(event.Records);
      }
      const left = await workOff(
        { ...options, now, random },
        { at, until, worked, deps: deps.value, giveBack, timeLeft },
        event,
      );
      await end?.(deps.value).catch((error: unknown) => log.error('batch-end-failed', failure(error)));
      return failed(left);
    } finally {
      stop();
    }
  };
}

async function started<D>(ready: () => Promise<D>, log: Log): Promise<{ value: D } | undefined> {
  try {
    return { value: await ready() };
  } catch (error) {
    log.error('start-failed', failure(error));
    return undefined;
  }
}

function failed(records: readonly SQSRecord[]): SQSBatchResponse {
  return { batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

type Options<D, S extends v.GenericSchema> = QueueHandlerOptions<D, S> & { now: () => number; random: () => number };
type Batch<D> = {
  /** When the worker was called, and until when it may run (epoch ms). */
  at: number;
  until: number;
  worked: WorkedQueue;
  deps: D;
  giveBack(records: readonly SQSRecord[], ms: number): Promise<void>;
  timeLeft: () => number;
};

/** Answers the records that are not done. */
async function workOff<D, S extends v.GenericSchema>(options: Options<D, S>, batch: Batch<D>, { Records }: SQSEvent) {
  const groups = Map.groupBy(Records, (record) => record.attributes.MessageGroupId ?? record.messageId);
  const suspects: SQSRecord[][] = [];
  const first = await Promise.all(
    [...groups.values()].map((records) => runGroup(options, batch, records, (rest) => void suspects.push(rest))),
  );
  const one = hasTime(options, batch) ? suspects.shift() : undefined;
  const putOff = async (records: SQSRecord[], ms: number) => {
    if (records[0]) await spared(options, batch, records[0]);
    return later(batch, records, ms);
  };
  await Promise.all(suspects.map((records) => putOff(records, Math.round(options.random() * SUSPECTS_PAUSE_MS))));
  const runLast = (records: SQSRecord[]) =>
    hasTime(options, batch) ? runGroup(options, batch, records) : putOff(records, 0);
  const last = one ? await runLast(one) : [];
  return [...first.flat(), ...suspects.flat(), ...last];
}

/**
 * Works off a group in its order; answers what is not done. `suspect` takes what stands from a record on that may have
 * killed its worker: without it the first record is known to be one, and runs.
 */
async function runGroup<D, S extends v.GenericSchema>(
  options: Options<D, S>,
  batch: Batch<D>,
  records: SQSRecord[],
  suspect?: (rest: SQSRecord[]) => void,
): Promise<SQSRecord[]> {
  for (const [index, record] of records.entries()) {
    const rest = records.slice(index);
    const isKnown = suspect === undefined && index === 0;
    if (!hasTime(options, batch)) return later(batch, rest, 0);
    const { isSuspect, deaths } = isKnown ? { isSuspect: false, deaths: 0 } : await pastOf(options, batch, record);
    if (isSuspect && deaths < MOST_DEATHS && suspect) {
      suspect(rest);
      return [];
    }
    const outcome =
      deaths < MOST_DEATHS
        ? await runOne(options, batch, { record, following: rest.length - 1 })
        : await setAside(options, batch, record, deadWorkers());
    if (outcome === 'done') continue;
    return later(batch, rest, outcome.retryInMs);
  }
  return [];
}

function isWatched({ receives }: { receives: number }): boolean {
  return receives > CALM_RECEIVES;
}

/** Whether there is time to begin another record. */
function hasTime({ reserveMs = 0 }: { reserveMs?: number }, { timeLeft }: Pick<Batch<unknown>, 'timeLeft'>): boolean {
  return timeLeft() > reserveMs;
}

async function later<D>({ giveBack }: Batch<D>, records: SQSRecord[], ms: number): Promise<SQSRecord[]> {
  await giveBack(records, ms);
  return records;
}

/** Whether a worker may have died of a record, and how many did, as far as it is known. */
async function pastOf<D, S extends v.GenericSchema>(options: Options<D, S>, batch: Batch<D>, record: SQSRecord) {
  if (!isWatched(historyOf(record, options.now()))) return { isSuspect: false, deaths: 0 };
  const start = startOf(options, batch, record);
  const starts = await batch.worked.begun(record.messageId, start).catch(() => [start]);
  return { isSuspect: starts.length > 1, deaths: deathsOf(starts) };
}

/** A start of work: at which receive, when its worker was called, and until when it may run (epoch ms). */
function startOf<D, S extends v.GenericSchema>({ now }: Options<D, S>, { at, until }: Batch<D>, record: SQSRecord) {
  return [historyOf(record, now()).receives, at, until].join(' ');
}

/** How many workers died, by the starts without an end; the last of them is going on. */
function deathsOf(starts: readonly string[]): number {
  const inTurn = starts.map((start) => start.split(' ').map(Number));
  inTurn.sort(([a = 0, atA = 0], [b = 0, atB = 0]) => a - b || atA - atB);
  const early = inTurn.filter(([, , until = 0], index) => {
    const [, back = Number.POSITIVE_INFINITY] = inTurn[index + 1] ?? [];
    return back < until;
  }).length;
  return early + Math.floor((starts.length - 1 - early) / LATE_ONES_OF_A_DEATH);
}

async function spared<D, S extends v.GenericSchema>(options: Options<D, S>, batch: Batch<D>, record: SQSRecord) {
  await batch.worked.spared(record.messageId, startOf(options, batch, record)).catch(() => undefined);
}

function deadWorkers(): ServiceError {
  return new ServiceError('queue.work', { code: 'worker_died', retryable: false });
}

async function runOne<D, S extends v.GenericSchema>(
  options: Options<D, S>,
  batch: Batch<D>,
  { record, following }: { record: SQSRecord; following: number },
): Promise<'done' | { retryInMs: number }> {
  const { schema, run, log, now, random } = options;
  const history = historyOf(record, now());
  const watched = isWatched(history);
  const endsInMs = batch.timeLeft() - LAST_WORDS_MS;
  const lastWords =
    watched && Number.isFinite(endsInMs) ? setTimeout(() => spared(options, batch, record), endsInMs) : undefined;
  try {
    const input = parseBody(schema, record.body);
    const outcome = await run(batch.deps, input, {
      recordId: record.messageId,
      receives: history.receives,
      since: Number(record.attributes.ApproximateFirstReceiveTimestamp) || now(),
      following,
    });
    if (outcome !== 'later') return outcome ?? 'done';
    return { retryInMs: pauseFor(history.ageMs, random) };
  } catch (error) {
    log.error('record-failed', { recordId: record.messageId, ...failure(error) });
    if (!isGivenUp(error, history)) return { retryInMs: pauseFor(history.ageMs, random) };
    return setAside(options, batch, record, error);
  } finally {
    clearTimeout(lastWords);
    if (watched) await batch.worked.ended(record.messageId).catch(() => undefined);
  }
}

/** Puts a record into the dead letters and notes it where its work is kept; what fails at that is tried again. */
async function setAside<D, S extends v.GenericSchema>(
  { log, schema, gaveUp, now, random }: Options<D, S>,
  { worked, deps }: Batch<D>,
  record: SQSRecord,
  why: unknown,
): Promise<'done' | { retryInMs: number }> {
  const { messageId: id, body, attributes } = record;
  try {
    await worked.setAside({ id, body, group: attributes.MessageGroupId });
    if (gaveUp && !(why instanceof BrokenBody)) await gaveUp(deps, parseBody(schema, body), why).catch(unlessItMayPass);
    log.error('record-set-aside', { recordId: id, ...failure(why) });
    return 'done';
  } catch (error) {
    log.error('record-failed', { recordId: id, ...failure(error) });
    return { retryInMs: pauseFor(historyOf(record, now()).ageMs, random) };
  }
}

/** A record that cannot be read cannot be noted in either. */
function unlessItMayPass(error: unknown): void {
  if (!isGivenUp(error, { receives: Number.POSITIVE_INFINITY, ageMs: 0 })) throw error;
}
