import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { agree } from '../agree.ts';
import type { Command, Given } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { describe } from '../stage/dead-letter.ts';
import { depthOf, type QueuePair, queuesOf } from '../stage/queues.ts';
import { type Target, targetOf } from '../stage/target.ts';
import type { Io } from '../terminal.ts';

/** A dead letter is held for so long while it is looked at or moved. */
const HOLD_S = 60;
const MOST_SHOWN = 20;
const DEFAULT_PER_SECOND = 5;

const list: Command = {
  name: 'dlq list',
  summary: 'how many dead letters each queue has, and since when',
  examples: ['dingdock dlq list', 'dingdock dlq list --stage prod --json'],
  async run(io, given) {
    const target = targetOf(io, given);
    const rows = await Promise.all((await queuesOf(target)).map((pair) => stateOf(target, pair)));
    target.close();
    const lines = rows.map(({ queue, dead, oldest }) => {
      const since = oldest === undefined ? '' : `, the oldest since ${oldest}`;
      return `${dead > 0 ? io.style.bad('✗') : io.style.good('✓')} ${queue}: ${dead} dead letters${since}`;
    });
    io.answer({ queues: rows }, ...lines);
    return EXIT.done;
  },
};

const show: Command = {
  name: 'dlq show',
  takes: '[queue]',
  summary: 'what the dead letters are and why they failed, without what is secret in them',
  options: { limit: { type: 'string', value: '<n>', help: `how many at most (${MOST_SHOWN})` } },
  examples: ['dingdock dlq show outbox', 'dingdock dlq show events --limit 5 --json'],
  async run(io, given) {
    const target = targetOf(io, given);
    const pair = await pairNamed(target, given);
    const held = await hold(target.sqs, pair, given.figure('limit') ?? MOST_SHOWN);
    try {
      const letters = await Promise.all(held.map((letter) => describe(target, letter)));
      const lines = letters.map(({ id, since, receives, about, carried = [], why }) =>
        [
          `${id}  since ${since}  tried ${receives}×`,
          `  ${about}`,
          ...carried.map((one) => `  ${one}`),
          ...(why === undefined ? [] : [`  ${io.style.bad(why)}`]),
        ].join('\n'),
      );
      const told = letters.map(({ carried: _, ...letter }) => letter);
      io.answer(
        { queue: pair.name, letters: told },
        ...(lines.length > 0 ? lines : [`${pair.name} has no dead letters`]),
      );
    } finally {
      await release(target.sqs, pair, held);
      target.close();
    }
    return EXIT.done;
  },
};

const redrive: Command = {
  name: 'dlq redrive',
  takes: '[queue]',
  summary: 'put dead letters back to be tried anew, in their order and not too fast; first mend what broke them',
  options: {
    limit: { type: 'string', value: '<n>', help: 'how many at most; all that are there now without it' },
    'per-second': { type: 'string', value: '<n>', help: `how fast (${DEFAULT_PER_SECOND})` },
  },
  examples: [
    'dingdock dlq redrive outbox',
    'dingdock dlq redrive uploads --limit 1',
    'dingdock dlq redrive events --per-second 20 --stage prod',
  ],
  async run(io, given) {
    const target = targetOf(io, given);
    const pair = redrivable(await pairNamed(target, given));
    const perSecond = given.figure('per-second') ?? DEFAULT_PER_SECOND;
    const there = (await depthOf(target.sqs, pair.deadUrl)).waiting;
    const most = Math.min(given.figure('limit') ?? there, there);
    const moved = io.dryRun ? 0 : await move(io, target.sqs, pair, { most, perSecond });
    target.close();
    const words = io.dryRun
      ? `would put back ${most} of ${there} dead letters of ${pair.name}, ${perSecond} a second`
      : `${io.style.good('✓')} ${moved} of ${there} dead letters of ${pair.name} are back in their queue`;
    io.answer({ queue: pair.name, found: there, redriven: moved, ...(io.dryRun && { wouldRedrive: most }) }, words);
    if (io.signal.aborted) return EXIT.interrupted;
    return moved < most && !io.dryRun ? EXIT.pending : EXIT.done;
  },
};

/** Dead letters that have a queue to go back to. */
type Redrivable = QueuePair & { url: string };

/** @throws CliError for those of the schedule: its next run does what the failed one could not */
function redrivable({ url, ...pair }: QueuePair): Redrivable {
  if (url !== undefined) return { ...pair, url };
  const says = `dead letters of ${pair.name} come from no queue: they tell of runs that failed`;
  const first = `invoked receive-source with what topics delivered (payload of dingdock dlq show ${pair.name} --json)`;
  const remedy = `Once you have seen why, and ${first}: dingdock dlq clear ${pair.name}`;
  throw new CliError(EXIT.refused, 'no_queue', says, remedy);
}

/** A schedule comes again; an alarm does not, and its letter is the only copy. */
const LOST_OF_RUNS = 'What topics delivered is lost (dlq show tells it); later runs did the work of the others.';

