import type { Waits } from '../../../contract/records/messages.ts';
import type { Log } from '../../base/log.ts';
import type { DeliveryChange, OutboxItem } from '../message.ts';
import type { MessageStore, MessageWatch } from '../store.ts';

/** A held message is looked at this often, since the quota may be raised. */
const LOOK_EVERY_MS = 3_600_000;

type HoldDeps = { messages: Pick<MessageStore, 'record'> & Pick<MessageWatch, 'watch'>; log: Log; now: () => number };

/** Takes a message out of the queue until what it waits for is over; its record says what that is. */
export async function hold(
  { messages, log, now }: HoldDeps,
  item: OutboxItem,
  { lookAt, ...waits }: Waits & { /** When to look again before that (epoch ms). */ lookAt?: number },
  known: Partial<DeliveryChange> = {},
): Promise<void> {
  const dueAt = Math.min(lookAt ?? now() + LOOK_EVERY_MS, Date.parse(waits.until));
  await messages.record(item, { status: 'queued', waits, dueAt, waiting: true, ...known });
  await messages.watch(item.messageId, dueAt);
  log.info('message-held', { ...item, for: waits.for, quota: waits.quota, until: waits.until });
}
