import type { Answer, Desk } from './desk.ts';
import { text } from './desk.ts';

/**
 * Every row of the error tables of messaging.md §2.4, §3.6 and §5 and of files.md §1.4, with a request that provokes it
 * or the reason why none can. A row with a reason is reached by a fault of the simulator.
 */
export type Row = {
  table: 'messaging.md §2.4' | 'messaging.md §3.6' | 'messaging.md §5' | 'files.md §1.4';
  code: string;
  /** What tells several rows of one code apart. */
  case?: string;
  /** HTTP status on the new host. */
  status?: number;
  /** The tenant or settings it needs: control calls that come first. */
  given?: [path: string, body: object][];
  provoke?: (here: Desk) => Promise<Answer>;
  /** The shape of the refusal; by default the plain one of its host. `dropped` is a code in getsendresult. */
  shape?: 'wrapped' | 'dropped';
  words?: string;
  why?: string;
};

const own = (facts: object = {}): [string, object] => [
  '/robots',
  { accessToken: 'own', conversation: 'cidOps=', ...facts },
];
const app = (facts: object): [string, object] => [
  '/apps',
  { appKey: 'dingsimapp', appSecret: 'dingsimsecret', agentId: 1000001, ...facts },
];
const group = (facts: object): [string, object] => [
  '/groups',
  { openConversationId: 'cidOdd=', members: ['lisi'], ...facts },
];
const settings = (change: object): [string, object] => ['/settings', change];

const webhook =
  (body: unknown = text('x'), token = 'own', headers?: Record<string, string>) =>
  (here: Desk) =>
    here.call('POST', `/robot/send?access_token=${token}`, body, headers);
const signed =
  (change: { timestamp?: string; secret?: string }) =>
  (here: Desk): Promise<Answer> =>
    here.robot(text('x'), change);
const toGroup =
  (change: object = {}) =>
  (here: Desk): Promise<Answer> =>
    here.group('sampleText', { content: 'x' }, change);
const template =
  (msgKey: string, msgParam: unknown) =>
  (here: Desk): Promise<Answer> =>
    here.group(msgKey, msgParam);
const toPeople =
  (change: object = {}) =>
  (here: Desk): Promise<Answer> =>
    here.api('POST', '/v1.0/robot/oToMessages/batchSend', {
      robotCode: 'dingsimapp',
      userIds: ['lisi'],
      msgKey: 'sampleText',
      msgParam: '{"content":"x"}',
      ...change,
    });
const corp = (call: string, body: object) => (here: Desk) =>
  here.old('POST', `/topapi/message/corpconversation/${call}`, { agent_id: 1000001, ...body });
const notify = (change: object = {}) => corp('asyncsend_v2', { userid_list: 'lisi', msg: text('x'), ...change });
const notifyTwice =
  (change: object = {}) =>
  async (here: Desk) => {
    await notify()(here);
    return notify(change)(here);
  };
const upload =
  (type: string, name: string, size = 9) =>
  (here: Desk): Promise<Answer> =>
    here.upload(type, name, new Uint8Array(size));
const form = (fill: (form: FormData) => void) => async (here: Desk) => {
  const data = new FormData();
  fill(data);
  return here.old('POST', '/media/upload?type=file', data);
};
const after =
  (first: (here: Desk) => Promise<unknown>, then: (here: Desk) => Promise<Answer>) =>
  async (here: Desk): Promise<Answer> => {
    await first(here);
    return then(here);
  };

const MIB = 1024 * 1024;
const HOUR_AND_MORE = 3_700_000;
const INFRASTRUCTURE = 'trouble on DingTalk’s side, which no request brings about';
const OWN_WORDS = 'the documents name the code, but no request that provokes it';
const ISV = 'for apps of other organisations (ISV) only, which are not simulated';
const BY_TOKEN = 'belongs to sending by a webhook token on this call, which is undocumented (messaging.md §3.1)';