const clear: Command = {
  name: 'dlq clear',
  takes: '[queue]',
  summary: 'delete the dead letters of a queue, for good; of those of the schedule, what topics delivered is lost',
  options: { yes: { type: 'boolean', help: 'agree beforehand' } },
  examples: ['dingdock dlq clear schedule --stage prod'],
  async run(io, given) {
    const target = targetOf(io, given);
    const pair = await pairNamed(target, given);
    const there = (await depthOf(target.sqs, pair.deadUrl)).waiting;
    const lost = pair.url === undefined ? LOST_OF_RUNS : 'What they are about is lost.';
    if (io.dryRun) {
      io.answer({ queue: pair.name, found: there }, `would delete ${there} dead letters of ${pair.name}. ${lost}`);
      return EXIT.done;
    }
    if (there > 0) await agree(io, given.flag('yes'), `Delete ${there} dead letters of ${pair.name}? ${lost}`);
    const held = there > 0 ? await hold(target.sqs, pair, there) : [];
    for (const { ReceiptHandle } of held)
      await target.sqs.send(new DeleteMessageCommand({ QueueUrl: pair.deadUrl, ReceiptHandle }));
    target.close();
    io.answer({ queue: pair.name, found: there, deleted: held.length }, `${io.style.good('✓')} ${held.length} deleted`);
    return EXIT.done;
  },
};

type Pace = { most: number; perSecond: number };

/**
 * Sends first and deletes then, so that a crash repeats a letter and loses none; whoever works on it knows what is done.
 * What comes to the dead letters meanwhile stays: it is the same trouble once more.
 */
async function move(io: Io, sqs: SQSClient, pair: Redrivable, { most, perSecond }: Pace): Promise<number> {
  const began = io.now();
  let moved = 0;
  while (moved < most && !io.signal.aborted) {
    const held = await hold(sqs, pair, Math.min(10, most - moved));
    const old = held.filter((letter) => Number(letter.Attributes?.SentTimestamp ?? 0) <= began);
    await release(
      sqs,
      pair,
      held.filter((letter) => !old.includes(letter)),
    );
    if (old.length === 0) break;
    for (const [index, letter] of old.entries()) {
      if (io.signal.aborted) {
        await release(sqs, pair, old.slice(index));
        break;
      }
      await sqs.send(new SendMessageCommand(copyOf(pair, letter)));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: pair.deadUrl, ReceiptHandle: letter.ReceiptHandle }));
      moved += 1;
      io.progress(`${moved} of ${most} …`);
      const dueAt = began + (moved * 1000) / perSecond;
      if (moved < most)
        await sleep(Math.max(0, dueAt - io.now()), undefined, { signal: io.signal }).catch(() => undefined);
    }
  }
  return moved;
}

/** The same letter for the queue it came from: same group, and an id that tells it from its first time. */
function copyOf({ url, fifo }: Redrivable, { Body, MessageId, Attributes, MessageAttributes }: Message) {
  return {
    QueueUrl: url,
    MessageBody: Body,
    ...(MessageAttributes && { MessageAttributes }),
    ...(fifo && { MessageGroupId: Attributes?.MessageGroupId, MessageDeduplicationId: `redrive-${MessageId}` }),
  };
}

/** Takes letters out of everybody's sight for a minute. */
async function hold(sqs: SQSClient, { deadUrl }: QueuePair, most: number): Promise<Message[]> {
  const held: Message[] = [];
  while (held.length < most) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deadUrl,
        MaxNumberOfMessages: Math.min(10, most - held.length),
        VisibilityTimeout: HOLD_S,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) break;
    held.push(...Messages);
  }
  return held;
}

async function release(sqs: SQSClient, { deadUrl }: QueuePair, letters: Message[]): Promise<void> {
  for (const { ReceiptHandle } of letters) {
    const back = { QueueUrl: deadUrl, ReceiptHandle, VisibilityTimeout: 0 };
    // what cannot be given back comes back by itself in a minute
    await sqs.send(new ChangeMessageVisibilityCommand(back)).catch(() => undefined);
  }
}

async function stateOf(target: Target, pair: QueuePair) {
  const [waiting, dead] = await Promise.all([
    pair.url === undefined ? undefined : depthOf(target.sqs, pair.url),
    depthOf(target.sqs, pair.deadUrl),
  ]);
  const held = dead.waiting > 0 ? await hold(target.sqs, pair, 10) : [];
  await release(target.sqs, pair, held);
  const oldest = Math.min(
    ...held.map((letter) => Number(letter.Attributes?.SentTimestamp ?? Number.POSITIVE_INFINITY)),
  );
  return {
    queue: pair.name,
    ...waiting,
    dead: dead.waiting,
    ...(held.length > 0 && { oldest: new Date(oldest).toISOString() }),
  };
}

async function pairNamed(target: Target, { word }: Given): Promise<QueuePair> {
  const pairs = await queuesOf(target);
  const names = pairs.map(({ name }) => name).join(', ');
  const found = pairs.find(({ name }) => name === word);
  if (found) return found;
  if (word === '') throw new UsageError(`which queue? ${names}`);
  throw new CliError(EXIT.refused, 'unknown_queue', `there is no queue "${word}"; there are ${names}`);
}

export const dlq = [list, show, redrive, clear];
