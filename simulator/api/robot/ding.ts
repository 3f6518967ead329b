import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { numberIn, textIn, textsIn } from '../../json.ts';
import { deliver, messagesWithKey, recall } from '../../world/delivery.ts';
import { isOff, type RefusalId } from '../../world/refusals.ts';
import { rememberKey, type State } from '../../world/state.ts';
import { type App, personById } from '../../world/tenant.ts';
import { checkRobotCode } from './app-robot.ts';

export function dingRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v1.0/robot/ding/send', (call, app) => send(state, call, app)),
    guarded('POST', '/v1.0/robot/ding/recall', (call, app) => {
      checkRobotCode(state, call, app);
      const openDingId = textIn(call.body, 'openDingId');
      if (!openDingId || state.dings.get(openDingId)?.robotCode !== app.robotCode)
        throw invalid('ding.unknown', 'openDingId');
      for (const message of messagesWithKey(state, openDingId)) recall(state, message);
      return newOk({ openDingId });
    }),
  ];
}

/** At most 200 people in the client, 20 by text or telephone, which need packs that were bought (callbacks.md §9.5). */
function send(state: State, call: Call, app: App): Reply {
  checkRobotCode(state, call, app);
  // Pro and Exclusive editions only; the code for the others is not documented
  if (!state.settings.dingEdition)
    throw newRefusal('ding.edition', 400, 'send.ding.exception', 'DING needs the Pro or Exclusive edition');
  const remindType = numberIn(call.body, 'remindType') ?? 0;
  if (![1, 2, 3].includes(remindType))
    throw invalid('ding.kind', 'remindType: 1 in the client, 2 text message, 3 telephone');
  const content = textIn(call.body, 'content');
  if (!content) throw invalid('ding.no-content', 'content');
  const userIds = textsIn(call.body, 'receiverUserIdList');
  if (!userIds || userIds.length === 0)
    throw newRefusal('ding.nobody', 400, 'miss.staffId', 'receiverUserIdList is missing');
  const most = remindType === 1 ? 200 : 20;
  if (userIds.length > most)
    throw newRefusal('ding.too-many', 400, 'ding.receivercount.limit', `at most ${most} people`);
  if (remindType !== 1 && userIds.length > state.settings.dingPack)
    throw newRefusal(
      'ding.pack',
      400,
      'ding.serverquota.insufficient',
      'the pack of text messages and calls is used up',
    );
  if (remindType !== 1) state.settings.dingPack -= userIds.length;
  const openDingId = state.chance.bytes(16).toString('hex');
  rememberKey(state.dings, openDingId, { robotCode: app.robotCode, remindType }, state.settings.mostKept);
  const known = (userId: string) => personById(state.tenant, userId) || isOff(state, 'ding.unknown-person');
  const unknown = userIds.filter((userId) => !known(userId));
  for (const conversation of new Set(userIds)) {
    if (unknown.includes(conversation)) continue;
    const said = { msgtype: 'ding', text: content, content: { content, remindType } };
    deliver(state, said, {
      conversation,
      via: 'app-robot',
      sender: app.name,
      key: openDingId,
      mentions: [conversation],
    });
  }
  // a map from the reason to the people; the reasons are not documented
  return newOk({ openDingId, failedList: unknown.length > 0 ? { 'invalid.staffId': unknown } : {} });
}

function invalid(id: RefusalId, member: string) {
  return newRefusal(id, 400, 'invalidParameter.param.invalid', member);
}
