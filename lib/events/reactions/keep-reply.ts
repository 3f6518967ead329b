import { defined } from '../../base/defined.ts';
import type { ReplyPlace } from '../../messages/destination.ts';
import type { BusEvent } from '../event.ts';
import { placeIdOf } from '../published.ts';
import { receivedMessageOf } from '../received-message.ts';

export type KeepReplyDeps = {
  replies: { keep(id: string, place: ReplyPlace): Promise<void> };
  now: () => number;
};

/** So long what somebody wrote can be answered: a weekend and a holiday beside a day. */
const ANSWERABLE_MS = 7 * 24 * 3_600_000;
/** Longer than any address of DingTalk's. */
const LONGEST = 2_000;

/** Keeps where a message was written, before others hear of it, so that they can answer there. */
export function keepReply({ replies, now }: KeepReplyDeps) {
  return (event: BusEvent) => {
    const message = receivedMessageOf(event);
    if (!message) return undefined;
    const { conversationType, conversationId, senderStaffId, sessionWebhook, sessionWebhookExpiredTime } = message;
    const isGroup = conversationType === '2';
    const ids = [conversationId, senderStaffId ?? '', sessionWebhook ?? ''];
    if (ids.some(({ length }) => length > LONGEST)) return undefined;
    const place = defined({
      kind: 'reply' as const,
      app: event.app,
      address: sessionWebhook,
      until: sessionWebhookExpiredTime,
      answerBy: now() + ANSWERABLE_MS,
      group: isGroup ? conversationId : undefined,
      people: isGroup || senderStaffId === undefined ? undefined : [senderStaffId],
    });
    return { first: true as const, run: () => replies.keep(placeIdOf(event.app, event.id), place) };
  };
}
