import type { ErrorClass } from '../../base/dingtalk-errors.ts';
import { REMEDY } from './remedies.ts';

export type ErrorRow = {
  class: ErrorClass;
  /** The class when a token fetched a moment ago is refused in the same way. */
  withFreshToken?: ErrorClass;
  /** What a person can do about it. */
  remedy: string;
  /** How long callers have to wait: DingTalk's figure, or ours where it gives none. */
  waitMs?: number;
  /** Waiting will not help before the quota's period ends. */
  final?: 'month' | 'day';
};

const SECOND_MS = 1_000;
/** What is used up is asked for again this often. */
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** The address is banned for five minutes (messaging.md §8.2). */
export const IP_BAN_MS = 5 * MINUTE_MS;
/** Above 20 a minute a custom robot is throttled for ten minutes (messaging.md §2.5). */
const ROBOT_PENALTY_MS = 10 * MINUTE_MS;

const row = (errorClass: ErrorClass, remedy: string, more: Partial<ErrorRow> = {}): ErrorRow => ({
  ...more,
  class: errorClass,
  remedy,
});
const token = row('token', REMEDY.token);
const credentials = row('credentials', REMEDY.credentials);
const qps = row('rate', REMEDY.qps, { waitMs: SECOND_MS });
const qpsOfSuite = row('rate', REMEDY.qpsOfSuite, { waitMs: SECOND_MS });
const qpm = row('rate', REMEDY.qpm, { waitMs: MINUTE_MS });
const rate = row('rate', REMEDY.rate);
const month = row('rate', REMEDY.month, { final: 'month', waitMs: HOUR_MS });
const ip = row('ip', REMEDY.ip);
const busy = row('transient', REMEDY.busy);
const down = row('transient', REMEDY.down);
const scope = row('permission', REMEDY.scope('the scope it names'));
const request = row('argument', REMEDY.request);
const moderation = row('moderation', REMEDY.moderation);
const unsafeLink = row('moderation', REMEDY.unsafeLink);
const tooLong = row('argument', REMEDY.tooLong);
const todo = row('argument', REMEDY.todo);
const todoBusy = row('transient', REMEDY.todoBusy);
const userGone = row('gone', REMEDY.userGone);

type Rows = readonly (readonly [row: ErrorRow, codes: readonly string[]])[];

/** Number codes: `errcode`, and `sub_code` under 88 (old host, custom robots). */
const NUMBERS: Rows = [
  // messaging.md §1.8: tokens
  [token, ['40014', '42001']],
  [row('token', REMEDY.suite), ['40082', '42009', '48003']],
  [row('token', REMEDY.credentials, { withFreshToken: 'credentials' }), ['40001']],
  [row('token', REMEDY.corp, { withFreshToken: 'argument' }), ['33001']],
  [row('argument', REMEDY.noToken), ['40000', '41001']],
  [row('permission', REMEDY.chatRight), ['43007']],
  // messaging.md §1.1
  [credentials, ['40089', '40096', '853001', '853003', '853004']],
  [row('credentials', REMEDY.clockOfApp), ['853002']],
  // messaging.md §2.4: custom robots
  [row('argument', REMEDY.robotSecurity), ['310000']],
  [row('argument', REMEDY.robotKind), ['400105']],
  [row('argument', REMEDY.memberMissing), ['400402', '400403']],
  [request, ['40035', '43004', '43008']],
  [row('argument', REMEDY.keyword), ['310000.keyword']],
  [row('argument', REMEDY.sign), ['310000.sign']],
  // our clock is wrong, which passes, and nothing was sent
  [row('transient', REMEDY.clock), ['310000.timestamp']],
  [row('ip', REMEDY.robotIp), ['310000.ip']],
  [row('rate', REMEDY.robotRate, { waitMs: ROBOT_PENALTY_MS }), ['660026', '130101', '410100']],
  [row('argument', REMEDY.robotTooLong), ['460101', '101002']],
  [row('gone', REMEDY.robotGone), ['300005', '300001', '400101']],
  [row('gone', REMEDY.robotOff), ['400102', '400106']],
  [row('gone', REMEDY.groupGone), ['400013']],
  [unsafeLink, ['430101']],
  [moderation, ['430102', '430103', '430104']],
  // messaging.md §5.3, §5.5, §5.6: work notifications
  [row('rate', REMEDY.day, { final: 'day', waitMs: HOUR_MS }), ['41045', '41046', '143105', '143205']],
  [qpm, ['41047', '143103', '143104', '143203', '143204']],
  [row('argument', REMEDY.duplicate), ['143106', '143206']],
  [row('argument', REMEDY.noReceiver), ['1430000']],
  [row('argument', REMEDY.notification), ['1430001', '400002', '41052']],
  [moderation, ['1430002']],
  [down, ['1430003']],
  [row('permission', REMEDY.executives), ['1430004']],
  // messaging.md §5.8
  [userGone, ['40003', '40031']],
  [row('argument', REMEDY.mediaType), ['40004', '40005']],
  [row('argument', REMEDY.mediaSize), ['40006', '41102', '45001']],
  [row('argument', REMEDY.mediaGone), ['40007', '41006']],
  [row('argument', REMEDY.messageType), ['40008', '40038', '34004']],
  [row('argument', REMEDY.tooManyReceivers), ['41029']],
  [row('argument', REMEDY.agent), ['40056']],
  [unsafeLink, ['40048']],
  [moderation, ['41049', '60022']],
  [row('permission', REMEDY.toAll), ['41028']],
  [row('permission', REMEDY.mayNotSend), ['41044']],
  [row('argument', REMEDY.titleTooLong), ['45003', '45004', '45005', '45006', '45007', '45008']],
  [tooLong, ['45002', '34016']],
  [row('permission', REMEDY.range), ['50002', '50004']],
  // messaging.md §6: groups and the old conversation calls
  [row('gone', REMEDY.chatGone), ['34001', '40016', '40017', '49000']],
  [row('argument', REMEDY.chatSender), ['34002', '40012', '40015']],
  [row('argument', REMEDY.conversationMessage), ['34006', '34007', '34014', '43009']],
  [down, ['34015']],
  // messaging.md §8.1: unknown paths
  [row('argument', REMEDY.path), ['22', '404', 'InvalidAction.NotFound']],
  // messaging.md §8.2: throttles
  [qps, ['90018', '90002', '90001', '90003', '90004', '90005', '90006', '90017']],
  [qpsOfSuite, ['90007', '90008', '90009', '90010', '90011', '90012', '90013', '90014']],
  [rate, ['45009']],
  [month, ['90020']],
  // messaging.md §8.3, §8.4
  [ip, ['60020']],
  [scope, ['60011']],
  [row('permission', REMEDY.apiOff), ['48002']],
  [row('permission', REMEDY.appOff), ['50003']],
  [row('permission', REMEDY.corpOff), ['50005']],
  // messaging.md §8.5
  [busy, ['-1', '400001', '500', '502', '503', '504']],
  // files.md §1.4
  [row('argument', REMEDY.department), ['40009']],
  [row('argument', REMEDY.mediaEmpty), ['41005', '44001', '34008', '34010', '34011']],
  [row('gone', REMEDY.mediaGone), ['46001']],
  // callbacks.md §10: contacts
  [userGone, ['33012', '60121']],
  [row('gone', REMEDY.department), ['60003']],
  [row('argument', REMEDY.mobile), ['40104']],
  [busy, ['15']],
];

