import type { JsonObject } from '../json.ts';
import { defaults } from '../world/settings.ts';

/** A member of a body by a sample of it, and what it means. */
export type Member = [sample: unknown, words: string];

export type Described = {
  does: string;
  query?: Record<string, string>;
  needs?: Record<string, Member>;
  takes?: Record<string, Member>;
  /** A body that is taken; else that of what it needs. */
  example?: JsonObject;
  gives?: 'object' | 'list' | 'bytes' | 'news';
};

const PERSON: Member = ['lisi', 'userId of a person'];
const FILE: Member = [{ name: 'a.txt', base64: '5L2g5aW9' }, 'name and content'];

/** Each control call in words, for the OpenAPI document. */
export const described: Record<string, Described> = {
  'GET /': { does: 'All control calls.' },
  'GET /openapi.json': { does: 'This document.' },
  'GET /stream': { does: 'Everything new, as server-sent events.', gives: 'news' },
  'GET /messages': {
    does: 'What stands in the conversations, oldest first.',
    query: {
      conversation: 'of one group (openConversationId) or one person (userId)',
      limit: 'the newest so many',
      before: 'those before this id',
    },
    gives: 'list',
  },
  'GET /limits': { does: 'What limits leave, and what was charged by month, app, kind and act.' },
  'GET /calls': {
    does: 'Calls of the DingTalk API with their answers, refused ones too.',
    query: { path: 'an exact path, or its beginning with a star', words: 'that stand somewhere in the call' },
    gives: 'list',
  },
  'GET /calls/:id': { does: 'One call, whole.' },
  'GET /todos': { does: 'The to-dos.', query: { deleted: 'true: deleted ones too' }, gives: 'list' },
  'GET /work-notifications': { does: 'Sends of work notifications and whom they reached.', gives: 'list' },
  'GET /pushes': {
    does: 'What went to the app, each attempt with its answer.',
    query: { door: 'events, robot or cards' },
    gives: 'list',
  },
  'GET /failed-list': { does: 'Pushes that failed and wait to be fetched by the app.', gives: 'list' },
  'GET /faults': { does: 'Faults that wait for their calls.', gives: 'list' },
  'GET /refusals': { does: 'Ids of all refusals, each with the section it is read from.' },
  'GET /settings': { does: 'All settings.' },
  'GET /drive': { does: 'Spaces and files of the drive.' },
  'GET /files': { does: 'Uploaded files, without their content.', gives: 'list' },
  'GET /files/:id': { does: 'The content of a file, by mediaId or dentryId.', gives: 'bytes' },
  'GET /downloads/:name': { does: 'What a downloadUrl of DingTalk leads to.', gives: 'bytes' },
  'GET /state': { does: 'All that the page shows at first.' },
  'GET /streams': { does: 'Stream connections of apps.', gives: 'list' },
  'GET /previews': { does: 'Links of messages that were fetched as DingTalk does for a preview.', gives: 'list' },
  'POST /events': {
    does: 'Pushes an event; its own fields stand beside EventType.',
    needs: { EventType: ['user_add_org', 'type of the event'] },
    takes: {
      eventId: ['event-1', 'absent: a new one'],
      receiver: ['dingsimapp', 'for whom it is encrypted'],
      via: ['old', '"old": to the address of register_call_back, else "console"'],
      tamper: ['signature', 'sends a wrong signature'],
    },
    example: { EventType: 'user_add_org', UserId: ['lisi'] },
  },
  'POST /pushes/:id/repeat': { does: 'Sends a push again, as DingTalk may do.' },
  'POST /say': {
    does: 'A person writes to the robot: one or more of text, file, audio, video, richText.',
    needs: { from: PERSON },
    takes: {
      text: ['状态', 'what is written'],
      conversation: ['cidOps=', 'a group; absent: one-to-one'],
      file: FILE,
      picture: [true, 'the file is a picture'],
      audio: [{ base64: 'IyFBTVI=', durationMs: 3000, recognition: '你好' }, 'a voice message'],
      video: [{ base64: 'AAAA', name: 'v.mp4' }, 'a video'],
      richText: [[{ text: '看图' }], 'a list of {text} and {picture}'],
      quote: ['msg-1', 'id of the message that is answered'],
      app: ['dingsimapp', 'appKey of the robot'],
      quotaExhausted: [true, "the month's pushes are used up: the robot gets no content"],
    },
    example: { from: 'lisi', text: '状态' },
  },
  'POST /click': {
    does: "A person taps a card's button.",
    needs: { outTrackId: ['card-1', 'of the card'], userId: PERSON, actionId: ['done', 'of the button'] },
    takes: { params: [{ comment: '好' }, 'values that the button sends'] },
  },
  'POST /faults': {
    does: 'Makes the next calls of a path fail.',
    needs: {
      path: ['/robot/send', 'an exact path, with a query of one robot, or its beginning with a star'],
      fault: ['hang', 'drop-after-accept, hang, throttle, html-ban, punish, revoke-token; or an object with figures'],
    },
    takes: { times: [1, 'for so many calls'] },
  },
  'POST /files': {
    does: 'Uploads a file, as a call of the DingTalk API does.',
    needs: { name: ['a.txt', 'its name'], base64: ['5L2g5aW9', 'its content'] },
    takes: { type: ['file', 'file, image, voice or video'] },
  },
  'DELETE /faults': { does: 'Removes all faults.', gives: 'list' },
  'DELETE /faults/:id': { does: 'Removes one fault.', gives: 'list' },
  'POST /clock': {
    does: 'Moves the clock: tokens, windows and retries follow.',
    needs: { advanceMs: [60_000, 'by how much, in ms'] },
  },
  'POST /settings': {
    does: 'Changes settings; those not given keep their values.',
    takes: {
      callbackUrl: ['http://127.0.0.1:8080', 'where pushes go'],
      ...Object.fromEntries(Object.entries(defaults).map(([name, value]): [string, Member] => [name, [value, '']])),
    },
    example: { qps: 20 },
  },
  'POST /reset': { does: 'Back to the fixtures.' },
  'POST /read': {
    does: 'A person reads messages.',
    needs: { userId: PERSON },
    takes: { ids: [['msg-1'], 'absent: all in their conversations'], id: ['msg-1', 'one message'] },
  },
  'POST /tick': {
    does: 'A person ticks off a to-do, where the setting todo.tickable lets them.',
    needs: { userId: PERSON, todo: ['task1', 'id of the to-do'], done: [true, 'ticked or not'] },
  },
  'POST /tokens/revoke': { does: 'Makes all access tokens invalid.' },
  'POST /people': {
    does: 'Adds a person, or takes the place of the one with the same userId.',
    needs: { userId: ['zhaoliu', 'userId'] },
    takes: {
      unionId: ['union-zhaoliu', 'absent: union-<userId>'],
      name: ['赵六', 'name'],
      nick: ['六哥', 'what they call themselves'],
      mobile: ['13800000009', 'mobile number'],
      sysLevel: [1, '1 main administrator, 2 sub-administrator, 100 boss'],
      notificationCode: ['1430004', 'why no work notification reaches them'],
    },
  },
  'POST /outsiders': {
    does: 'Adds somebody who is not in the organisation.',
    needs: { unionId: ['union-guest', 'unionId'] },
    takes: {
      userId: ['ext-guest', 'makes an external contact'],
      nick: ['访客', 'what they call themselves'],
      mobile: ['13900000009', 'mobile number'],
      corps: [['dingguest'], 'their own organisations'],
      visitor: [true, 'a snapshot user'],
    },
  },
  'POST /groups': {
    does: 'Adds a group.',
    needs: { openConversationId: ['cidMine=', 'its id'] },
    takes: {
      chatId: ['chatMine', 'its id for the old calls'],
      title: ['我的群', 'title'],
      members: [['lisi'], 'userIds; absent: everybody'],
      coolAppCode: ['COOLAPP-1', 'every message of the app robot must name it'],
      dissolved: [true, 'dissolved'],
      foreign: [true, 'of another organisation'],
      muted: [true, 'muted'],
      robotAbsent: [true, "the app's robot is not in it"],
      robotStopped: [true, "the app's robot was stopped in it"],
    },
  },
  'POST /apps': {
    does: 'Adds an app.',
    needs: { appKey: ['dingmine', 'its key'], appSecret: ['secret', 'its secret'] },
    takes: {
      agentId: [1000009, 'agentId'],
      robotCode: ['dingmine', 'absent: the appKey'],
      name: ['我的应用', 'name'],
      missingScopes: [['qyapi_robot_sendmsg'], 'scopes that were not granted'],
      visibleUsers: [['lisi'], 'who the app can see; absent: everybody'],
      ips: [['127.0.0.0/8'], 'from where it may be called'],
      homePages: [['http://127.0.0.1'], 'where its pages live'],
      redirectUrls: [['http://127.0.0.1'], 'addresses for sign-in'],
      ssoUrls: [['http://127.0.0.1'], 'addresses for codes in the client'],
      robotStopped: [true, 'its robot is switched off'],
      noOneToOne: [true, 'its robot may not begin a chat'],
      disabled: [true, 'stopped by the organisation'],
      noNotifications: [true, 'may not notify'],
      unpublished: [true, 'not published'],
      noWebAbility: [true, 'has no web page'],
    },
  },
  'POST /robots': {
    does: 'Adds a custom robot.',
    needs: { accessToken: ['mine', 'of its address'], conversation: ['cidOps=', 'its group'] },
    takes: {
      name: ['我的机器人', 'name'],
      secret: ['SECmine', 'messages must be signed with it'],
      keywords: [['告警'], 'a message must have one of them'],
      ips: [['127.0.0.0/8'], 'from where it takes messages'],
      disabled: [true, 'stopped'],
      removed: [true, 'taken out of its group'],
    },
  },
  'POST /streams': {
    does: 'What may happen to Stream connections.',
    needs: { do: ['ping', 'ping, disconnect, half-open, close or cut'] },
    takes: { id: ['connection-1', 'one connection; absent: all'] },
    gives: 'list',
  },
  'POST /auth-code': {
    does: "What dd.requestAuthCode answers a page in the client: a code, or the client's error.",
    needs: { userId: PERSON, url: ['http://127.0.0.1:3000/t/1', 'the page'] },
    takes: { corpId: ['dingsimcorp', 'as the page asked'], clientId: ['dingsimapp', 'as the page asked'] },
  },
  'POST /consents/withdraw': {
    does: 'A person takes back their consent.',
    needs: { userId: PERSON, clientId: ['dingsimapp', 'the app'] },
  },
};
