import type { Control } from './control.ts';
import { ControlFault, need, needGroup, needPerson } from './control-input.ts';
import { isTextList, numberIn, textIn } from './json.ts';
import { type State, tell } from './state.ts';

/** More of the organisation than the fixtures have: people, groups, apps and custom robots. */
export function tenantActions(state: State): Control {
  return {
    'POST /people': ({ body }) => {
      const expected = '{"userId": "zhaoliu", "name": "赵六", "mobile": "13800000004"}';
      const userId = need(body, 'userId', expected);
      const mobile = textIn(body, 'mobile') ?? '';
      const unionId = textIn(body, 'unionId') ?? `union-${userId}`;
      return add(
        state,
        state.tenant.people,
        { userId, unionId, name: textIn(body, 'name') ?? userId, mobile },
        'userId',
      );
    },
    'POST /groups': ({ body }) => {
      const expected = '{"openConversationId": "cidNew=", "title": "新群", "members": ["zhangsan"]}';
      const openConversationId = need(body, 'openConversationId', expected);
      const members = body.members ?? state.tenant.people.map((person) => person.userId);
      if (!isTextList(members)) throw new ControlFault('members is not a list of strings', expected);
      for (const member of members) needPerson(state, member);
      const title = textIn(body, 'title') ?? openConversationId;
      const chatId = textIn(body, 'chatId') ?? `chat-${openConversationId}`;
      const dissolved = body.dissolved === true ? { dissolved: true } : {};
      const group = { openConversationId, chatId, title, members, ...dissolved };
      return add(state, state.tenant.groups, group, 'openConversationId');
    },
    'POST /apps': ({ body }) => {
      const expected = '{"appKey": "dingother", "appSecret": "…", "agentId": 1000002}';
      const appKey = need(body, 'appKey', expected);
      const app = {
        appKey,
        appSecret: need(body, 'appSecret', expected),
        agentId: numberIn(body, 'agentId') ?? 1000001 + state.tenant.apps.length,
        robotCode: textIn(body, 'robotCode') ?? appKey,
        name: textIn(body, 'name') ?? appKey,
        ...(body.robotStopped === true ? { robotStopped: true } : {}),
        ...(body.noOneToOne === true ? { noOneToOne: true } : {}),
      };
      return add(state, state.tenant.apps, app, 'appKey');
    },
    'POST /robots': ({ body }) => {
      const expected = '{"accessToken": "…", "conversation": "cidOps=", "secret": "SEC…", "keywords": ["告警"]}';
      const accessToken = need(body, 'accessToken', expected);
      const { keywords = [], ips = [] } = body;
      if (!isTextList(ips) || !ips.every((ip) => /^[\d.]+(\/\d+)?$/.test(ip)))
        throw new ControlFault('ips: IPv4 addresses or CIDR blocks', expected);
      if (!isTextList(keywords) || keywords.length > 10)
        throw new ControlFault('keywords: at most 10 strings', expected);
      const conversation = needGroup(state, need(body, 'conversation', expected)).openConversationId;
      const secret = textIn(body, 'secret');
      const name = textIn(body, 'name') ?? '自定义机器人';
      const disabled = body.disabled === true ? { disabled: true } : {};
      const robot = { accessToken, name, conversation, keywords, ips, ...(secret ? { secret } : {}), ...disabled };
      return add(state, state.tenant.robots, robot, 'accessToken');
    },
  };
}

/** Adds, or takes the place of the one with the same id. */
function add<T>(state: State, list: T[], item: T, id: keyof T): T {
  const at = list.findIndex((candidate) => candidate[id] === item[id]);
  if (at === -1) list.push(item);
  else list[at] = item;
  tell(state, 'tenant', {});
  return item;
}
