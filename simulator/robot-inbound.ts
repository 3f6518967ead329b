import { randomBytes } from 'node:crypto';
import { robotSign } from './crypto.ts';
import { Refusal } from './envelope.ts';
import { extensionOf, keepFile, messageFile, type StoredFile } from './file-shelf.ts';
import { type JsonObject, objectIn, parseObject } from './json.ts';
import { countPush } from './limits.ts';
import { notified } from './mentions.ts';
import { deliver, type Message, type Said } from './messages.ts';
import { type Push, push, type Verdict } from './pushes.ts';
import { readRobotMessage } from './robot-content.ts';
import { downloadCodeFor } from './robot-files.ts';
import { openSession } from './session-webhook.ts';
import type { State } from './state.ts';
import { type App, conversationTitle, groupById, type Person } from './tenant.ts';

export type Saying = {
  from: Person;
  /** Absent: one-to-one with the robot. */
  group: string | undefined;
  text: string | undefined;
  file: { name: string; data: Buffer } | undefined;
  picture: boolean;
  /** The month's pushes are used up: the robot hears of the message, but not what it says. */
  quotaExhausted: boolean;
  app: App;
};

/** Shows what a person writes; the robot gets it when DingTalk would hand it over (callbacks.md §5). */
export async function say(state: State, base: string | undefined, saying: Saying) {
  const { said, msgtype, body } = spoken(state, saying);
  const conversation = saying.group ?? saying.from.userId;
  const message = deliver(state, said, { conversation, via: 'person', sender: saying.from.userId });
  // audio, video and files in a group do not reach the robot (callbacks.md §5.4)
  if (saying.group && msgtype === 'file')
    return { message, push: undefined, why: 'DingTalk does not hand a file in a group to the robot' };
  if (!base) return { message, push: undefined, why: 'no callback address is set' };
  return { message, push: await pushToRobot(state, base, saying, message, { msgtype, ...body }), why: undefined };
}

function spoken(state: State, saying: Saying): { said: Said; msgtype: string; body: JsonObject } {
  const { file, text = '', group, picture, app } = saying;
  if (!file) {
    // the @name is taken out, the space after it stays (callbacks.md §5.3)
    const content = group ? ` ${text}` : text;
    return {
      said: { msgtype: 'text', text, content: { content: text } },
      msgtype: 'text',
      body: { text: { content } },
    };
  }
  const stored = keepFile(state, {
    type: picture ? 'image' : 'file',
    fileName: file.name,
    contentType: 'application/octet-stream',
    data: file.data,
  });
  const content = receivedContent(state, stored, app, picture);
  const said = { msgtype: picture ? 'image' : 'file', text: file.name, content, file: messageFile(stored) };
  return { said, msgtype: picture ? 'picture' : 'file', body: { content } };
}

function receivedContent(state: State, stored: StoredFile, app: App, picture: boolean): JsonObject {
  const downloadCode = downloadCodeFor(state, app.robotCode, stored.mediaId);
  if (picture) return { downloadCode, pictureDownloadCode: `${downloadCode}p` };
  return { downloadCode, fileName: stored.fileName, fileType: extensionOf(stored.fileName) };
}

/** Plain JSON with the two headers of callbacks.md §5.2; no retry of this door is documented (§5.5). */
function pushToRobot(state: State, base: string, saying: Saying, message: Message, body: JsonObject): Promise<Push> {
  const { from, group, app } = saying;
  const session = openSession(state, group ?? from.userId, app);
  const event: JsonObject = {
    // 20001 instead of the content (callbacks.md §5.3)
    ...(saying.quotaExhausted || !countPush(state)
      ? { msgtype: body.msgtype, errorCode: '20001', errorMessage: '本月消息推送额度已用完' }
      : body),
    msgId: `msg${randomBytes(12).toString('base64')}`,
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
    judge: (_status, answer) => judgeReply(state, message.conversation, app, answer),
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