/** Text codes of the new host, compared without regard to case. A `*` stands for any ending. */
const NAMES: Rows = [
  // messaging.md §1.2, §1.3, §1.4
  [credentials, ['invalidClientIdOrSecret', 'invalid.client']],
  [row('credentials', REMEDY.suite), ['invalidSuiteKey', 'invalidSuiteTicket']],
  [request, ['Missingbody', 'unsupported.grant.type']],
  [row('permission', REMEDY.notOfCorp), ['unauthorized.client', 'invalidAuthInfo']],
  [down, ['server.error']],
  // messaging.md §1.8
  [token, ['InvalidAuthentication']],
  [
    row('token', REMEDY.tokenOfApi, { withFreshToken: 'permission' }),
    ['http_401', 'invalidAccessToken', 'invalidToken', 'token.notExisted', 'invalidParameter.token.invalid'],
  ],
  [row('argument', REMEDY.noToken), ['AuthenticationFailed.MissingParameter']],
  [row('argument', REMEDY.userToken), ['accesstoken.expired', 'todo.taskCreate.tokenTypeError']],
  // messaging.md §3.6: the app robot
  [row('argument', REMEDY.groupUnknown), ['miss.openConversationId', 'invalid.openConversationId']],
  [row('argument', REMEDY.memberMissing), ['miss.param.*', 'invalid.param.*']],
  [request, ['invalidParameter.*']],
  [row('argument', REMEDY.templateOfMessage), ['sendMessage.model.notMatch']],
  [
    row('argument', REMEDY.receivers),
    [
      'illegal.receivers',
      'receivers.exceed',
      'illegal.excludes',
      'invalidParameter.userIds.empty',
      'invalidParameter.userIds.overMax',
    ],
  ],
  [row('argument', REMEDY.sign), ['sign.not.match']],
  [row('argument', REMEDY.processBad), ['invalid.processQueryKey', 'processQueryKey.expireTime']],
  [tooLong, ['invalidParameter.msgParam.tooLong']],
  [row('argument', REMEDY.keyword), ['keywords.not.match']],
  [row('permission', REMEDY.robotOfOther), ['invalidParameter.robotCode.auth']],
  [row('permission', REMEDY.otherOrg), ['conversation.org.notMatch', 'conversation.org.dismatch']],
  [row('permission', REMEDY.robotCool), ['invalidParameter.robotCode.coolApp']],
  [row('permission', REMEDY.scope('qyapi_robot_sendmsg')), ['unauthorized', 'auth.error']],
  [row('permission', REMEDY.noOneToOne), ['chatbotId.notAllow.sendOTO']],
  [row('permission', REMEDY.robotMuted), ['bot.forbidden.sendMessage', 'send.forbidden']],
  [row('permission', REMEDY.mentionAll), ['only.groupAdmin.canAtAll']],
  [row('ip', REMEDY.robotIp), ['ip.not.match']],
  [row('gone', REMEDY.robotUnknown), ['invalidParameter.robotCode.notExsit', 'resource.not.found']],
  [row('argument', REMEDY.robotUnknown), ['invalidParameter.robotCode.*', 'not.allowed.robotCode']],
  [row('gone', REMEDY.groupGone), ['group.disbanded']],
  [row('gone', REMEDY.robotStopped), ['bot.stopped']],
  [row('gone', REMEDY.robotAway), ['resource.unavailable']],
  [row('gone', REMEDY.templateGone), ['template.not.existed', 'template.stopped']],
  [row('gone', REMEDY.noChatYet), ['robot.oto.notExist']],
  [row('gone', REMEDY.sessionGone), ['session.notExisted', 'session.expired']],
  [row('gone', REMEDY.processGone), ['robot.processQueryKey.expired']],
  [row('argument', REMEDY.processGone), ['notRevoke.all.messages']],
  [userGone, ['staffId.notExisted']],
  [row('rate', REMEDY.robotPace), ['send.too.fast', 'send.byToken.tooFast', 'too.many.group', 'too.many.people']],
  [unsafeLink, ['contain.unsafe.url']],
  [moderation, ['contain.notAllowed.text', 'contain.notAllowed.picture', 'contain.notAllowed.content']],
  [down, ['send.ding.exception']],
  [row('unknown', REMEDY.unknownResult), ['unknown.send.result']],
  // messaging.md §6, §7: groups and cards
  [row('argument', REMEDY.card), ['parameter.invalid', 'param.*']],
  [row('gone', REMEDY.chatGone), ['invalideChatId']],
  [row('gone', REMEDY.cardGone), ['param.cardNotExist']],
  [row('moderation', REMEDY.moderation), ['param.contentUnsafe']],
  // messaging.md §8.2
  [qps, ['Forbidden.AccessDenied.QpsLimitFor*', 'qps.exceed.limit']],
  [qpm, ['Forbidden.AccessDenied.QpmLimitFor*']],
  [month, ['Forbidden.AccessDenied.ApiCountLimitForOrg']],
  [rate, ['request.overlimit', 'systemError.busy', 'http_429']],
  // messaging.md §8.3, §8.4
  [ip, ['Forbidden.AccessDenied.IpNotInWhiteList']],
  [scope, ['Forbidden.AccessDenied*', 'apiPermissionDenied', 'permession.checkFailed', 'http_403']],
  // messaging.md §8.5
  [down, ['system.error', 'systemError', 'internalError', 'unknownError', 'service.timeout']],
  [busy, ['system.busy', 'systemBusy']],
  // files.md §1.4
  [row('argument', REMEDY.mediaGone), ['parameter.media.wrong']],
  // callbacks.md §9
  [todoBusy, ['todo.taskCreate.lockError', 'todo.*', 'todo.taskCreate.systemError']],
  [todo, ['todo.taskCreate.paramError', 'todo.taskUpdate.paramError', 'todo.taskDelete.paramError']],
  [todo, ['todo.taskExecutorStatusUpdate.paramError', 'todo.orgTaskQuery.paramError']],
  [row('rate', REMEDY.todoRate), ['todo.taskCreate.flowControlError']],
];

