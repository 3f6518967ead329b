import type { Log, LogEvent } from '../../base/log.ts';
import type { Destination } from '../destination.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Meter } from '../limits/meter.ts';
import type { SlotCache } from '../limits/slot-cache.ts';
import {
  type Delivery,
  type DeliveryChange,
  type DeliveryStatus,
  isFinished,
  type Message,
  type OutboxItem,
} from '../message.ts';
import type { MessageStore, MessageWatch } from '../store.ts';

/** One message to one destination, with everything known about it. */
export type Errand = {
  item: OutboxItem;
  message: Message;
  delivery: Delivery;
  destination: Destination;
  /** As it was read, where `destination` is a part of it. */
  whole?: Destination;
  /** The destination is one robot of several. */
  inPool?: boolean;
};

export type ErrandDeps = {
  messages: Pick<MessageStore, 'get' | 'start' | 'record' | 'recordLast' | 'revive'> & Pick<MessageWatch, 'watch'>;
  limiter: Pick<SlotCache, 'block'>;
  meter: Pick<Meter, 'markGone'>;
  /** Metrics of the batch. */
  counts: { count(name: string): void };
  log: Log;
  now: () => number;
  random: () => number;
};

/** When to come back; undefined when there is nothing left to do for now. */
export type Later = { retryInMs: number } | undefined;

const EVENTS: Partial<Record<DeliveryStatus, LogEvent>> = {
  sent: 'message-sent',
  unknown: 'message-unconfirmed',
  expired: 'message-expired',
};

/** Writes the end of a delivery; the last delivery of a message also ends the checks of the message. */
export async function finish(
  { messages }: Pick<ErrandDeps, 'messages'>,
  { item, message }: Pick<Errand, 'item' | 'message'>,
  change: DeliveryChange,
): Promise<boolean> {
  const others = Object.entries(message.deliveries).filter(([name]) => name !== item.destination);
  const isLast = others.every(([, { status }]) => isFinished(status));
  return isLast ? messages.recordLast(item, change) : messages.record(item, change);
}

/** Logs and counts the end of a delivery. */
export function told(
  { log, counts }: Pick<ErrandDeps, 'log' | 'counts'>,
  { item: { messageId, destination, priority, requestId } }: Pick<Errand, 'item'>,
  { status, attempts }: DeliveryChange,
  fields: Record<string, string | number | undefined> = {},
): void {
  const sent = status === 'sent';
  if (sent) counts.count('MessagesSent');
  const line = { messageId, destination, priority, requestId, ...fields, code: attempts?.at(-1)?.code };
  log[sent ? 'info' : 'warn'](EVENTS[status] ?? 'message-failed', line);
}

/** Ends a delivery: writes it, and tells of it. */
export async function end(
  deps: Pick<ErrandDeps, 'messages' | 'log' | 'counts'>,
  errand: Pick<Errand, 'item' | 'message'>,
  change: DeliveryChange,
): Promise<void> {
  await finish(deps, errand, change);
  told(deps, errand, change);
}

/** Whether DingTalk recognises a repeat by its key and shows it once. */
export function repeatShowsOnce(destination: Destination): boolean {
  return kindOf(destination).repeatShowsOnce === true;
}
