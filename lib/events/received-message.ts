import * as v from 'valibot';
import type { BusEvent } from './event.ts';

const Time = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.number());
const Message = v.object({
  text: v.optional(v.object({ content: v.string() }), { content: '' }),
  senderStaffId: v.optional(v.string()),
  conversationType: v.picklist(['1', '2']),
  conversationId: v.string(),
  sessionWebhook: v.optional(v.string()),
  sessionWebhookExpiredTime: v.optional(Time, 0),
});

/** A message to the robot, and how to answer it (callbacks.md §5.3). */
export type ReceivedMessage = v.InferOutput<typeof Message>;

/** Undefined for other events, and for messages without the fields that an answer needs. */
export function receivedMessageOf({ type, data }: BusEvent): ReceivedMessage | undefined {
  if (type !== 'robot.message') return undefined;
  const parsed = v.safeParse(Message, data);
  return parsed.success ? parsed.output : undefined;
}
