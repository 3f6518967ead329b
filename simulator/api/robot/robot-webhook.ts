import { timingSafeEqual } from 'node:crypto';
import { isAmong } from '../../gateway/addresses.ts';
import { bill, CUSTOM_ROBOTS } from '../../gateway/billing.ts';
import { oldOk, oldRefusal, type Reply } from '../../gateway/envelope.ts';
import { countRobotMessage } from '../../gateway/limits.ts';
import { type Call, open, type Route } from '../../gateway/route.ts';
import { type JsonObject, objectIn, parseObject, textIn } from '../../json.ts';
import { robotSign } from '../../world/crypto.ts';
import { deliver } from '../../world/delivery.ts';
import type { Said } from '../../world/message.ts';
import { rememberKey, type State } from '../../world/state.ts';
import { type CustomRobot, groupById } from '../../world/tenant.ts';
import { countAt, notified } from './mentions.ts';
import { objection } from './moderation.ts';
import { readRobotMessage } from './robot-content.ts';

/** POST /robot/send, the custom robot of a group (messaging.md §2). */
export function robotWebhookRoutes(state: State): Route[] {
  return [open('POST', '/robot/send', (call) => send(state, call), 'raw')];
}

function send(state: State, call: Call): Reply {
  // messaging.md §9: the webhook token alone selects the group
  const robot = state.tenant.robots.find((candidate) => candidate.accessToken === call.query.get('access_token'));
  if (!robot) throw oldRefusal('robot.unknown', state.settings.robotUnknownCode, 'token is not exist');
  const charged = { throttled: false };
  try {
    return sendBy(state, robot, call, charged);
  } finally {
    // a refused message counts as well, unless it came too fast (interactive.md §10)
    if (!charged.throttled) bill(state, CUSTOM_ROBOTS, 'webhook', 'POST /robot/send');
  }
}

function sendBy(state: State, robot: CustomRobot, call: Call, charged: { throttled: boolean }): Reply {
  if (robot.removed) throw oldRefusal('robot.removed', 400106, '错误描述:机器人不存在');
  if (robot.disabled) throw oldRefusal('robot.disabled', 400102, '错误描述:机器人已停用');
  if (groupById(state.tenant, robot.conversation)?.dissolved)
    throw oldRefusal('robot.group-dissolved', 400013, '错误描述:群已被解散');
  const body = readWebhookBody(state, call);
  checkAddress(robot, call);
  checkSign(state, robot, call);
  const said = readRobotMessage(body);
  checkContent(state, said);
  checkKeywords(robot, JSON.stringify(said.content));
  const at = objectIn(body, 'at');
  checkAt(at);

  // messaging.md §2.2: the same msgUuid again is answered as a success and shown once
  const uuid = textIn(body, 'msgUuid');
  const known = state.robotUuids.get(robot.accessToken) ?? new Map<string, true>();
  state.robotUuids.set(robot.accessToken, known);
  if (uuid && known.has(uuid)) return oldOk();

  charged.throttled = true;
  countRobotMessage(state, robot.accessToken);
  charged.throttled = false;
  if (uuid) rememberKey(known, uuid, true, state.settings.mostKept);
  deliver(state, said, {
    conversation: robot.conversation,
    via: 'custom-robot',
    sender: robot.name,
    ...notified(state, robot.conversation, said, at),
    ...(at ? { atRequest: at } : {}),
  });
  return oldOk();
}

/** Content type 43004, size, JSON 40035 (messaging.md §2, §2.4, §2.5). */
export function readWebhookBody(state: State, call: Call): JsonObject {
  if (!call.header('content-type')?.startsWith('application/json'))
    throw oldRefusal('robot.content-type', 43004, '无效的HTTP HEADER Content-Type');
  if (call.raw.length > MOST_BYTES)
    throw oldRefusal(
      'robot.too-long',
      state.settings.robotTooLongCode,
      `错误描述:body 大小不合法;解决方案:请保持大小在 ${MOST_BYTES}bytes 以内`,
    );
  const body = parseObject(call.raw.toString('utf8'));
  if (!body) throw oldRefusal('robot.not-json', 40035, '缺少参数 json');
  return body;
}

/** The content check's codes on webhooks (messaging.md §2.4). */
export function checkContent(state: State, said: Said): void {
  const found = objection(state, said);
  if (found === 'url') throw oldRefusal('robot.unsafe-link', 430101, '错误描述:消息内容中包含不安全的外链');
  if (found === 'text') throw oldRefusal('robot.unsafe-text', 430102, '错误描述:消息内容中包含不合适的文本');
  if (found === 'picture') throw oldRefusal('robot.unsafe-picture', 430103, '错误描述:消息内容中包含不合适的图片');
  if (found === 'content') throw oldRefusal('robot.unsafe-content', 430104, '错误描述:消息内容中包含不合适的内容');
}

/** Security by address: IPv4 only (messaging.md §2). */
function checkAddress(robot: CustomRobot, call: Call): void {
  if (robot.ips.length > 0 && !isAmong(robot.ips, call.address))
    throw oldRefusal('robot.address', 310000, `错误描述:ip ${call.address} not in whitelist`);
}

/** More than 50 people are not allowed (messaging.md §2.3); the code for it is not documented. */
export function checkAt(at: JsonObject | undefined): void {
  if (countAt(at) > 50)
    throw oldRefusal('robot.too-many-mentions', 40035, '不合法的参数: at names more than 50 people');
}

/** messaging.md §2.1: HMAC over timestamp and secret, at most an hour off; the texts are those of 2025. */
function checkSign(state: State, robot: CustomRobot, call: Call): void {
  if (!robot.secret) return;
  const timestamp = call.query.get('timestamp') ?? '';
  if (!/^\d{13}$/.test(timestamp)) throw oldRefusal('robot.timestamp', 310000, '错误描述:invalid timestamp');
  if (Math.abs(state.clock.wall() - Number(timestamp)) > HOUR_MS)
    throw oldRefusal(
      'robot.sign-expired',
      310000,
      '错误描述:机器人发送签名过期;解决方案:请确认时间戳与当前时间相差不超过1小时',
    );
  const given = Buffer.from(call.query.get('sign') ?? '');
  const right = Buffer.from(robotSign(robot.secret, timestamp));
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw oldRefusal(
      'robot.sign',
      310000,
      '错误描述:机器人发送签名不匹配;解决方案:请确认签名和生成签名的时间戳必须都放在调用的网址中',
    );
}

/** Security by keywords: one of them must stand in the message (messaging.md §2). */
function checkKeywords(robot: CustomRobot, text: string): void {
  if (robot.keywords.length === 0 || robot.keywords.some((keyword) => text.includes(keyword))) return;
  throw oldRefusal('robot.keywords', 310000, '错误描述:关键词不匹配;解决方案:请联系群管理员查看此机器人的关键词');
}

const MOST_BYTES = 20_000;

const HOUR_MS = 3_600_000;
