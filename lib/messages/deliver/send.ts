import type * as v from 'valibot';
import type { PersonOutcome as Outcome } from '../../../contract/records/messages.ts';
import { defined } from '../../base/defined.ts';
import { ServiceError } from '../../base/errors.ts';
import type { Destination } from '../destination.ts';
import type { Rendered } from '../render/render.ts';

/** DingTalk's answer: its id of the message, and what it says of each person, or that it does not say. */
export type Sent = { receipt?: string; people?: PersonOutcome[] };
export type PersonOutcome = v.InferOutput<typeof Outcome>;

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
  cards: {
    createAndDeliver(card: {
      outTrackId: string;
      templateId: string;
      params: Record<string, string>;
      to: { openConversationId: string } | { userId: string }[];
    }): Promise<void>;
    update(card: { outTrackId: string; params: Record<string, string> }): Promise<void>;
  };
  workNotifications: {
    send(request: {
      userIds?: string[];
      departmentIds?: number[];
      all?: boolean;
      msg: Msg;
    }): Promise<{ taskId: string }>;
  };
  sentMessages: {
    readersOfNotification(taskId: string): Promise<{ read: string[]; unread?: string[]; notReached?: string[] }>;
  };
  conversations: {
    sendToChat(request: { chatId: string; msg: Msg }): Promise<{ messageId: string }>;
    sendAs(request: { sender: string; cid: string; msg: Msg }): Promise<{ receivers: string[] }>;
  };
};
type Webhook = { send(robot: { accessToken: string; secret?: string }, body: Msg): Promise<void> };

type SenderDeps = {
  /** The app of a destination; undefined stands for the default app. */
  appNamed(name?: string): App;
  webhook: Webhook;
  sleep(ms: number): Promise<void>;
};

/** DingTalk takes a work notification first and hands it out then; asked sooner, it knows of nobody. */
const HANDED_OUT_MS = 1_000;
/** DingTalk tells of the receivers of a work notification up to this many (messaging.md §5.5). */
const MOST_CONFIRMED = 100;

export function createSender({ appNamed, webhook, sleep }: SenderDeps): Sender {
  return async (destination, rendered, uuid) => {
    if (destination.kind === 'custom-robot' && rendered.form === 'webhook') {
      const { accessToken, secret } = destination;
      await webhook.send(defined({ accessToken, secret }), { ...rendered.body, msgUuid: uuid });
      return { people: unconfirmed(rendered.mentioned) };
    }
    if (rendered.form === 'robot') {
      const { msgKey, msgParam } = rendered;
      return sendByRobot(appNamed, destination, { msgKey, msgParam });
    }
    if (rendered.form === 'cardChange') {
      const { cards } = appNamed('app' in destination ? destination.app : undefined);
      await cards.update({ outTrackId: uuid, params: rendered.params });
      return { receipt: uuid };
    }
    if (rendered.form === 'card') return sendCard(appNamed, destination, { ...rendered, outTrackId: uuid });
    if (rendered.form === 'msg') return sendMsg({ appNamed, sleep }, destination, rendered.msg);
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
  const people = to.userIds.map((userId) => {
    if (sent.invalidUserIds.includes(userId)) return { userId, outcome: 'invalid' as const };
    if (sent.throttledUserIds.includes(userId)) return { userId, outcome: 'throttled' as const };
    return { userId, outcome: 'accepted' as const };
  });
  return { receipt: sent.processQueryKey, people };
}

/** Its own id is what changes it later: DingTalk shows a repeat with the same one once. */
async function sendCard(
  appNamed: (name?: string) => App,
  to: Destination,
  { templateId, params, outTrackId }: { templateId: string; params: Record<string, string>; outTrackId: string },
): Promise<Sent> {
  if (to.kind !== 'robot-group' && to.kind !== 'robot-users') throw notCarried();
  const shown = to.kind === 'robot-group' ? { openConversationId: to.openConversationId } : usersOf(to);
  await appNamed(to.app).cards.createAndDeliver({ outTrackId, templateId, params, to: shown });
  return { receipt: outTrackId };
}

function usersOf({ userIds }: { userIds: readonly string[] }): { userId: string }[] {
  return userIds.map((userId) => ({ userId }));
}

async function sendMsg({ appNamed, sleep }: Omit<SenderDeps, 'webhook'>, to: Destination, msg: Msg): Promise<Sent> {
  if (to.kind === 'work-notification') {
    const { app, userIds, departmentIds, all } = to;
    const receivers = defined({ userIds, departmentIds, all: all || undefined });
    const receipt = (await appNamed(app).workNotifications.send({ ...receivers, msg })).taskId;
    if (to.confirm === false) return { receipt };
    if (!to.confirm) return { receipt, people: unconfirmed(userIds) };
    await sleep(HANDED_OUT_MS);
    return { receipt, people: await confirmed(appNamed(app), receipt, userIds) };
  }
  if (to.kind !== 'conversation') throw notCarried();
  const { chatId, sender = '', cid = '' } = to;
  const { conversations } = appNamed(to.app);
  if (chatId !== undefined) return { receipt: (await conversations.sendToChat({ chatId, msg })).messageId };
  await conversations.sendAs({ sender, cid, msg });
  return {};
}

/** Whom a work notification reached; that it was sent is true all the same when DingTalk does not say. */
async function confirmed({ sentMessages }: App, taskId: string, userIds: string[] = []): Promise<PersonOutcome[]> {
  if (userIds.length > MOST_CONFIRMED) return unconfirmed(userIds);
  try {
    const { read, unread = [], notReached = [] } = await sentMessages.readersOfNotification(taskId);
    const reached = [...read, ...unread];
    return [...new Set([...userIds, ...reached, ...notReached])].map((userId) => {
      if (notReached.includes(userId)) return { userId, outcome: 'invalid' };
      return { userId, outcome: reached.includes(userId) ? 'accepted' : 'unconfirmed' };
    });
  } catch {
    return unconfirmed(userIds);
  }
}

function unconfirmed(people: readonly string[] = []): PersonOutcome[] {
  return people.map((userId) => ({ userId, outcome: 'unconfirmed' }));
}

function notCarried(): ServiceError {
  return new ServiceError('messages.send', { code: 'content_not_carried', retryable: false });
}
