import { isAddressBlock } from '../gateway/addresses.ts';
import { isTextList, type JsonObject, numberIn, textIn } from '../json.ts';
import { type State, tell } from '../world/state.ts';
import { type Control, ControlFault, need, needGroup, needPerson } from './control-input.ts';

/** More of the organisation than the fixtures have: people, groups, apps and custom robots. */
export function tenantActions(state: State): Control {
  return {
    'POST /people': ({ body }) => {
      const expected = '{"userId": "zhaoliu", "name": "赵六", "mobile": "13800000004"}';
      onlyKnown(body, 'userId unionId name nick mobile sysLevel notificationCode', expected);
      const sysLevel = numberIn(body, 'sysLevel');
      const userId = need(body, 'userId', expected);
      const mobile = textIn(body, 'mobile') ?? '';
      const unionId = textIn(body, 'unionId') ?? `union-${userId}`;
      return add(
        state,
        state.tenant.people,
        {
          userId,
          unionId,
          name: textIn(body, 'name') ?? userId,
          mobile,
          ...texts(body, 'nick', 'notificationCode'),
          ...(sysLevel === undefined ? {} : { sysLevel }),
        },
        'userId',
      );
    },
    'POST /outsiders': ({ body }) => {
      const expected =
        '{"unionId": "union-guest", "nick": "访客", "corps": ["dingguest"]}; an external contact with "userId"';
      onlyKnown(body, 'unionId userId nick mobile corps visitor', expected);
      const unionId = need(body, 'unionId', expected);
      const { corps } = { corps: [], ...lists(body, expected, 'corps') };
      const who = { unionId, nick: textIn(body, 'nick') ?? unionId, corps, ...texts(body, 'userId', 'mobile') };
      return add(state, state.tenant.outsiders, { ...who, ...flags(body, ['visitor']) }, 'unionId');
    },
    'POST /groups': ({ body }) => {
      const expected = '{"openConversationId": "cidNew=", "title": "新群", "members": ["zhangsan"]}';
      onlyKnown(body, `openConversationId chatId title members coolAppCode ${GROUP_STATES.join(' ')}`, expected);
      const openConversationId = need(body, 'openConversationId', expected);
      const members = body.members ?? state.tenant.people.map((person) => person.userId);
      if (!isTextList(members)) throw new ControlFault('members is not a list of strings', expected);
      for (const member of members) needPerson(state, member);
      const title = textIn(body, 'title') ?? openConversationId;
      const chatId = textIn(body, 'chatId') ?? `chat-${openConversationId}`;
      const states = flags(body, GROUP_STATES);
      const group = { openConversationId, chatId, title, members, ...states, ...texts(body, 'coolAppCode') };
      return add(state, state.tenant.groups, group, 'openConversationId');
    },
    'POST /apps': ({ body }) => {
      const expected = '{"appKey": "dingother", "appSecret": "…", "agentId": 1000002}';
      onlyKnown(
        body,
        `appKey appSecret agentId robotCode name missingScopes visibleUsers ips homePages redirectUrls ssoUrls ${APP_STATES.join(' ')}`,
        expected,
      );
      const appKey = need(body, 'appKey', expected);
      const app = {
        appKey,
        appSecret: need(body, 'appSecret', expected),
        agentId: numberIn(body, 'agentId') ?? 1000001 + state.tenant.apps.length,
        robotCode: textIn(body, 'robotCode') ?? appKey,
        name: textIn(body, 'name') ?? appKey,
        ...flags(body, APP_STATES),
        ...lists(body, expected, 'missingScopes', 'visibleUsers', 'ips', 'homePages', 'redirectUrls', 'ssoUrls'),
      };
      checkAddresses(app.ips ?? [], expected);
      return add(state, state.tenant.apps, app, 'appKey');
    },
    'POST /robots': ({ body }) => {
      const expected = '{"accessToken": "…", "conversation": "cidOps=", "secret": "SEC…", "keywords": ["告警"]}';
      onlyKnown(body, `accessToken name conversation secret keywords ips ${ROBOT_STATES.join(' ')}`, expected);
      const accessToken = need(body, 'accessToken', expected);
      const { keywords = [], ips = [] } = body;
      if (!isTextList(ips)) throw new ControlFault('ips is not a list of strings', expected);
      checkAddresses(ips, expected);
      if (!isTextList(keywords) || keywords.length > 10)
        throw new ControlFault('keywords: at most 10 strings', expected);
      const conversation = needGroup(state, need(body, 'conversation', expected)).openConversationId;
      const secret = textIn(body, 'secret');
      const name = textIn(body, 'name') ?? '自定义机器人';
      const states = flags(body, ROBOT_STATES);
      const robot = { accessToken, name, conversation, keywords, ips, ...(secret ? { secret } : {}), ...states };
      return add(state, state.tenant.robots, robot, 'accessToken');
    },
  };
}

/** Refuses unknown names: a misspelt one would change nothing without a word. */
function onlyKnown(body: JsonObject, words: string, expected: string): void {
  const known = words.split(' ');
  const unknown = Object.keys(body).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new ControlFault(`unknown: ${unknown.join(', ')}; known: ${known.join(', ')}`, expected);
}

function flags<K extends string>(body: JsonObject, keys: readonly K[]): { [key in K]?: boolean } {
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
  if (!ips.every(isAddressBlock)) throw new ControlFault('ips: IPv4 addresses or CIDR blocks', expected);
}

const GROUP_STATES = ['dissolved', 'foreign', 'muted', 'robotAbsent', 'robotStopped'] as const;

const APP_STATES = [
  'robotStopped',
  'noOneToOne',
  'disabled',
  'noNotifications',
  'unpublished',
  'noWebAbility',
] as const;

const ROBOT_STATES = ['disabled', 'removed'] as const;

/** Adds, or takes the place of the one with the same id. */
function add<T>(state: State, list: T[], item: T, id: keyof T): T {
  const at = list.findIndex((candidate) => candidate[id] === item[id]);
  if (at === -1) list.push(item);
  else list[at] = item;
  tell(state, 'tenant', {});
  return item;
}