const webhookRows: Row[] = [
  {
    table: 'messaging.md §2.4',
    code: '310000',
    case: 'keyword',
    given: [own({ keywords: ['告警'] })],
    provoke: webhook(),
    words: '关键词',
  },
  {
    table: 'messaging.md §2.4',
    code: '310000',
    case: 'sign',
    provoke: signed({ secret: 'wrong' }),
    words: '签名不匹配',
  },
  {
    table: 'messaging.md §2.4',
    code: '310000',
    case: 'timestamp',
    provoke: signed({ timestamp: '1' }),
    words: 'invalid timestamp',
  },
  {
    table: 'messaging.md §2.4',
    code: '310000',
    case: 'stale',
    provoke: (here) => here.robot(text('x'), { timestamp: String(Date.now() - HOUR_AND_MORE) }),
    words: '过期',
  },
  {
    table: 'messaging.md §2.4',
    code: '310000',
    case: 'address',
    given: [own({ ips: ['10.0.0.0/8'] })],
    provoke: webhook(),
    words: 'whitelist',
  },
  ...['660026', '130101', '410100'].map((code): Row => {
    const change = settings({ robotThrottleCode: Number(code), robotWindow: { limit: 1 } });
    return { table: 'messaging.md §2.4', code, given: [own(), change], provoke: after(webhook(), webhook()) };
  }),
  ...['460101', '101002'].map((code): Row => {
    const change = settings({ robotTooLongCode: Number(code) });
    return { table: 'messaging.md §2.4', code, given: [own(), change], provoke: webhook(text('x'.repeat(20_000))) };
  }),
  ...['300005', '300001', '400101'].map((code): Row => {
    const change = settings({ robotUnknownCode: Number(code) });
    return { table: 'messaging.md §2.4', code, given: [change], provoke: webhook(text('x'), 'nobody') };
  }),
  { table: 'messaging.md §2.4', code: '400102', given: [own({ disabled: true })], provoke: webhook() },
  { table: 'messaging.md §2.4', code: '400106', given: [own({ removed: true })], provoke: webhook() },
  {
    table: 'messaging.md §2.4',
    code: '400013',
    given: [group({ dissolved: true }), own({ conversation: 'cidOdd=' })],
    provoke: webhook(),
  },
  {
    table: 'messaging.md §2.4',
    code: '400105',
    given: [own()],
    provoke: webhook({ msgtype: 'file', file: { mediaId: 'x' } }),
  },
  {
    table: 'messaging.md §2.4',
    code: '400402',
    given: [own()],
    provoke: webhook({ msgtype: 'markdown', markdown: { text: 'x' } }),
    words: '参数 markdown --》 title 缺失',
  },
  {
    table: 'messaging.md §2.4',
    code: '400403',
    given: [own()],
    provoke: webhook({ msgtype: 'markdown', markdown: { title: 'x' } }),
    words: '参数 markdown --》 text 缺失',
  },
  {
    table: 'messaging.md §2.4',
    code: '40035',
    given: [own()],
    provoke: webhook('no json', 'own', { 'content-type': 'application/json' }),
  },
  {
    table: 'messaging.md §2.4',
    code: '43004',
    given: [own()],
    provoke: webhook('{}', 'own', { 'content-type': 'text/plain' }),
  },
  {
    table: 'messaging.md §2.4',
    code: '430101',
    given: [own(), settings({ unsafeUrls: ['https://bad'] })],
    provoke: webhook(text('https://bad/x')),
  },
  {
    table: 'messaging.md §2.4',
    code: '430102',
    given: [own(), settings({ forbiddenWords: ['坏'] })],
    provoke: webhook(text('坏')),
  },
  {
    table: 'messaging.md §2.4',
    code: '430103',
    given: [own(), settings({ unsafeUrls: ['https://bad'] })],
    provoke: webhook({
      msgtype: 'link',
      link: { title: 't', text: 'x', messageUrl: 'https://a', picUrl: 'https://bad/p' },
    }),
  },
  {
    table: 'messaging.md §2.4',
    code: '430104',
    given: [own(), settings({ forbiddenContents: ['坏'] })],
    provoke: webhook(text('坏')),
  },
  { table: 'messaging.md §2.4', code: '-1', why: INFRASTRUCTURE },
];

