import { defined } from '../../base/defined.ts';
import { ServiceError } from '../../base/errors.ts';
import type { Destination } from '../destination.ts';
import type { Rendered } from '../render/render.ts';

/** DingTalk's answer: its id of the message, and the people whom it refused or throttled. */
export type Sent = { receipt?: string; invalid?: string[]; throttled?: string[] };

/** Sends one rendered message to DingTalk. `uuid` is the same for every try of the same message. */
export type Sender = (destination: Destination, rendered: Rendered, uuid: string) => Promise<Sent>;

type Msg = Record<string, unknown>;
type RobotBody = { msgKey: string; msgParam: Record<string, string> };

/** The calls of one DingTalk app that send messages. */
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

/** `appNamed` answers the app of a destination; undefined stands for the default app. */
export function createSender({ appNamed, webhook }: { appNamed(name?: string): App; webhook: Webhook }): Sender {
  return async (destination, rendered, uuid) => {
    if (destination.kind === 'custom-robot' && rendered.form === 'webhook') {
      const { accessToken, secret } = destination;
      await webhook.send(defined({ accessToken, secret }), { ...rendered.body, msgUuid: uuid });
      return {};
    }
    if (rendered.form === 'robot') {
      const { msgKey, msgParam } = rendered;
      return sendByRobot(appNamed, destination, { msgKey, msgParam });
    }
    if (rendered.form === 'msg') return sendMsg(appNamed, destination, rendered.msg);
    throw notCarried();
  };
}

async function sendByRobot(appNamed: (name?: string) => App, to: Destination, body: RobotBody): Promise<Sent> {
  if (to.kind === 'robot-group') {
    const { openConversationId, app } = to;
    const { processQueryKey } = await appNamed(app).robot.sendToGroup({ openConversationId, ...body });
    return { receipt: processQueryKey };
  }
  if (to.kind !== 'robot-users') throw notCarried();
  const sent = await appNamed(to.app).robot.sendToUsers({ userIds: to.userIds, ...body });
  return { receipt: sent.processQueryKey, invalid: sent.invalidUserIds, throttled: sent.throttledUserIds };
}

async function sendMsg(appNamed: (name?: string) => App, to: Destination, msg: Msg): Promise<Sent> {
  if (to.kind === 'work-notification') {
    const { app, userIds, departmentIds, all } = to;
    const receivers = defined({ userIds, departmentIds, all: all || undefined });
    return { receipt: (await appNamed(app).workNotifications.send({ ...receivers, msg })).taskId };
  }
  if (to.kind !== 'conversation') throw notCarried();
  const { chatId, sender = '', cid = '' } = to;
  const { conversations } = appNamed(to.app);
  if (chatId !== undefined) return { receipt: (await conversations.sendToChat({ chatId, msg })).messageId };
  await conversations.sendAs({ sender, cid, msg });
  return {};
}

function notCarried(): ServiceError {
  return new ServiceError('messages.send', { code: 'content_not_carried', retryable: false });
}
