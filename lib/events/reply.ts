import type { Robot } from '../dingtalk/robot.ts';
import type { SessionWebhook } from '../dingtalk/session-webhook.ts';
import type { ReceivedMessage } from './received-message.ts';

export type ReplyDeps = { session: SessionWebhook; robot: Robot; now: () => number };

/** A session that ends while the answer is under way is as good as over. */
const MARGIN_MS = 5_000;

/**
 * Answers in the conversation that the message came from: by its session webhook while that lives, else as the app's
 * robot, which outlives it (callbacks.md §5.5, messaging.md §3, §4).
 */
export async function reply({ session, robot, now }: ReplyDeps, to: ReceivedMessage, text: string): Promise<void> {
  const { sessionWebhook: url, sessionWebhookExpiredTime: until } = to;
  if (url !== undefined && until - MARGIN_MS > now() && session.owns(url)) {
    if ((await session.send(url, text)) === 'sent') return;
  }
  const message = { msgKey: 'sampleText', msgParam: { content: text } };
  if (to.conversationType === '2') await robot.sendToGroup({ ...message, openConversationId: to.conversationId });
  else if (to.senderStaffId !== undefined) await robot.sendToUsers({ ...message, userIds: [to.senderStaffId] });
}