/** Codes that no table names. */
const unlisted = row('argument', REMEDY.unlisted);

/** Every code of the tables, and what a person can do about it. */
export const REMEDIES: readonly (readonly [code: string, remedy: string])[] = [...NUMBERS, ...NAMES].flatMap(
  ([{ remedy }, codes]) => codes.map((code) => [code, remedy] as const),
);

const exact = new Map<string, ErrorRow>();
const prefixes: [prefix: string, row: ErrorRow][] = [];
for (const [row, codes] of [...NUMBERS, ...NAMES]) {
  for (const code of codes) {
    const key = code.toLowerCase();
    if (key.endsWith('*')) prefixes.push([key.slice(0, -1), row]);
    else exact.set(key, row);
  }
}
prefixes.sort(([a], [b]) => b.length - a.length); // the longest prefix decides

/** The row for a code; an unlisted one is judged by the HTTP status, and stops where that says nothing. */
export function rowFor(code: string, status: number): ErrorRow {
  const key = code.toLowerCase();
  const found = exact.get(key) ?? prefixes.find(([prefix]) => key.startsWith(prefix))?.[1];
  if (found?.class === 'transient' && status === 429) return rate; // `system.busy` comes with both meanings
  if (found) return found;
  if (status >= 500) return busy;
  return exact.get(`http_${status}`) ?? unlisted;
}
