import type { Robot } from '../dingtalk/robot.ts';
import type { SessionWebhook } from '../dingtalk/session-webhook.ts';
import { isOpen } from '../messages/kinds/reply.ts';
import type { ReceivedMessage } from './received-message.ts';

export type ReplyDeps = { session: SessionWebhook; robot: Robot; now: () => number };

/**
 * Answers in the conversation of the message: by its session webhook while that is valid, else by the app's robot
 * (callbacks.md §5.5, messaging.md §3, §4).
 */
export async function reply({ session, robot, now }: ReplyDeps, to: ReceivedMessage, text: string): Promise<void> {
  const { sessionWebhook: url, sessionWebhookExpiredTime: until } = to;
  if (url !== undefined && isOpen({ address: url, until }, now()) && session.owns(url)) {
    if ((await session.send(url, { msgtype: 'text', text: { content: text } })) === 'sent') return;
  }
  const message = { msgKey: 'sampleText', msgParam: { content: text } };
  if (to.conversationType === '2') await robot.sendToGroup({ ...message, openConversationId: to.conversationId });
  else if (to.senderStaffId !== undefined) await robot.sendToUsers({ ...message, userIds: [to.senderStaffId] });
}
