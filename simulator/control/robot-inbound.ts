import { notified } from '../api/robot/mentions.ts';
import { readRobotMessage } from '../api/robot/robot-content.ts';
import { openSession } from '../api/robot/session-webhook.ts';
import { Refusal } from '../gateway/envelope.ts';
import { countPush } from '../gateway/limits.ts';
import { type JsonObject, objectIn, parseObject } from '../json.ts';
import { push, type Verdict } from '../push/pushes.ts';
import { asOutgoing, overStream, streamMessage } from '../push/stream-push.ts';
import { robotSign } from '../world/crypto.ts';
import { deliver } from '../world/delivery.ts';
import type { Push } from '../world/push.ts';
import { isOff } from '../world/refusals.ts';
import type { State } from '../world/state.ts';
import { listeners, ROBOT_TOPIC } from '../world/stream.ts';
import { type App, conversationTitle, type Person } from '../world/tenant.ts';
import { render, type Spoken } from './spoken.ts';

export type Saying = {
  from: Person;
  /** Absent: one-to-one with the robot. */
  group: string | undefined;
  spoken: Spoken;
  /** The month's quota is used up: the robot gets the message without its content. */
  quotaExhausted: boolean;
  app: App;
};

/** Shows what a person writes; the robot gets it when DingTalk would hand it over (callbacks.md §5). */
export async function say(state: State, base: string | undefined, saying: Saying) {
  const { said, msgtype, body } = render(state, saying.spoken, {
    app: saying.app,
    inGroup: saying.group !== undefined,
  });
  const conversation = saying.group ?? saying.from.userId;
  const message = deliver(state, said, { conversation, via: 'person', sender: saying.from.userId });
  // audio, video and files in a group do not reach the robot (callbacks.md §5.4)
  if (saying.group && UNHEARD_IN_GROUPS.includes(msgtype))
    return { message, push: undefined, why: `DingTalk hands no ${msgtype} in a group to the robot` };
  const byStream = listeners(state.streams, saying.app.appKey, 'CALLBACK', ROBOT_TOPIC).length > 0;
  if (!base && !byStream)
    return { message, push: undefined, why: 'no callback address is set, and no Stream connection is open' };
  const event = robotMessage(state, saying, { msgtype, ...body });
  const push = await (byStream || !base
    ? tellByStream(state, { saying, event, message: message.id })
    : tellByHttp(state, base, { saying, event, message: message.id }));
  return { message, push, why: undefined };
}

/** What somebody said, as the robot is told of it, and the message that stands for it. */
type Told = { saying: Saying; event: JsonObject; message: string };

/** What the robot is told (callbacks.md §5.3). */
function robotMessage(state: State, saying: Saying, body: JsonObject): JsonObject {
  const { from, group, app } = saying;
  const session = openSession(state, group ?? from.userId, app);
  return {
    // 20001 instead of the content (callbacks.md §5.3)
    ...(saying.quotaExhausted || !countPush(state, app, 'robot message')
      ? { msgtype: body.msgtype, errorCode: '20001', errorMessage: '本月消息推送额度已用完' }
      : body),
    msgId: `msg${state.chance.bytes(12).toString('base64')}`,
    createAt: state.clock.now(),
    conversationType: group ? '2' : '1',
    conversationId: group ?? `cid1to1${from.userId}=`,
    ...(group ? { conversationTitle: conversationTitle(state.tenant, group), isInAtList: true } : {}),
    senderId: `$:LWCP_v1:$${Buffer.from(from.userId).toString('base64')}`,
    senderStaffId: from.userId,
    senderUnionId: from.unionId,
    senderNick: from.name,
    senderCorpId: state.tenant.corpId,
    isAdmin: from.userId === state.tenant.people[0]?.userId,
    chatbotUserId: `$:LWCP_v1:$${app.robotCode}`,
    chatbotCorpId: state.tenant.corpId,
    ...(group ? { atUsers: [{ dingtalkId: `$:LWCP_v1:$${app.robotCode}` }] } : {}),
    robotCode: app.robotCode,
    sessionWebhook: session.url,
    sessionWebhookExpiredTime: session.expiresAt,
  };
}

/** An answer without content: a robot replies by its session webhook or the API (callbacks.md §8). */
function tellByStream(state: State, { saying, event, message }: Told): Promise<Push> {
  const frame = streamMessage(state, saying.app, { type: 'CALLBACK', topic: ROBOT_TOPIC }, event);
  const { robotRepeatMs } = state.settings.stream;
  return push(state, {
    door: 'robot',
    event,
    message,
    request: () => asOutgoing(frame),
    carry: (signal) => overStream(state, frame, signal),
    judge: (_status, answer) => ({ valid: true, answer }),
    retries: robotRepeatMs > 0 ? [robotRepeatMs] : [],
    deadlineMs: () => state.settings.stream.deadlineMs,
  });
}

/** Plain JSON with the two headers of callbacks.md §5.2; no retry of this door is documented (callbacks.md §5.5). */
function tellByHttp(state: State, base: string, { saying, event, message }: Told): Promise<Push> {
  const { app, group, from } = saying;
  return push(state, {
    door: 'robot',
    event,
    message,
    request: () => {
      const timestamp = String(state.clock.wall());
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        timestamp,
        sign: robotSign(app.appSecret, timestamp),
      };
      return { url: `${base}/dingtalk/robot`, headers, body: JSON.stringify(event) };
    },
    judge: (_status, answer) => judgeReply(state, group ?? from.userId, app, answer),
    retries: [],
  });
}

/** Nothing, "empty", or a message to show (callbacks.md §5.5). */
function judgeReply(state: State, conversation: string, app: App, answer: string): Verdict {
  const body = parseObject(answer);
  if (answer.trim() === '' || answer.trim() === 'null' || (body && Object.keys(body).length === 0))
    return { valid: true, answer };
  if (!body) return { valid: false, reason: 'not JSON', answer };
  if (body.msgtype === 'empty') return { valid: true, answer };
  try {
    const said = readRobotMessage(body);
    // link is not among the types of a direct answer
    if (said.msgtype === 'link') return { valid: false, reason: 'link is not allowed in an answer', answer };
    const at = objectIn(body, 'at');
    deliver(state, said, {
      conversation,
      via: 'app-robot',
      sender: app.name,
      ...notified(state, conversation, said, at),
      ...(at ? { atRequest: at } : {}),
    });
    return { valid: true, answer };
  } catch (error) {
    if (error instanceof Refusal && isOff(state, error.id)) return { valid: true, answer };
    if (error instanceof Refusal) return { valid: false, reason: String(error.reply.body.errmsg), answer };
    throw error;
  }
}

const UNHEARD_IN_GROUPS = ['file', 'audio', 'video'];
