import type { ErrorClass } from '../../base/dingtalk-errors.ts';
import { REMEDIES } from '../../base/words/en.ts';

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
const token = row('token', REMEDIES.token);
const credentials = row('credentials', REMEDIES.credentials);
const qps = row('rate', REMEDIES.qps, { waitMs: SECOND_MS });
const qpsOfSuite = row('rate', REMEDIES.qpsOfSuite, { waitMs: SECOND_MS });
const qpm = row('rate', REMEDIES.qpm, { waitMs: MINUTE_MS });
const rate = row('rate', REMEDIES.rate);
const month = row('rate', REMEDIES.month, { final: 'month', waitMs: HOUR_MS });
const ip = row('ip', REMEDIES.ip);
const busy = row('transient', REMEDIES.busy);
const down = row('transient', REMEDIES.down);
const scope = row('permission', REMEDIES.scope('the scope it names'));
const request = row('argument', REMEDIES.request);
const moderation = row('moderation', REMEDIES.moderation);
const unsafeLink = row('moderation', REMEDIES.unsafeLink);
const tooLong = row('argument', REMEDIES.tooLong);
const todo = row('argument', REMEDIES.todo);
const todoBusy = row('transient', REMEDIES.todoBusy);
const userGone = row('gone', REMEDIES.userGone);

type Rows = readonly (readonly [row: ErrorRow, codes: readonly string[]])[];

/** Number codes: `errcode`, and `sub_code` under 88 (old host, custom robots). */
const NUMBERS: Rows = [
  // messaging.md §1.8: tokens
  [token, ['40014', '42001']],
  [row('token', REMEDIES.suite), ['40082', '42009', '48003']],
  [row('token', REMEDIES.credentials, { withFreshToken: 'credentials' }), ['40001']],
  [row('token', REMEDIES.corp, { withFreshToken: 'argument' }), ['33001']],
  [row('argument', REMEDIES.noToken), ['40000', '41001']],
  [row('permission', REMEDIES.chatRight), ['43007']],
  // messaging.md §1.1
  [credentials, ['40089', '40096', '853001', '853003', '853004']],
  [row('credentials', REMEDIES.clockOfApp), ['853002']],
  // messaging.md §2.4: custom robots
  [row('argument', REMEDIES.robotSecurity), ['310000']],
  [row('argument', REMEDIES.robotKind), ['400105']],
  [row('argument', REMEDIES.memberMissing), ['400402', '400403']],
  [request, ['40035', '43004', '43008']],
  [row('argument', REMEDIES.keyword), ['310000.keyword']],
  [row('argument', REMEDIES.sign), ['310000.sign']],
  // our clock is wrong, which passes, and nothing was sent
  [row('transient', REMEDIES.clock), ['310000.timestamp']],
  [row('ip', REMEDIES.robotIp), ['310000.ip']],
  [row('rate', REMEDIES.robotRate, { waitMs: ROBOT_PENALTY_MS }), ['660026', '130101', '410100']],
  [row('argument', REMEDIES.robotTooLong), ['460101', '101002']],
  [row('gone', REMEDIES.robotGone), ['300005', '300001', '400101']],
  [row('gone', REMEDIES.robotOff), ['400102', '400106']],
  [row('gone', REMEDIES.groupGone), ['400013']],
  [unsafeLink, ['430101']],
  [moderation, ['430102', '430103', '430104']],
  // messaging.md §5.3, §5.5, §5.6: work notifications
  [row('rate', REMEDIES.day, { final: 'day', waitMs: HOUR_MS }), ['41045', '41046', '143105', '143205']],
  [qpm, ['41047', '143103', '143104', '143203', '143204']],
  [row('argument', REMEDIES.duplicate), ['143106', '143206']],
  [row('argument', REMEDIES.noReceiver), ['1430000']],
  [row('argument', REMEDIES.notification), ['1430001', '400002', '41052']],
  [moderation, ['1430002']],
  [down, ['1430003']],
  [row('permission', REMEDIES.executives), ['1430004']],
  // messaging.md §5.8
  [userGone, ['40003', '40031']],
  [row('argument', REMEDIES.mediaType), ['40004', '40005']],
  [row('argument', REMEDIES.mediaSize), ['40006', '41102', '45001']],
  [row('argument', REMEDIES.mediaGone), ['40007', '41006']],
  [row('argument', REMEDIES.messageType), ['40008', '40038', '34004']],
  [row('argument', REMEDIES.tooManyReceivers), ['41029']],
  [row('argument', REMEDIES.agent), ['40056']],
  [unsafeLink, ['40048']],
  [moderation, ['41049', '60022']],
  [row('permission', REMEDIES.toAll), ['41028']],
  [row('permission', REMEDIES.mayNotSend), ['41044']],
  [row('argument', REMEDIES.titleTooLong), ['45003', '45004', '45005', '45006', '45007', '45008']],
  [tooLong, ['45002', '34016']],
  [row('permission', REMEDIES.range), ['50002', '50004']],
  // messaging.md §6: groups and the old conversation calls
  [row('gone', REMEDIES.chatGone), ['34001', '40016', '40017', '49000']],
  [row('argument', REMEDIES.chatSender), ['34002', '40012', '40015']],
  [row('argument', REMEDIES.conversationMessage), ['34006', '34007', '34014', '43009']],
  [down, ['34015']],
  // messaging.md §8.1: unknown paths
  [row('argument', REMEDIES.path), ['22', '404', 'InvalidAction.NotFound']],
  // messaging.md §8.2: throttles
  [qps, ['90018', '90002', '90001', '90003', '90004', '90005', '90006', '90017']],
  [qpsOfSuite, ['90007', '90008', '90009', '90010', '90011', '90012', '90013', '90014']],
  [rate, ['45009']],
  [month, ['90020']],
  // messaging.md §8.3, §8.4
  [ip, ['60020']],
  [scope, ['60011']],
  [row('permission', REMEDIES.apiOff), ['48002']],
  [row('permission', REMEDIES.appOff), ['50003']],
  [row('permission', REMEDIES.corpOff), ['50005']],
  // messaging.md §8.5
  [busy, ['-1', '400001', '500', '502', '503', '504']],
  // files.md §1.4
  [row('argument', REMEDIES.department), ['40009']],
  [row('argument', REMEDIES.mediaEmpty), ['41005', '44001', '34008', '34010', '34011']],
  [row('gone', REMEDIES.mediaGone), ['46001']],
  // callbacks.md §10: contacts
  [userGone, ['33012', '60121']],
  [row('gone', REMEDIES.department), ['60003']],
  [row('argument', REMEDIES.mobile), ['40104']],
  [busy, ['15']],
];

