import { canSee } from '../../gateway/app-access.ts';
import { newOk, newRefusal } from '../../gateway/envelope.ts';
import { countAppRobotMessage } from '../../gateway/limits.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { textIn, textsIn } from '../../json.ts';
import { deliver } from '../../world/delivery.ts';
import type { Said } from '../../world/message.ts';
import { isOff } from '../../world/refusals.ts';
import type { State } from '../../world/state.ts';
import { type App, type Group, groupById, personById } from '../../world/tenant.ts';
import { objection } from './moderation.ts';
import { readTemplate } from './msg-keys.ts';

/** Sending by the app's robot (messaging.md §3.1, §3.2). */
export function appRobotRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v1.0/robot/groupMessages/send', (call, app) => sendToGroup(state, call, app)),
    guarded('POST', '/v1.0/robot/oToMessages/batchSend', (call, app) => sendToPeople(state, call, app)),
  ];
}

/** The robot must be the calling app's own (messaging.md §3.6). */
export function checkRobotCode(state: State, call: Call, app: App): void {
  const robotCode = call.body.robotCode ?? call.query.get('robotCode') ?? undefined;
  // three codes, which the documents do not tell apart; this is how their names read
  if (robotCode === undefined)
    throw newRefusal('robot-code.missing', 400, 'invalidParameter.robotCode.missing', 'robotCode缺失');
  if (robotCode === '')
    throw newRefusal('robot-code.empty', 400, 'invalidParameter.robotCode.empty', 'robotCode不能为空');
  if (typeof robotCode !== 'string')
    throw newRefusal('robot-code.not-text', 400, 'invalidParameter.robotCode.invalid', 'robotCode无效');
  if (!state.tenant.apps.some((candidate) => candidate.robotCode === robotCode))
    throw newRefusal('robot-code.unknown', 400, 'invalidParameter.robotCode.notExsit', 'robotCode不存在');
  if (robotCode !== app.robotCode)
    throw newRefusal('robot-code.foreign', 400, 'invalidParameter.robotCode.auth', 'appKey与robotCode不匹配');
}

function sendToGroup(state: State, call: Call, app: App) {
  checkRobotCode(state, call, app);
  checkRunning(app);
  const said = readTemplate(state, call.body);
  const conversation = textIn(call.body, 'openConversationId');
  if (!conversation)
    throw newRefusal('app-robot.no-conversation', 400, 'miss.openConversationId', 'openConversationId不能为空');
  const group = groupById(state.tenant, conversation);
  if (!group)
    throw newRefusal('app-robot.unknown-conversation', 400, 'invalid.openConversationId', 'openConversationId无效');
  checkGroup(group, call);
  checkContent(state, said);
  countAppRobotMessage(state, app, { group: conversation });
  const key = queryKey(state);
  deliver(state, said, { conversation, via: 'app-robot', sender: app.name, key });
  return newOk({ processQueryKey: key });
}

function sendToPeople(state: State, call: Call, app: App) {
  checkRobotCode(state, call, app);
  checkRunning(app);
  const userIds = textsIn(call.body, 'userIds');
  if (!userIds || userIds.length === 0)
    throw newRefusal('app-robot.no-people', 400, 'invalidParameter.userIds.empty', 'userIds不能为空');
  if (userIds.length > MOST_PEOPLE)
    throw newRefusal(
      'app-robot.too-many-receivers',
      400,
      'invalidParameter.userIds.overMax',
      `userIds超过${MOST_PEOPLE}个`,
    );
  if (userIds.includes(''))
    throw newRefusal('app-robot.empty-person', 400, 'invalidParameter.userId.empty', 'userId不能为空');
  if (app.noOneToOne)
    throw newRefusal('app-robot.no-one-to-one', 400, 'chatbotId.notAllow.sendOTO', '机器人不允许主动发起单聊');
  const said = readTemplate(state, call.body);
  checkContent(state, said);
  // a partial failure is a success with names in it (messaging.md §3.2)
  const reachable = (userId: string) => personById(state.tenant, userId) && canSee(app, userId);
  const invalid = isOff(state, 'app-robot.unknown-person') ? [] : userIds.filter((userId) => !reachable(userId));
  const slow = isOff(state, 'app-robot.slowed-person') ? [] : state.settings.flowControlledUsers;
  const slowed = userIds.filter((id) => !invalid.includes(id) && slow.includes(id));
  countAppRobotMessage(state, app, { people: userIds });
  const key = queryKey(state);
  for (const conversation of new Set(userIds)) {
    if (invalid.includes(conversation) || slowed.includes(conversation)) continue;
    deliver(state, said, { conversation, via: 'app-robot', sender: app.name, key });
  }
  return newOk({ processQueryKey: key, invalidStaffIdList: invalid, flowControlledStaffIdList: slowed });
}

function checkRunning(app: App): void {
  if (app.robotStopped) throw newRefusal('app-robot.stopped', 400, 'resource.unavailable', '机器人已停用');
}

/** What may be wrong with the group, or with the robot in it (messaging.md §3.1, §3.6). */
function checkGroup(group: Group, call: Call): void {
  if (group.dissolved) throw newRefusal('app-robot.group-dissolved', 400, 'group.disbanded', '群已解散');
  if (group.foreign) throw newRefusal('app-robot.group-foreign', 400, 'conversation.org.notMatch', '会话与组织不匹配');
  if (group.robotAbsent) throw newRefusal('app-robot.absent', 400, 'resource.not.found', 'robot 不存在');
  if (group.robotStopped) throw newRefusal('app-robot.stopped-in-group', 400, 'bot.stopped', '机器人已停用');
  if (group.muted) throw newRefusal('app-robot.muted', 400, 'bot.forbidden.sendMessage', '机器人被禁言');
  if (group.coolAppCode && textIn(call.body, 'coolAppCode') !== group.coolAppCode)
    throw newRefusal('app-robot.cool-app', 400, 'invalidParameter.robotCode.coolApp', 'coolAppCode与robotCode不匹配');
}

/** Class M of messaging.md §3.6. */
function checkContent(state: State, said: Said): void {
  const found = objection(state, said);
  if (found === 'url') throw newRefusal('app-robot.unsafe-link', 400, 'contain.unsafe.url', '消息包含不安全的链接');
  if (found) throw newRefusal('app-robot.unsafe-content', 400, `contain.notAllowed.${found}`, '消息包含不合适的内容');
}

/** Contains `+`, `/` and `=`, so that a missing URL encoding shows. */
export function queryKey(state: State): string {
  return `${state.chance.bytes(15).toString('base64')}+/=`;
}

/** The parameter table's figure; an error text says 100 (messaging.md §3.2). */
const MOST_PEOPLE = 20;
