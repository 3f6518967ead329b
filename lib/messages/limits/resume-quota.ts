import { type MessageState, waitingItems } from '../message.ts';
import type { MessageStore, MessageWatch } from '../store.ts';
import { type MeterStore, QUOTAS } from './meter.ts';

/** What is held is looked at within an hour. */
const LOOK_AHEAD_MS = 61 * 60_000;
/** Pages of one run. */
const MOST_PAGES = 1_000;

export type ResumeDeps = {
  messages: Pick<MessageStore, 'record'> & Pick<MessageWatch, 'listDue' | 'watch'>;
  quotas: Pick<MeterStore, 'setGone'>;
  /** Other records whose views wait: makes those due now that are due until then. */
  bringForward(now: number, until: number): Promise<unknown>;
  now: () => number;
};

/**
 * Lets DingTalk be asked at once, after more calls were bought, and what waits for the month go on with the next run of the
 * schedules. Answers how many messages that are.
 */
export async function resumeQuota({ messages, quotas, bringForward, now }: ResumeDeps): Promise<number> {
  for (const quota of QUOTAS) await quotas.setGone(quota, 0);
  const at = now();
  await bringForward(at, at + LOOK_AHEAD_MS);
  let resumed = 0;
  let from: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { due, next } = await messages.listDue(at + LOOK_AHEAD_MS, from);
    for (const { message } of due) {
      const held = heldItems(message);
      for (const item of held) await messages.record(item, { status: 'queued', dueAt: at, waiting: true });
      if (held.length > 0) await messages.watch(message.id, at);
      resumed += held.length > 0 ? 1 : 0;
    }
    if (next === undefined) break;
    from = next;
  }
  return resumed;
}

function heldItems(message: MessageState) {
  return waitingItems(message).filter(({ destination }) => message.deliveries[destination]?.waits?.for === 'quota');
}