/** Text codes of the new host, compared without regard to case. A `*` stands for any ending. */
const NAMES: Rows = [
  // messaging.md §1.2, §1.3, §1.4
  [credentials, ['invalidClientIdOrSecret', 'invalid.client']],
  [row('credentials', REMEDIES.suite), ['invalidSuiteKey', 'invalidSuiteTicket']],
  [request, ['Missingbody', 'unsupported.grant.type']],
  [row('permission', REMEDIES.notOfCorp), ['unauthorized.client', 'invalidAuthInfo']],
  [down, ['server.error']],
  // messaging.md §1.8
  [token, ['InvalidAuthentication']],
  [
    row('token', REMEDIES.tokenOfApi, { withFreshToken: 'permission' }),
    ['http_401', 'invalidAccessToken', 'invalidToken', 'token.notExisted', 'invalidParameter.token.invalid'],
  ],
  [row('argument', REMEDIES.noToken), ['AuthenticationFailed.MissingParameter']],
  [row('argument', REMEDIES.userToken), ['accesstoken.expired', 'todo.taskCreate.tokenTypeError']],
  // messaging.md §3.6: the app robot
  [row('argument', REMEDIES.groupUnknown), ['miss.openConversationId', 'invalid.openConversationId']],
  [row('argument', REMEDIES.memberMissing), ['miss.param.*', 'invalid.param.*']],
  [request, ['invalidParameter.*']],
  [row('argument', REMEDIES.templateOfMessage), ['sendMessage.model.notMatch']],
  [
    row('argument', REMEDIES.receivers),
    [
      'illegal.receivers',
      'receivers.exceed',
      'illegal.excludes',
      'invalidParameter.userIds.empty',
      'invalidParameter.userIds.overMax',
    ],
  ],
  [row('argument', REMEDIES.sign), ['sign.not.match']],
  [row('argument', REMEDIES.processBad), ['invalid.processQueryKey', 'processQueryKey.expireTime']],
  [tooLong, ['invalidParameter.msgParam.tooLong']],
  [row('argument', REMEDIES.keyword), ['keywords.not.match']],
  [row('permission', REMEDIES.robotOfOther), ['invalidParameter.robotCode.auth']],
  [row('permission', REMEDIES.otherOrg), ['conversation.org.notMatch', 'conversation.org.dismatch']],
  [row('permission', REMEDIES.robotCool), ['invalidParameter.robotCode.coolApp']],
  [row('permission', REMEDIES.scope('qyapi_robot_sendmsg')), ['unauthorized', 'auth.error']],
  [row('permission', REMEDIES.noOneToOne), ['chatbotId.notAllow.sendOTO']],
  [row('permission', REMEDIES.robotMuted), ['bot.forbidden.sendMessage', 'send.forbidden']],
  [row('permission', REMEDIES.mentionAll), ['only.groupAdmin.canAtAll']],
  [row('ip', REMEDIES.robotIp), ['ip.not.match']],
  [row('gone', REMEDIES.robotUnknown), ['invalidParameter.robotCode.notExsit', 'resource.not.found']],
  [row('argument', REMEDIES.robotUnknown), ['invalidParameter.robotCode.*', 'not.allowed.robotCode']],
  [row('gone', REMEDIES.groupGone), ['group.disbanded']],
  [row('gone', REMEDIES.robotStopped), ['bot.stopped']],
  [row('gone', REMEDIES.robotAway), ['resource.unavailable']],
  [row('gone', REMEDIES.templateGone), ['template.not.existed', 'template.stopped']],
  [row('gone', REMEDIES.noChatYet), ['robot.oto.notExist']],
  [row('gone', REMEDIES.sessionGone), ['session.notExisted', 'session.expired']],
  [row('gone', REMEDIES.processGone), ['robot.processQueryKey.expired']],
  [row('argument', REMEDIES.processGone), ['notRevoke.all.messages']],
  [userGone, ['staffId.notExisted']],
  [row('rate', REMEDIES.robotPace), ['send.too.fast', 'send.byToken.tooFast', 'too.many.group', 'too.many.people']],
  [unsafeLink, ['contain.unsafe.url']],
  [moderation, ['contain.notAllowed.text', 'contain.notAllowed.picture', 'contain.notAllowed.content']],
  [down, ['send.ding.exception']],
  [row('unknown', REMEDIES.unknownResult), ['unknown.send.result']],
  // messaging.md §6, §7: groups and cards
  [row('argument', REMEDIES.card), ['parameter.invalid', 'param.*']],
  [row('gone', REMEDIES.chatGone), ['invalideChatId']],
  [row('gone', REMEDIES.cardGone), ['param.cardNotExist']],
  [row('moderation', REMEDIES.moderation), ['param.contentUnsafe']],
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
  [row('argument', REMEDIES.mediaGone), ['parameter.media.wrong']],
  // callbacks.md §9
  [todoBusy, ['todo.taskCreate.lockError', 'todo.*', 'todo.taskCreate.systemError']],
  [todo, ['todo.taskCreate.paramError', 'todo.taskUpdate.paramError', 'todo.taskDelete.paramError']],
  [todo, ['todo.taskExecutorStatusUpdate.paramError', 'todo.orgTaskQuery.paramError']],
  [row('rate', REMEDIES.todoRate), ['todo.taskCreate.flowControlError']],
];

/** Codes that no table names. */
const unlisted = row('argument', REMEDIES.unlisted);

/** Every code of the tables, and what a person can do about it. */
export const LISTED: readonly (readonly [code: string, remedy: string])[] = [...NUMBERS, ...NAMES].flatMap(
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
