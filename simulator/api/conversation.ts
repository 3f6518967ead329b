import { newOk, newRefusal, oldOk, oldRefusal, type Reply } from '../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../gateway/route.ts';
import { textIn } from '../json.ts';
import { deliver } from '../world/delivery.ts';
import type { State } from '../world/state.ts';
import { type App, groupById, personById } from '../world/tenant.ts';
import { conversationCodes, readWorkMessage } from './work/work-message.ts';

/** The old calls into a conversation, closed to new apps but served to existing ones (messaging.md §6). */
export function conversationRoutes(state: State): Route[] {
  return [
    guarded('POST', '/chat/send', (call, app) => sendToChat(state, call, app)),
    guarded('POST', '/message/send_to_conversation', (call) => sendToConversation(state, call)),
    guarded('GET', '/chat/get', (call) => readChat(state, call)),
    guarded(
      'POST',
      '/v1.0/im/chat/:chatId/convertToOpenConversationId',
      (call) => {
        const group = state.tenant.groups.find((candidate) => candidate.chatId === call.params.chatId);
        if (!group) throw newRefusal('chat.unknown-id', 400, 'invalideChatId', 'chatId无效');
        return newOk({ openConversationId: group.openConversationId });
      },
      'none',
    ),
  ];
}

/** messaging.md §6.1: shown as the enterprise */
function sendToChat(state: State, call: Call, app: App): Reply {
  const chatId = textIn(call.body, 'chatid');
  if (!chatId) throw oldRefusal('chat.no-id', 40035, '不合法的参数: 缺少参数 chatid');
  const said = readWorkMessage(state, call.body.msg, conversationCodes);
  const group = state.tenant.groups.find((candidate) => candidate.chatId === chatId);
  if (!group) throw oldRefusal('chat.unknown', 34001, '无效的会话id');
  const key = state.chance.bytes(16).toString('base64');
  deliver(state, said, { conversation: group.openConversationId, via: 'conversation', sender: app.name, key });
  return oldOk({ messageId: key });
}

/** messaging.md §6.6: sender, cid, msg */
function sendToConversation(state: State, call: Call): Reply {
  const sender = textIn(call.body, 'sender');
  const cid = textIn(call.body, 'cid');
  if (!sender) throw oldRefusal('conversation.no-sender', 40035, '不合法的参数: 缺少参数 sender');
  if (!cid) throw oldRefusal('conversation.no-cid', 40035, '不合法的参数: 缺少参数 cid');
  const said = readWorkMessage(state, call.body.msg, conversationCodes);
  if (!personById(state.tenant, sender)) throw oldRefusal('conversation.unknown-sender', 40012, '不合法的发送者');
  const group = groupById(state.tenant, cid);
  if (!group || (state.settings.cidOnce && state.usedCids.has(cid)))
    throw oldRefusal('conversation.cid', 40016, '不合法的会话id');
  if (!group.members.includes(sender)) throw oldRefusal('conversation.not-a-member', 40015, '发送者不在会话中');
  state.usedCids.add(cid);
  deliver(state, said, { conversation: cid, via: 'conversation', sender });
  return oldOk({ receiver: group.members.filter((member) => member !== sender).join('|') });
}

/** messaging.md §6.3 */
function readChat(state: State, call: Call): Reply {
  const group = state.tenant.groups.find((candidate) => candidate.chatId === call.query.get('chatid'));
  if (!group) throw oldRefusal('chat.get-unknown', 49000, '无效的会话id');
  const { title, members, chatId } = group;
  return oldOk({
    chat_info: { chatid: chatId, name: title, owner: members[0], useridlist: members, conversationTag: 2, status: 1 },
  });
}
