import { newOk, newRefusal, oldOk, oldRefusal, type Reply } from '../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../gateway/route.ts';
import { type JsonObject, textIn, textsIn } from '../json.ts';
import { emitGroup } from '../push/emit.ts';
import { messagesWithKey } from '../world/delivery.ts';
import type { RefusalId } from '../world/refusals.ts';
import { type State, tell } from '../world/state.ts';
import { type Group, personById } from '../world/tenant.ts';

/** Making and changing groups, by the old and the new API, and who has read what /chat/send sent (messaging.md §6). */
export function groupRoutes(state: State): Route[] {
  return [
    guarded('POST', '/chat/create', (call) => {
      const group = create(state, call.body, oldFault);
      const { chatId, openConversationId } = group;
      return oldOk({ chatid: chatId, openConversationId, conversationTag: 2 });
    }),
    guarded('POST', '/v1.0/im/group/create', (call) => {
      const { chatId, openConversationId } = create(state, call.body, newFault);
      return newOk({ chatid: chatId, openConversationId, conversationTag: 2 });
    }),
    guarded('POST', '/chat/update', (call) => {
      const group = state.tenant.groups.find(({ chatId }) => chatId === textIn(call.body, 'chatid'));
      if (!group) throw oldRefusal('group.unknown-chat', 40016, '不合法的会话id');
      update(state, group, call.body, oldFault);
      return oldOk();
    }),
    guarded('POST', '/v1.0/im/group/update', (call) => {
      const id = textIn(call.body, 'openConversationId');
      const group = state.tenant.groups.find(({ openConversationId }) => openConversationId === id);
      if (!group) throw newFault('group.unknown', 'openConversationId');
      update(state, group, call.body, newFault);
      return newOk({ success: true });
    }),
    guarded('GET', '/chat/getReadList', (call) => readers(state, call)),
  ];
}

type Fault = (id: RefusalId, member: string) => Error;

const oldFault: Fault = (id, member) => oldRefusal(id, 40035, `不合法的参数: ${member}`);

const newFault: Fault = (id, member) => newRefusal(id, 400, 'parameter.invalid', `不合法的参数: ${member}`);

/** A name of 1 to 20 characters, an owner who is in the list, at most 40 people a call (messaging.md §6.2). */
function create(state: State, body: JsonObject, fault: Fault): Group {
  const name = textIn(body, 'name');
  const owner = textIn(body, 'owner');
  const members = textsIn(body, 'useridlist');
  if (!name || name.length > 20) throw fault('group.name', 'name');
  if (!members || members.length === 0 || members.length > MOST_A_CALL) throw fault('group.people', 'useridlist');
  if (!owner || !members.includes(owner)) throw fault('group.owner', 'owner');
  if (members.some((member) => !personById(state.tenant, member))) throw fault('group.strangers', 'useridlist');
  const id = state.chance.bytes(8).toString('hex');
  // the owner stands first, which is where /chat/get reads it
  const people = [owner, ...new Set(members.filter((member) => member !== owner))];
  const group = { openConversationId: `cid${id}==`, chatId: `chat${id}`, title: name, members: people };
  state.tenant.groups.push(group);
  tell(state, 'tenant', {});
  return group;
}

/** messaging.md §6.4: name, owner, and people to add or remove */
function update(state: State, group: Group, body: JsonObject, fault: Fault): void {
  const name = textIn(body, 'name');
  if (name && name.length > 20) throw fault('group.new-name', 'name');
  const added = textsIn(body, 'add_useridlist') ?? [];
  const removed = textsIn(body, 'del_useridlist') ?? [];
  if (added.length > MOST_A_CALL || added.some((member) => !personById(state.tenant, member)))
    throw fault('group.added', 'add_useridlist');
  if (removed.length > MOST_A_CALL) throw fault('group.removed', 'del_useridlist');
  const before = { ...group };
  const members = [...new Set([...group.members, ...added])].filter((member) => !removed.includes(member));
  const owner = textIn(body, 'owner') ?? group.members[0] ?? '';
  if (!members.includes(owner)) throw fault('group.new-owner', 'owner');
  group.members = [owner, ...members.filter((member) => member !== owner)];
  if (name) group.title = name;
  emitGroup(state, before, group);
  tell(state, 'tenant', {});
}

/** messaging.md §6.1: pages of at most 100 */
function readers(state: State, call: Call): Reply {
  const [message] = messagesWithKey(state, call.query.get('messageId') ?? '');
  if (!message) throw oldRefusal('readers.message', 40035, '不合法的参数: messageId');
  const cursor = Number(call.query.get('cursor') ?? 0);
  const size = Number(call.query.get('size') ?? 100);
  if (!(cursor >= 0) || !(size >= 1 && size <= 100))
    throw oldRefusal('readers.page', 40035, '不合法的参数: cursor, size');
  const next = cursor + size < message.readBy.length ? { next_cursor: cursor + size } : {};
  return oldOk({ readUserIdList: message.readBy.slice(cursor, cursor + size), ...next });
}

const MOST_A_CALL = 40;