const moderated = settings({ unsafeUrls: ['https://bad'], forbiddenWords: ['坏词'], forbiddenContents: ['坏文'] });
const odd = { openConversationId: 'cidOdd=' };
const bad = (code: string, rest: Omit<Row, 'table' | 'code' | 'status'> & { status?: number }): Row => ({
  table: 'messaging.md §3.6',
  code,
  status: 400,
  ...rest,
});
/** Each template without its first member, and with one that is no string. */
const params: Record<string, [string, object]> = {
  text: ['sampleText', {}],
  markdown: ['sampleMarkdown', { text: 'x' }],
  image: ['sampleImageMsg', {}],
  link: ['sampleLink', { text: 'x' }],
  actionCard: ['sampleActionCard', { title: 't' }],
  audio: ['sampleAudio', { duration: '1' }],
  file: ['sampleFile', { fileName: 'a.pdf' }],
  video: ['sampleVideo', { duration: '1' }],
};
const appRobotRows: Row[] = [
  bad('invalidParameter.robotCode.empty', { provoke: toGroup({ robotCode: '' }) }),
  bad('invalidParameter.robotCode.missing', { provoke: toGroup({ robotCode: undefined }) }),
  bad('invalidParameter.robotCode.invalid', { provoke: toGroup({ robotCode: 1 }) }),
  bad('invalidParameter.userIds.empty', { provoke: toPeople({ userIds: [] }) }),
  bad('invalidParameter.userIds.overMax', {
    provoke: toPeople({ userIds: Array.from({ length: 21 }, (_, n) => `u${n}`) }),
  }),
  bad('invalidParameter.userId.empty', { provoke: toPeople({ userIds: ['lisi', ''] }) }),
  bad('invalidParameter.msgKey.empty', { provoke: toPeople({ msgKey: '' }) }),
  bad('invalidParameter.msgKey.invalid', { provoke: toPeople({ msgKey: 'sampleFeedCard' }) }),
  bad('invalidParameter.msgParam.invalid', { provoke: toPeople({ msgParam: { content: 'x' } }) }),
  bad('invalidParameter.msgParam.tooLong', { provoke: template('sampleText', { content: 'x'.repeat(15_000) }) }),
  bad('invalidParameter.msg.unsupport', { why: OWN_WORDS }),
  bad('invalidParameter.msgBody.invalid', { why: OWN_WORDS }),
  bad('invalidParameter.param.invalid', {
    provoke: async (here) =>
      here.call('POST', '/v1.0/robot/groupMessages/send', '[]', {
        'content-type': 'application/json',
        'x-acs-dingtalk-access-token': await here.token(),
      }),
  }),
  bad('miss.openConversationId', { provoke: toGroup({ openConversationId: undefined }) }),
  bad('invalid.openConversationId', { provoke: toGroup({ openConversationId: 'cidNobody=' }) }),
  ...Object.entries(params).flatMap(([kind, [msgKey, incomplete]]) => [
    bad(`miss.param.${kind}`, { provoke: template(msgKey, incomplete) }),
    bad(`invalid.param.${kind}`, { provoke: template(msgKey, { ...whole(msgKey), title: 1 }) }),
  ]),
  ...['sendMessage.model.notMatch', 'illegal.receivers', 'receivers.exceed', 'illegal.excludes'].map((code) =>
    bad(code, { why: 'of members that these calls do not have' }),
  ),
  bad('invalidParameter.robotCode.auth', {
    given: [['/apps', { appKey: 'dingother', appSecret: 'x' }]],
    provoke: toGroup({ robotCode: 'dingother' }),
  }),
  bad('invalidParameter.robotCode.coolApp', { given: [group({ coolAppCode: 'COOL' })], provoke: toGroup(odd) }),
  bad('unauthorized', { why: OWN_WORDS }),
  bad('auth.error', { why: OWN_WORDS }),
  bad('conversation.org.notMatch', { given: [group({ foreign: true })], provoke: toGroup(odd) }),
  bad('chatbotId.notAllow.sendOTO', { given: [app({ noOneToOne: true })], provoke: toPeople() }),
  bad('send.forbidden', { why: OWN_WORDS }),
  bad('bot.forbidden.sendMessage', { given: [group({ muted: true })], provoke: toGroup(odd) }),
  bad('only.groupAdmin.canAtAll', { why: 'this call has no way to @ anybody (messaging.md §3)' }),
  bad('ip.not.match', { why: BY_TOKEN }),
  bad('keywords.not.match', { why: BY_TOKEN }),
  bad('sign.not.match', { why: BY_TOKEN }),
  bad('invalidParameter.robotCode.notExsit', { provoke: toGroup({ robotCode: 'dingnobody' }) }),
  bad('resource.not.found', { given: [group({ robotAbsent: true })], provoke: toGroup(odd) }),
  bad('resource.unavailable', { given: [app({ robotStopped: true })], provoke: toGroup() }),
  bad('group.disbanded', { given: [group({ dissolved: true })], provoke: toGroup(odd) }),
  bad('bot.stopped', { given: [group({ robotStopped: true })], provoke: toGroup(odd) }),
  bad('template.not.existed', { why: 'of templates made for one organisation, which these calls do not take' }),
  bad('template.stopped', { why: 'of templates made for one organisation, which these calls do not take' }),
  bad('staffId.notExisted', {
    why: 'an unknown person is named in invalidStaffIdList of a success (messaging.md §3.2)',
  }),
  bad('robot.oto.notExist', { why: 'of chats between two people (messaging.md §3.3), which are not simulated' }),
  bad('session.notExisted', { why: 'of chats between two people (messaging.md §3.3), which are not simulated' }),
  bad('session.expired', { why: 'of chats between two people (messaging.md §3.3), which are not simulated' }),
  bad('send.too.fast', {
    given: [settings({ appRobotMinute: { messages: 1 } })],
    provoke: after(toGroup(), toPeople()),
  }),
  bad('send.byToken.tooFast', { why: BY_TOKEN }),
  bad('too.many.group', {
    given: [settings({ appRobotMinute: { groups: 1 } })],
    provoke: after(toGroup(), toGroup({ openConversationId: 'cidOps=' })),
  }),
  bad('too.many.people', {
    given: [settings({ appRobotMinute: { people: 1 } })],
    provoke: toPeople({ userIds: ['lisi', 'wangwu'] }),
  }),
  bad('contain.unsafe.url', { given: [moderated], provoke: template('sampleText', { content: 'https://bad' }) }),
  bad('contain.notAllowed.text', { given: [moderated], provoke: template('sampleText', { content: '坏词' }) }),
  bad('contain.notAllowed.picture', {
    given: [moderated],
    provoke: template('sampleImageMsg', { photoURL: 'https://bad' }),
  }),
  bad('contain.notAllowed.content', { given: [moderated], provoke: template('sampleText', { content: '坏文' }) }),
  bad('system.error', { status: 500, why: INFRASTRUCTURE }),
  bad('send.ding.exception', { status: 500, why: INFRASTRUCTURE }),
  bad('unknown.send.result', { why: INFRASTRUCTURE }),
];

