import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { textIn } from '../../json.ts';
import { deliver } from '../../world/delivery.ts';
import type { Dentry, Role, Space, StoredObject } from '../../world/drive.ts';
import type { Said } from '../../world/message.ts';
import type { State } from '../../world/state.ts';
import { type App, type Group, groupById } from '../../world/tenant.ts';
import { addSpace, describeDentry, driveFile, driveTime, groupSpace } from './drive.ts';
import { actor, fileIn, spaceOf } from './drive-access.ts';
import { place } from './drive-commit.ts';
import { checkRight } from './drive-rights.ts';

/** Files of the drive into conversations: a copy, or a link (files.md §5.1, §5.5). */
export function driveSendRoutes(state: State): Route[] {
  const base = '/v1.0/convFile';
  return [
    guarded('POST', `${base}/conversations/spaces/query`, (call) => {
      const group = groupOf(state, call);
      const { spaceId, at } = groupSpace(state, group.openConversationId);
      const times = { createTime: driveTime(state, at), modifiedTime: driveTime(state, at) };
      return newOk({ space: { spaceId, corpId: state.tenant.corpId, ...times } });
    }),
    guarded('POST', `${base}/conversations/files/send`, (call) => {
      const group = groupOf(state, call);
      const { dentry, object } = fileFor(state, call, 'DOWNLOADER');
      const copy = copyInto(state, groupSpace(state, group.openConversationId), dentry, actor(state, call).unionId);
      return sent(
        state,
        { conversation: group.openConversationId, sender: actor(state, call).userId },
        fileSaid(copy, object),
        copy,
      );
    }),
    guarded('POST', `${base}/conversations/files/links/send`, (call) => {
      const group = groupOf(state, call);
      const { dentry, object } = fileFor(state, call, 'READER');
      const messageUrl = `${state.url}/_sim/files/${dentry.id}`;
      const said = { ...fileSaid(dentry, object), msgtype: 'link', title: dentry.name, content: { messageUrl } };
      return sent(state, { conversation: group.openConversationId, sender: actor(state, call).userId }, said, dentry);
    }),
    guarded('POST', `${base}/apps/conversations/files/send`, (call, app) => sendToPerson(state, call, app)),
  ];
}

/** Here unionId is the receiver, the app speaks, and permissionDenied is 400 (files.md §5.5). */
function sendToPerson(state: State, call: Call, app: App): Reply {
  const receiver = actor(state, call);
  const space = spaceOf(state, textIn(call.body, 'spaceId'));
  if (space.appKey !== app.appKey)
    throw newRefusal('drive.send-foreign-space', 400, 'permissionDenied', 'the space is not one of this app');
  const { dentry, object } = fileOnly(fileIn(state, space.spaceId, textIn(call.body, 'dentryId')));
  const own = (candidate: Space) =>
    candidate.scene === 'app-chat' && candidate.sceneId === `${app.appKey} ${receiver.userId}`;
  const chat =
    state.drive.spaces.find(own) ??
    addSpace(state, {
      name: app.name,
      scene: 'app-chat',
      sceneId: `${app.appKey} ${receiver.userId}`,
      owner: { type: 'USER', unionId: receiver.unionId },
    });
  const copy = copyInto(state, chat, dentry, dentry.creatorId);
  return sent(state, { conversation: receiver.userId, sender: app.name }, fileSaid(copy, object), copy);
}

/** The operator must be in the group; who is not may not add to its space (files.md §5.5). */
function groupOf(state: State, call: Call): Group {
  const { userId } = actor(state, call);
  const conversation = textIn(call.body, 'openConversationId');
  if (!conversation) throw newRefusal('drive.send-no-conversation', 400, 'paramError', 'openConversationId is missing');
  const group = groupById(state.tenant, conversation);
  if (!group)
    throw newRefusal(
      'drive.send-unknown-conversation',
      404,
      'conversationNotExist',
      `there is no conversation ${conversation}`,
    );
  if (!group.members.includes(userId))
    throw newRefusal('drive.send-not-a-member', 403, 'permissionDenied', `${userId} is not in ${group.title}`);
  return group;
}

/** A copy needs more than a link does (files.md §5.5). */
function fileFor(state: State, call: Call, least: Role) {
  const { spaceId } = spaceOf(state, textIn(call.body, 'spaceId'));
  const dentry = fileIn(state, spaceId, textIn(call.body, 'dentryId'));
  checkRight(state, dentry, actor(state, call).unionId, least);
  return fileOnly(dentry);
}

function fileOnly(dentry: Dentry): { dentry: Dentry; object: StoredObject } {
  if (!dentry.object) throw newRefusal('drive.send-folder', 400, 'folderNotSupport', 'a folder cannot be sent');
  return { dentry, object: dentry.object };
}

/** The file in the answer is the copy in the conversation (files.md §5.5). */
function copyInto(state: State, space: Space, { name, object }: Dentry, creatorId: string): Dentry {
  return place(state, { spaceId: space.spaceId, parentId: '0', type: 'FILE', name, creatorId, object });
}

function fileSaid(dentry: Dentry, object: StoredObject): Said {
  const { id, spaceId, name } = dentry;
  return { msgtype: 'file', text: name, content: { spaceId, dentryId: id }, file: driveFile(dentry, object) };
}

/** No message id is returned, so nothing recalls it (files.md §5.5). */
function sent(state: State, to: { conversation: string; sender: string }, said: Said, dentry: Dentry): Reply {
  deliver(state, said, { ...to, via: 'drive' });
  return newOk({ file: { ...describeDentry(state, dentry), conversationId: to.conversation } });
}
