import { ServiceError } from '../../base/errors.ts';
import type { Destination } from '../destination.ts';
import type { Rendered } from '../render/render.ts';

/** What DingTalk said yes to: its id for the message, and whom of the people it did not take. */
export type Sent = { receipt?: string; invalid?: string[]; throttled?: string[] };

/** Hands one rendered message to DingTalk. `uuid` is the same for every try of the same message. */
export type Sender = (destination: Destination, rendered: Rendered, uuid: string) => Promise<Sent>;

type Msg = Record<string, unknown>;
type RobotBody = { msgKey: string; msgParam: Record<string, string> };

/** The calls of one DingTalk app that messages leave by. */
type App = {
  robot: {
    sendToGroup(message: RobotBody & { openConversationId: string }): Promise<{ processQueryKey: string }>;
    sendToUsers(
      message: RobotBody & { userIds: string[] },
    ): Promise<{ processQueryKey: string; invalidUserIds: string[]; throttledUserIds: string[] }>;
  };
  workNotifications: {
    send(request: {
      userIds?: string[];
      departmentIds?: number[];
      all?: boolean;
      msg: Msg;
    }): Promise<{ taskId: string }>;
  };
  conversations: {
    sendToChat(request: { chatId: string; msg: Msg }): Promise<{ messageId: string }>;
    sendAs(request: { sender: string; cid: string; msg: Msg }): Promise<{ receivers: string[] }>;
  };
};
type Webhook = { send(robot: { accessToken: string; secret?: string }, body: Msg): Promise<void> };

/** `appNamed` answers the app a destination sends by; without a name, the only one. */
export function createSender({ appNamed, webhook }: { appNamed(name?: string): App; webhook: Webhook }): Sender {
  return async (destination, rendered, uuid) => {
    if (destination.kind === 'custom-robot' && rendered.form === 'webhook') {
      const { accessToken, secret } = destination;
      await webhook.send({ accessToken, ...(secret !== undefined && { secret }) }, { ...rendered.body, msgUuid: uuid });
      return {};
    }
    if (destination.kind === 'robot-group' && rendered.form === 'robot') {
      const { openConversationId, app } = destination;
      const { msgKey, msgParam } = rendered;
      const { processQueryKey } = await appNamed(app).robot.sendToGroup({ openConversationId, msgKey, msgParam });
      return { receipt: processQueryKey };
    }
    if (destination.kind === 'robot-users' && rendered.form === 'robot') {
      const { userIds, app } = destination;
      const { msgKey, msgParam } = rendered;
      const sent = await appNamed(app).robot.sendToUsers({ userIds, msgKey, msgParam });
      return { receipt: sent.processQueryKey, invalid: sent.invalidUserIds, throttled: sent.throttledUserIds };
    }
    if (destination.kind === 'work-notification' && rendered.form === 'msg') {
      const { app, userIds, departmentIds, all } = destination;
      const to = { ...(userIds && { userIds }), ...(departmentIds && { departmentIds }), ...(all && { all }) };
      const { taskId } = await appNamed(app).workNotifications.send({ ...to, msg: rendered.msg });
      return { receipt: taskId };
    }
    if (destination.kind === 'conversation' && rendered.form === 'msg') {
      const { chatId, sender, cid, app } = destination;
      const { conversations } = appNamed(app);
      const { msg } = rendered;
      if (chatId !== undefined) return { receipt: (await conversations.sendToChat({ chatId, msg })).messageId };
      await conversations.sendAs({ sender: sender ?? '', cid: cid ?? '', msg });
      return {};
    }
    throw new ServiceError('messages.send', { code: 'content_not_carried', retryable: false });
  };
}
