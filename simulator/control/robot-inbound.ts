import { notified } from '../api/robot/mentions.ts';
import { readRobotMessage } from '../api/robot/robot-content.ts';
import { openSession } from '../api/robot/session-webhook.ts';
import { Refusal } from '../gateway/envelope.ts';
import { countPush } from '../gateway/limits.ts';
import { type JsonObject, objectIn, parseObject } from '../json.ts';
import { push, type Verdict } from '../push/pushes.ts';
import { robotSign } from '../world/crypto.ts';
import { deliver } from '../world/delivery.ts';
import type { Push } from '../world/push.ts';
import type { State } from '../world/state.ts';
import { type App, conversationTitle, groupById, type Person } from '../world/tenant.ts';
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
  if (!base) return { message, push: undefined, why: 'no callback address is set' };
  return { message, push: await pushToRobot(state, base, saying, { msgtype, ...body }), why: undefined };
}

/** Plain JSON with the two headers of callbacks.md §5.2; no retry of this door is documented (callbacks.md §5.5). */
function pushToRobot(state: State, base: string, saying: Saying, body: JsonObject): Promise<Push> {
  const { from, group, app } = saying;
  const conversation = group ?? from.userId;
  const session = openSession(state, conversation, app);
  const event: JsonObject = {
    // 20001 instead of the content (callbacks.md §5.3)
    ...(saying.quotaExhausted || !countPush(state)
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
  return push(state, {
    door: 'robot',
    event,
    request: () => {
      const timestamp = String(state.clock.wall());
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        timestamp,
        sign: robotSign(app.appSecret, timestamp),
      };
      return { url: `${base}/dingtalk/robot`, headers, body: JSON.stringify(event) };
    },
    judge: (_status, answer) => judgeReply(state, conversation, app, answer),
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
    const mentions = groupById(state.tenant, conversation) ? notified(state, conversation, said.text, at) : [];
    deliver(state, said, {
      conversation,
      via: 'app-robot',
      sender: app.name,
      mentions,
      ...(at ? { atRequest: at } : {}),
    });
    return { valid: true, answer };
  } catch (error) {
    if (error instanceof Refusal) return { valid: false, reason: String(error.reply.body.errmsg), answer };
    throw error;
  }
}

const UNHEARD_IN_GROUPS = ['file', 'audio', 'video'];
