import { checkRobotCode } from './app-robot.ts';
import { newOk, newRefusal } from './envelope.ts';
import { type Call, guarded, type Route } from './gateway.ts';
import { textIn, textsIn } from './json.ts';
import { type Message, messagesWithKey, recall } from './messages.ts';
import type { State } from './state.ts';
import { type App, conversationTitle } from './tenant.ts';

/** Recalling the robot's messages and asking who read them (messaging.md §3.4, §3.5). */
export function robotRecallRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v1.0/robot/groupMessages/recall', (call, app) => {
      checkRobotCode(state, call, app);
      const conversation = textIn(call.body, 'openConversationId');
      if (!conversation) throw newRefusal(400, 'miss.openConversationId', 'openConversationId不能为空');
      return recallKeys(state, call, (message) => message.conversation === conversation);
    }),
    // lower-case "oto" here, "oTo" in the others (messaging.md §0, fact 5)
    guarded('POST', '/v1.0/robot/otoMessages/batchRecall', (call, app) => {
      checkRobotCode(state, call, app);
      return recallKeys(state, call, (message) => isFresh(state, message));
    }),
    guarded('GET', '/v1.0/robot/oToMessages/readStatus', (call, app) => readStatus(state, call, app)),
    guarded('POST', '/v1.0/robot/groupMessages/query', (call) => groupReaders(state, call)),
  ];
}

function recallKeys(state: State, call: Call, allowed: (message: Message) => boolean) {
  const keys = textsIn(call.body, 'processQueryKeys');
  if (!keys || keys.length === 0 || keys.length > 20)
    throw newRefusal(400, 'invalidParameter.param.invalid', 'processQueryKeys: 1 to 20');
  const successResult: string[] = [];
  const failedResult: Record<string, string> = {};
  for (const key of keys) {
    const messages = messagesWithKey(state, key).filter((message) => message.via === 'app-robot');
    if (messages.length === 0) failedResult[key] = 'invalid.processQueryKey';
    else if (!messages.every(allowed)) failedResult[key] = 'robot.processQueryKey.expired';
    else {
      for (const message of messages) recall(state, message);
      successResult.push(key);
    }
  }
  return newOk({ successResult, failedResult });
}

function readStatus(state: State, call: Call, app: App) {
  checkRobotCode(state, call, app);
  const messages = messagesWithKey(state, call.query.get('processQueryKey') ?? '');
  const [first] = messages;
  if (!first) throw newRefusal(400, 'invalid.processQueryKey', 'processQueryKey无效');
  if (!isFresh(state, first)) throw newRefusal(400, 'processQueryKey.expireTime', 'processQueryKey未生成或已过期');
  return newOk({
    sendStatus: first.recalled ? 'RECALLED' : 'SUCCESS',
    messageReadInfoList: messages.map(({ conversation, readBy }) => ({
      name: conversationTitle(state.tenant, conversation),
      userId: conversation,
      readStatus: readBy.includes(conversation) ? 'READ' : 'UNREAD',
    })),
  });
}

function groupReaders(state: State, call: Call) {
  const [message] = messagesWithKey(state, textIn(call.body, 'processQueryKey') ?? '');
  if (!message) throw newRefusal(400, 'invalid.processQueryKey', 'processQueryKey无效');
  return newOk({ sendStatus: message.recalled ? 'RECALLED' : 'SUCCESS', readUserIds: message.readBy, hasMore: false });
}

function isFresh(state: State, message: Message): boolean {
  return state.clock.now() - Date.parse(message.at) <= DAY_MS;
}

const DAY_MS = 86_400_000;