function whole(msgKey: string): object {
  const texts = { title: 't', text: 'x', content: 'x', photoURL: 'https://a', messageUrl: 'https://a' };
  const media = { mediaId: 'x', fileName: 'a', fileType: 'pdf', videoMediaId: 'x', picMediaId: 'x', videoType: 'mp4' };
  return { ...texts, ...media, duration: '1', singleTitle: 'go', singleURL: 'https://a', msgKey };
}

const work = (code: string, rest: Omit<Row, 'table' | 'code'>): Row => ({ table: 'messaging.md §5', code, ...rest });
const dropped = (code: string, rest: Omit<Row, 'table' | 'code'>): Row => work(code, { shape: 'dropped', ...rest });
const person = (notificationCode: string): [string, object] => ['/people', { userId: 'lisi', notificationCode }];
const card = (change: object) => ({
  msgtype: 'action_card',
  action_card: { title: 't', markdown: 'x', single_title: 'go', single_url: 'https://a', ...change },
});
const workRows: Row[] = [
  work('40035', { case: 'a member is missing', provoke: notify({ msg: undefined }) }),
  work('40035', { case: 'an unknown task', provoke: corp('getsendresult', { task_id: 1 }) }),
  work('40056', { provoke: notify({ agent_id: 7 }) }),
  work('400002', { provoke: corp('recall', { msg_task_id: 1 }) }),
  work('41052', {
    provoke: async (here) => {
      const { task_id } = (await notify()(here)).body;
      return corp('status_bar/update', { task_id, status_value: '完成' })(here);
    },
  }),
  work('500', { why: INFRASTRUCTURE }),
  work('40003', { why: 'an unknown person is named in getsendresult (messaging.md §5.5)' }),
  work('40031', { why: 'an unknown person is named in getsendresult (messaging.md §5.5)' }),
  work('40004', { why: 'said of a type by the upload (files.md §1.4)' }),
  work('40005', { why: 'said of an ending by the upload (files.md §1.4)' }),
  work('40006', {
    provoke: async (here) => {
      const { media_id } = (await upload('file', 'a.pdf', 10_000_001)(here)).body;
      return notify({ msg: { msgtype: 'file', file: { media_id } } })(here);
    },
  }),
  work('40007', { provoke: notify({ msg: { msgtype: 'file', file: { media_id: '@lAjnope' } } }) }),
  work('40008', { provoke: notify({ msg: { msgtype: 'card', card: {} } }) }),
  work('40038', { why: OWN_WORDS }),
  work('40000', {
    shape: 'wrapped',
    provoke: (here) => here.call('POST', '/topapi/message/corpconversation/asyncsend_v2', {}),
  }),
  work('40048', { given: [moderated], provoke: notify({ msg: text('https://bad') }) }),
  work('41028', { why: ISV }),
  work('41029', { provoke: notify({ userid_list: Array.from({ length: 101 }, (_, n) => `u${n}`).join(',') }) }),
  work('41044', { given: [app({ noNotifications: true })], provoke: notify() }),
  work('41045', {
    provoke: async (here) => {
      for (const content of ['1', '2', '3']) await notify({ to_all_user: true, msg: text(content) })(here);
      return notify({ to_all_user: true })(here);
    },
  }),
  work('41046', { why: OWN_WORDS }),
  work('41047', { why: 'an older figure of the same limit, which is 143104 today (messaging.md §5.3)' }),
  work('41049', { given: [moderated], provoke: notify({ msg: text('坏词') }) }),
  work('60022', { why: 'another number of 41049' }),
  work('45002', { provoke: notify({ msg: text('x'.repeat(2048)) }) }),
  ...['45003', '45004', '45005', '45006', '45007', '45008'].map((code) =>
    work(code, { why: 'a whole msg over 2048 bytes is 45002, a member 34016' }),
  ),
  work('50002', { shape: 'wrapped', given: [app({ visibleUsers: ['zhangsan'] })], provoke: notify() }),
  work('50004', {
    shape: 'wrapped',
    given: [app({ visibleUsers: ['zhangsan'] })],
    provoke: notify({ userid_list: '', dept_id_list: '1' }),
  }),
  work('34016', { provoke: notify({ msg: card({ single_title: 'x'.repeat(21) }) }) }),
  dropped('143103', { given: [settings({ notifiedPerMinute: 0 })], provoke: notify() }),
  dropped('143104', { given: [person('143104')], provoke: notify() }),
  dropped('143105', { given: [person('143105')], provoke: notify() }),
  dropped('143106', { provoke: notifyTwice() }),
  ...['143203', '143204', '143205', '143206'].map((code) => work(code, { why: ISV })),
  ...['1430000', '1430001', '1430002', '1430003', '1430004'].map((code) =>
    dropped(code, { given: [person(code)], provoke: notify() }),
  ),
  work('885001', { why: ISV }),
  work('885006', { why: ISV }),
];

