import type { Control } from './control.ts';
import { ControlFault, need, needGroup, needPerson } from './control-input.ts';
import { isTextList, type JsonObject, numberIn, textIn } from './json.ts';
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
        { userId, unionId, name: textIn(body, 'name') ?? userId, mobile, ...texts(body, 'notificationCode') },
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
      const states = flags(body, 'dissolved', 'foreign', 'muted', 'robotAbsent', 'robotStopped');
      const group = { openConversationId, chatId, title, members, ...states, ...texts(body, 'coolAppCode') };
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
        ...flags(body, 'robotStopped', 'noOneToOne', 'disabled', 'noNotifications'),
        ...lists(body, expected, 'missingScopes', 'visibleUsers', 'ips'),
      };
      checkAddresses(app.ips ?? [], expected);
      return add(state, state.tenant.apps, app, 'appKey');
    },
    'POST /robots': ({ body }) => {
      const expected = '{"accessToken": "…", "conversation": "cidOps=", "secret": "SEC…", "keywords": ["告警"]}';
      const accessToken = need(body, 'accessToken', expected);
      const { keywords = [], ips = [] } = body;
      if (!isTextList(ips)) throw new ControlFault('ips is not a list of strings', expected);
      checkAddresses(ips, expected);
      if (!isTextList(keywords) || keywords.length > 10)
        throw new ControlFault('keywords: at most 10 strings', expected);
      const conversation = needGroup(state, need(body, 'conversation', expected)).openConversationId;
      const secret = textIn(body, 'secret');
      const name = textIn(body, 'name') ?? '自定义机器人';
      const states = flags(body, 'disabled', 'removed');
      const robot = { accessToken, name, conversation, keywords, ips, ...(secret ? { secret } : {}), ...states };
      return add(state, state.tenant.robots, robot, 'accessToken');
    },
  };
}

function flags<K extends string>(body: JsonObject, ...keys: K[]): { [key in K]?: boolean } {
  const set: { [key in K]?: boolean } = {};
  for (const key of keys) if (body[key] === true) set[key] = true;
  return set;
}

function texts<K extends string>(body: JsonObject, ...keys: K[]): { [key in K]?: string } {
  const set: { [key in K]?: string } = {};
  for (const key of keys) {
    const text = textIn(body, key);
    if (text !== undefined) set[key] = text;
  }
  return set;
}

function lists<K extends string>(body: JsonObject, expected: string, ...keys: K[]): { [key in K]?: string[] } {
  const set: { [key in K]?: string[] } = {};
  for (const key of keys) {
    const list = body[key];
    if (list === undefined) continue;
    if (!isTextList(list)) throw new ControlFault(`${key} is not a list of strings`, expected);
    set[key] = list;
  }
  return set;
}

function checkAddresses(ips: string[], expected: string): void {
  if (!ips.every((ip) => /^[\d.]+(\/\d+)?$/.test(ip)))
    throw new ControlFault('ips: IPv4 addresses or CIDR blocks', expected);
}

/** Adds, or takes the place of the one with the same id. */
function add<T>(state: State, list: T[], item: T, id: keyof T): T {
  const at = list.findIndex((candidate) => candidate[id] === item[id]);
  if (at === -1) list.push(item);
  else list[at] = item;
  tell(state, 'tenant', {});
  return item;
}
