import { newOk, newRefusal } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { numberIn, textIn, textsIn } from '../../json.ts';
import { recallByRobot } from '../../push/robot-events.ts';
import { messagesWithKey } from '../../world/delivery.ts';
import type { Message } from '../../world/message.ts';
import { isOff } from '../../world/refusals.ts';
import type { State } from '../../world/state.ts';
import { type App, conversationTitle } from '../../world/tenant.ts';
import { checkRobotCode } from './app-robot.ts';

/** Recalling the robot's messages and asking who read them (messaging.md §3.4, §3.5). */
export function robotRecallRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v1.0/robot/groupMessages/recall', (call, app) => {
      checkRobotCode(state, call, app);
      const conversation = textIn(call.body, 'openConversationId');
      if (!conversation)
        throw newRefusal('recall.no-conversation', 400, 'miss.openConversationId', 'openConversationId不能为空');
      return recallKeys(state, call, app, (message) => message.conversation === conversation);
    }),
    // lower-case "oto" here, "oTo" in the others (messaging.md §0, fact 5)
    guarded('POST', '/v1.0/robot/otoMessages/batchRecall', (call, app) => {
      checkRobotCode(state, call, app);
      return recallKeys(state, call, app, (message) => isFresh(state, message));
    }),
    guarded('GET', '/v1.0/robot/oToMessages/readStatus', (call, app) => readStatus(state, call, app)),
    guarded('POST', '/v1.0/robot/groupMessages/query', (call, app) => groupReaders(state, call, app)),
  ];
}

function recallKeys(state: State, call: Call, app: App, allowed: (message: Message) => boolean) {
  const keys = textsIn(call.body, 'processQueryKeys');
  if (!keys || keys.length === 0 || keys.length > 20)
    throw newRefusal('recall.keys', 400, 'invalidParameter.param.invalid', 'processQueryKeys: 1 to 20');
  const successResult: string[] = [];
  const failedResult: Record<string, string> = {};
  for (const key of keys) {
    const messages = ownMessages(state, key, app);
    if (messages.length === 0 && !isOff(state, 'recall.unknown-key')) failedResult[key] = 'invalid.processQueryKey';
    else if (!messages.every(allowed) && !isOff(state, 'recall.expired'))
      failedResult[key] = 'robot.processQueryKey.expired';
    else {
      for (const message of messages) recallByRobot(state, message);
      successResult.push(key);
    }
  }
  return newOk({ successResult, failedResult });
}

function readStatus(state: State, call: Call, app: App) {
  checkRobotCode(state, call, app);
  const messages = ownMessages(state, call.query.get('processQueryKey') ?? '', app);
  const [first] = messages;
  if (!first) throw newRefusal('read.key', 400, 'invalid.processQueryKey', 'processQueryKey无效');
  if (!isFresh(state, first))
    throw newRefusal('read.expired', 400, 'processQueryKey.expireTime', 'processQueryKey未生成或已过期');
  return newOk({
    sendStatus: first.recalled ? 'RECALLED' : 'SUCCESS',
    messageReadInfoList: messages.map(({ conversation, readBy }) => ({
      name: conversationTitle(state.tenant, conversation),
      userId: conversation,
      readStatus: readBy.includes(conversation) ? 'READ' : 'UNREAD',
    })),
  });
}

/** Pages of at most 200 readers (messaging.md §3.4). */
function groupReaders(state: State, call: Call, app: App) {
  const { robotCode, openConversationId } = call.body;
  // both are optional, and must be right if given
  if (robotCode !== undefined) checkRobotCode(state, call, app);
  const [message] = ownMessages(state, textIn(call.body, 'processQueryKey') ?? '', app);
  if (!message) throw newRefusal('readers.key', 400, 'invalid.processQueryKey', 'processQueryKey无效');
  if (openConversationId !== undefined && openConversationId !== message.conversation)
    throw newRefusal('readers.conversation', 400, 'invalid.openConversationId', 'openConversationId无效');
  const most = numberIn(call.body, 'maxResults') ?? MOST_READERS;
  if (call.body.maxResults !== undefined && !(most >= 1 && most <= MOST_READERS))
    throw newRefusal('readers.page-size', 400, 'invalidParameter.pageSize.invalid', `maxResults: 1 to ${MOST_READERS}`);
  const token = textIn(call.body, 'nextToken');
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0 || start > message.readBy.length)
    throw newRefusal('readers.cursor', 400, 'invalidParameter.cursor.invalid', 'nextToken无效');
  const hasMore = start + most < message.readBy.length;
  return newOk({
    sendStatus: message.recalled ? 'RECALLED' : 'SUCCESS',
    readUserIds: message.readBy.slice(start, start + most),
    hasMore,
    ...(hasMore ? { nextToken: String(start + most) } : {}),
  });
}

/** What this app's robot sent under a key; keys of other robots are not found. */
function ownMessages(state: State, key: string, app: App): Message[] {
  return messagesWithKey(state, key).filter(({ via, sender }) => via === 'app-robot' && sender === app.name);
}

function isFresh(state: State, message: Message): boolean {
  return state.clock.now() - Date.parse(message.at) <= DAY_MS;
}

const MOST_READERS = 200;

const DAY_MS = 86_400_000;