const media = (code: string, rest: Omit<Row, 'table' | 'code'>): Row => ({ table: 'files.md §1.4', code, ...rest });
const chat = (msg: object) => (here: Desk) => here.old('POST', '/chat/send', { chatid: 'chatOps', msg });
const mediaRows: Row[] = [
  media('40004', { provoke: upload('picture', 'a.png') }),
  media('40005', { provoke: upload('image', 'a.webp') }),
  ...['40006', '45001', '41102'].map((code) =>
    media(code, {
      given: [settings({ mediaTooLargeCode: Number(code) })],
      provoke: upload('voice', 'a.amr', 2 * MIB + 1),
    }),
  ),
  media('40007', { provoke: notify({ msg: { msgtype: 'image', image: { media_id: '' } } }) }),
  media('40008', { provoke: notify({ msg: { msgtype: 'video', video: { media_id: 'x' } } }) }),
  media('40009', { why: 'not of media: a department id' }),
  media('41005', { provoke: form((data) => data.append('media', 'a text without a file name')) }),
  media('41006', { provoke: notify({ msg: { msgtype: 'image', image: {} } }) }),
  media('43004', {
    provoke: async (here) => {
      const body = new Uint8Array(9);
      const response = await fetch(`${here.url}/media/upload?type=file&access_token=${await here.token()}`, {
        method: 'POST',
        body,
      });
      return { status: response.status, body: await response.json(), headers: response.headers, text: '' };
    },
  }),
  media('43008', { provoke: (here) => here.old('POST', '/media/upload?type=file', { media: 'x' }) }),
  media('44001', { provoke: upload('file', 'a.pdf', 0) }),
  media('46001', { why: 'an unknown media_id is 40007' }),
  media('34008', { provoke: chat({ msgtype: 'image', image: {} }) }),
  media('34010', { provoke: chat({ msgtype: 'file', file: {} }) }),
  media('34011', { provoke: chat({ msgtype: 'voice', voice: { duration: '5' } }) }),
  media('parameter.media.wrong', {
    status: 500,
    why: 'of calls that take a media_id on the new host and are not simulated',
  }),
  media('300001', { why: 'not of media: an IoT device key' }),
  media('88', {
    shape: 'wrapped',
    case: '40014',
    provoke: (here) => here.call('POST', '/topapi/message/corpconversation/asyncsend_v2?access_token=stale', {}),
  }),
];

export const rows = [...webhookRows, ...appRobotRows, ...workRows, ...mediaRows];
