import * as v from 'valibot';
import type { BusEvent } from './event.ts';

const Time = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.number());
/** A text with formats or pictures comes in pieces (callbacks.md §5.4). */
const Pieces = v.object({ richText: v.array(v.object({ text: v.optional(v.string(), '') })) });
const Message = v.object({
  text: v.optional(v.object({ content: v.string() })),
  content: v.optional(v.unknown()),
  /** Empty for people outside of the organisation. */
  senderStaffId: v.pipe(
    v.optional(v.string()),
    v.transform((id) => id || undefined),
  ),
  conversationType: v.picklist(['1', '2']),
  conversationId: v.string(),
  sessionWebhook: v.optional(v.string()),
  sessionWebhookExpiredTime: v.optional(Time, 0),
});

const WithText = v.pipe(
  Message,
  v.transform(({ text, content, ...message }) => ({ ...message, text: text?.content ?? textIn(content) })),
);

/** A message to the robot, and how to answer it (callbacks.md §5.3). */
export type ReceivedMessage = v.InferOutput<typeof WithText>;

/** Undefined for other events, and for messages without the fields that an answer needs. */
export function receivedMessageOf({ type, data }: BusEvent): ReceivedMessage | undefined {
  if (type !== 'robot.message') return undefined;
  const parsed = v.safeParse(WithText, data);
  return parsed.success ? parsed.output : undefined;
}

/** The words of a formatted message, with its line breaks; empty for a message without words. */
function textIn(content: unknown): string {
  const pieces = v.safeParse(Pieces, content);
  return pieces.success ? pieces.output.richText.map(({ text }) => text).join('') : '';
}
