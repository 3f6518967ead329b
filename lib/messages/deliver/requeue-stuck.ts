import type { Metric } from '../../base/embedded-metric.ts';
import {
  FIRST_CHECK_MS,
  isFinished,
  type MessageState,
  type Outbox,
  type OutboxItem,
  waitingItems,
} from '../message.ts';
import type { MessageStore, MessageWatch } from '../store.ts';
import { isWorkedOn, type Lane, type Lanes, laneOf, queuedAtOf, wasPassed } from './lanes.ts';

/** Pages of one run; the next run finds the rest. */
const MOST_PAGES = 1_000;
/** So long it is looked for unfinished messages, and so long the pass goes on; the next run finds the rest. */
const WATCH_MS = 15_000;
const PASS_MS = 30_000;
/** Clocks of functions differ: what one of them put into an earlier hour is found all the same. */
const LOOK_BACK_MS = 25 * 3_600_000;
/** Workers that sent something within this time are there. */
const ALIVE_MS = 20 * 60_000;

export type StuckDeps = {
  messages: Pick<MessageStore, 'enlist' | 'record'> & MessageWatch;
  lanes: Pick<Lanes, 'all'>;
  outbox: Outbox & {
    /** Whether nothing is in the queue, waiting or being worked on. */
    isEmpty(): Promise<boolean>;
  };
  metric: Metric;
  now: () => number;
};

/** What a run knows of the queue. */
type Seen = { lanes: Map<string, Lane>; isEmpty: boolean; areAlive: boolean };

/**
 * Queues messages whose time has come and those that were lost between table and queue. What still waits in the queue, or
 * out of it for a time that has not come, is left as it is: nothing is written of it, and nothing is queued twice.
 */
export async function requeueStuck(deps: StuckDeps): Promise<void> {
  const wereSent = await watchUnfinished(deps);
  const { messages, metric, now } = deps;
  const began = now();
  const [lanes, isEmpty] = await Promise.all([deps.lanes.all(), deps.outbox.isEmpty()]);
  const areAlive = wereSent || [...lanes.values()].some((lane) => isWorkedOn(lane, began));
  let back = 0;
  let earliest = began;
  let from: string | undefined;
  const isTime = () => now() - began < PASS_MS;
  for (let page = 0; page < MOST_PAGES && isTime(); page += 1) {
    const { due, next } = await messages.listDue(began, from);
    for (const { message, dueAt } of due) {
      // who is ended between a message's note and its place in the queue leaves it for a quarter of an hour
      if (!isTime()) break;
      const looked = await look(deps, { lanes, isEmpty, areAlive }, message, dueAt);
      back += looked.back;
      if (looked.stays) earliest = Math.min(earliest, dueAt);
    }
    if (next === undefined && isTime()) {
      await messages.beginAt(Math.min(earliest, began - LOOK_BACK_MS));
      break;
    }
    from = next;
  }
  if (back > 0) metric('RequeuedMessages', back, {});
}

/** Looks at a message: queues what is to be queued, and says when to look again. `stays`: it was left as it was. */
async function look(
  { messages, outbox, now }: StuckDeps,
  seen: Seen,
  message: MessageState,
  dueAt: number,
): Promise<{ back: number; stays: boolean }> {
  const at = now();
  const waiting = waitingItems(message);
  const dueOf = ({ destination }: OutboxItem) => message.deliveries[destination]?.dueAt ?? undefined;
  const later = waiting
    .map(dueOf)
    .filter((due) => due !== undefined)
    .filter((due) => due > at);
  const ready = waiting.filter((item) => {
    const due = dueOf(item);
    return due === undefined ? isLost(seen, message, item, at) : due <= at;
  });
  const inQueue = waiting.length - later.length - ready.length;
  if (ready.length === 0 && inQueue > 0) return { back: 0, stays: true };
  const again = ready.length + inQueue > 0 ? [at + FIRST_CHECK_MS] : [];
  const next = Math.min(...later, ...again);
  if (!(await messages.checked(message.id, dueAt, Number.isFinite(next) ? next : undefined)))
    return { back: 0, stays: true };
  // noted first: what was noted and not queued is found again, and what was queued and not noted would be queued twice
  const queued = await messages.requeue(message, ready, at);
  await outbox.put(queued, `check-${at}`).catch(async (error: unknown) => {
    await Promise.all(
      queued.map((item) => {
        const { status = 'queued' } = message.deliveries[item.destination] ?? {};
        return messages.record(item, { status, dueAt: at });
      }),
    );
    await messages.watch(message.id, at);
    throw error;
  });
  return { back: queued.length, stays: false };
}

/** Whether a message that should be in the queue is not there. */
function isLost({ lanes, isEmpty, areAlive }: Seen, message: MessageState, item: OutboxItem, now: number): boolean {
  const delivery = message.deliveries[item.destination];
  const queuedAt = queuedAtOf(message, delivery ?? {});
  if (queuedAt + FIRST_CHECK_MS > now) return false;
  const lane = lanes.get(laneOf(item));
  if (isWorkedOn(lane, now)) return wasPassed(lane, queuedAt);
  // with no workers at all it is likely to wait for them
  return isEmpty || areAlive;
}

/** Checks every message once: most are finished by then, and cost a part of one read. Answers whether workers sent some. */
async function watchUnfinished({ messages, now }: StuckDeps): Promise<boolean> {
  let wereSent = false;
  const until = now() + WATCH_MS;
  for (let page = 0; page < MOST_PAGES && now() < until; page += 1) {
    const { messages: all, upTo, more } = await messages.listUnseen(now() - FIRST_CHECK_MS);
    for (const message of all) {
      wereSent ||= Object.values(message.deliveries).some(
        ({ status, attempts }) => isFinished(status) && Date.parse(attempts.at(-1)?.at ?? '') > now() - ALIVE_MS,
      );
      if (waitingItems(message).length === 0) continue;
      await messages.enlist(message);
      await messages.watch(message.id, now());
    }
    await messages.seen(upTo);
    if (!more) break;
  }
  return wereSent;
}
