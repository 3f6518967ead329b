import * as v from 'valibot';
import { Content } from './content.ts';
import { Mention } from './mention.ts';

/** `sent` = DingTalk said yes. `unknown` = no answer came and a repeat could send twice. */
export const DeliveryStatus = v.picklist(['queued', 'sending', 'sent', 'failed', 'unknown', 'expired']);
export type DeliveryStatus = v.InferOutput<typeof DeliveryStatus>;

/** One try to hand a message to DingTalk: what came of it, why, and what a person can do. */
export const Attempt = v.object({
  at: v.string(),
  outcome: v.picklist(['sent', 'refused', 'no-answer', 'failed']),
  code: v.optional(v.string()),
  class: v.optional(v.string()),
  reason: v.optional(v.string()),
  remedy: v.optional(v.string()),
});
export type Attempt = v.InferOutput<typeof Attempt>;

export const Delivery = v.object({
  status: DeliveryStatus,
  attempts: v.array(Attempt),
  /** DingTalk's id of what was sent: processQueryKey, task_id or messageId. */
  receipt: v.optional(v.string()),
  /** True when the message was sent again although an earlier try may have arrived. */
  possibleDuplicate: v.optional(v.boolean()),
  /** People of this destination whom DingTalk did not reach. */
  notReached: v.optional(v.array(v.object({ userId: v.string(), reason: v.string() }))),
});
export type Delivery = v.InferOutput<typeof Delivery>;

/** A message and what became of it at each destination (keyed by destination name). Times are ISO 8601. */
export const Message = v.object({
  id: v.string(),
  caller: v.string(),
  requestHash: v.string(),
  createdAt: v.string(),
  expiresAt: v.optional(v.string()),
  delivery: v.picklist(['at-least-once', 'at-most-once']),
  content: Content,
  mention: v.optional(Mention),
  deliveries: v.record(v.string(), Delivery),
});
export type Message = v.InferOutput<typeof Message>;

/** One message on its way to one destination: what the outbox carries. */
export const OutboxItem = v.object({ messageId: v.string(), destination: v.string() });
export type OutboxItem = v.InferOutput<typeof OutboxItem>;

/** Where messages are kept. Every write that decides is conditional. */
export type MessageStore = {
  /** Keeps a new message; answers false, and changes nothing, when the id is taken. */
  create(message: Message): Promise<boolean>;
  get(id: string): Promise<Message | undefined>;
  /** Marks a delivery as on its way, unless it is finished; `again` flags a possible duplicate. */
  start(item: OutboxItem, again: boolean): Promise<void>;
  /** Writes what a try came to; nothing when the delivery is finished already. */
  record(item: OutboxItem, outcome: Partial<Delivery> & { status: DeliveryStatus; attempt?: Attempt }): Promise<void>;
};

/** The FIFO queue on which messages wait for their destination; a destination is a group. */
export type Outbox = { put(items: OutboxItem[]): Promise<void> };

const FINISHED: readonly DeliveryStatus[] = ['sent', 'failed', 'unknown', 'expired'];

export function isFinished(status: DeliveryStatus): boolean {
  return FINISHED.includes(status);
}

/** One word for the whole message: on its way while any delivery is, else the worst that happened. */
export function overallStatus({ deliveries }: Message): DeliveryStatus {
  const statuses = Object.values(deliveries).map(({ status }) => status);
  const order: DeliveryStatus[] = ['sending', 'queued', 'failed', 'unknown', 'expired', 'sent'];
  return order.find((status) => statuses.includes(status)) ?? 'sent';
}
