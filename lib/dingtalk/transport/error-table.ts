import type { ErrorClass } from '../../base/dingtalk-errors.ts';

export type ErrorRow = {
  class: ErrorClass;
  /** The class when a token fetched a moment ago is refused in the same way. */
  withFreshToken?: ErrorClass;
  /** What a person can do about it. */
  remedy?: string;
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

const CONSOLE = 'in the developer console (open-dev.dingtalk.com → the app → permissions), then publish a version';

export const REMEDY = {
  credentials: 'check the app key and app secret (Client ID and Client Secret)',
  scope: (scopes: string) => `grant the app ${scopes} ${CONSOLE}`,
  range: "widen the app's visible range in the developer console so that it covers the receiver",
  ip: "add the egress address to the app's server egress IP list in the developer console",
  robotIp: "add the egress address to the robot's IP list in its group settings",
  keyword: "add one of the robot's keywords to the text",
  sign: "store the robot's current secret (SEC…) for this destination",
  clock: 'set the clock: the signature is valid for one hour only',
  robotGone: "the webhook's access_token is not known any more: create the robot anew and store its token",
  robotSecurity:
    "look at the robot's security settings in DingTalk (group settings → robots → the robot): store its secret and its keyword with the destination, or add the egress address to its list",
  groupGone:
    'the group was dissolved: register the destination anew with another group (GET /conversations lists them)',
  groupUnknown:
    "check the destination's openConversationId: GET /conversations lists the groups that dingdock heard of",
  robotUnknown: "check the app's robotCode in the secret, and that the app has a robot in the developer console",
  robotStopped: 'switch the robot on in the developer console (the app → robot), then publish a version',
  otherOrg: 'the group belongs to another organisation than the app: use an app of that organisation',
  tooLong: 'shorten the message',
  robotRate: 'a custom robot takes 20 messages a minute; above that DingTalk holds it for 10 minutes',
  qps: 'the app made too many calls in this second: wait one second',
  qpm: 'the app made too many calls in this minute: wait one minute',
  month: "the organisation's monthly call quota is used up: buy calls or wait for the next month",
  day: "DingTalk's daily limit is reached: it takes more tomorrow",
  ban: 'the egress address made more than 10,000 calls in 20 seconds and is banned for 5 minutes',
  duplicate: 'DingTalk takes the same content for the same person once a day: change the text',
  userGone: 'check the user ids: DingTalk does not know them',
  moderation: "DingTalk's content check refused it: change the text, link or picture",
} as const;

const token: ErrorRow = { class: 'token' };
const credentials: ErrorRow = { class: 'credentials', remedy: REMEDY.credentials };
const rate: ErrorRow = { class: 'rate' };
const qps: ErrorRow = { class: 'rate', waitMs: SECOND_MS, remedy: REMEDY.qps };
const qpm: ErrorRow = { class: 'rate', waitMs: MINUTE_MS, remedy: REMEDY.qpm };
const robotRate: ErrorRow = { class: 'rate', waitMs: ROBOT_PENALTY_MS, remedy: REMEDY.robotRate };
const month: ErrorRow = { class: 'rate', final: 'month', waitMs: HOUR_MS, remedy: REMEDY.month };
const day: ErrorRow = { class: 'rate', final: 'day', waitMs: HOUR_MS, remedy: REMEDY.day };
const transient: ErrorRow = { class: 'transient' };
const permission: ErrorRow = { class: 'permission' };
const scope: ErrorRow = { class: 'permission', remedy: REMEDY.scope('the scope it names') };
const range: ErrorRow = { class: 'permission', remedy: REMEDY.range };
const sendScope: ErrorRow = { class: 'permission', remedy: REMEDY.scope('qyapi_robot_sendmsg') };
const ip: ErrorRow = { class: 'ip', remedy: REMEDY.ip };
const argument: ErrorRow = { class: 'argument' };
const tooLong: ErrorRow = { class: 'argument', remedy: REMEDY.tooLong };
const duplicate: ErrorRow = { class: 'argument', remedy: REMEDY.duplicate };
const gone: ErrorRow = { class: 'gone' };
const robotGone: ErrorRow = { class: 'gone', remedy: REMEDY.robotGone };
const userGone: ErrorRow = { class: 'gone', remedy: REMEDY.userGone };
const moderation: ErrorRow = { class: 'moderation', remedy: REMEDY.moderation };
const unknown: ErrorRow = { class: 'unknown' };

type Rows = readonly (readonly [row: ErrorRow, codes: readonly string[]])[];

/** Number codes: `errcode`, and `sub_code` under 88 (old host, custom robots). */
const NUMBERS: Rows = [
  // messaging.md §1.8: tokens
  [token, ['40014', '42001', '40082', '42009', '48003']],
  [{ class: 'token', withFreshToken: 'credentials', remedy: REMEDY.credentials }, ['40001']],
  [{ class: 'token', withFreshToken: 'argument', remedy: 'check the corp id the token belongs to' }, ['33001']],
  [argument, ['40000', '41001']],
  [permission, ['43007']],
  // messaging.md §1.1
  [credentials, ['40089', '40096', '853001', '853003', '853004']],
  [{ class: 'credentials', remedy: 'set the clock: it is more than a minute off' }, ['853002']],
  // messaging.md §2.4: custom robots
  [{ class: 'argument', remedy: REMEDY.robotSecurity }, ['310000']],
  [argument, ['400105', '400402', '400403', '40035', '43004']],
  [{ class: 'argument', remedy: REMEDY.keyword }, ['310000.keyword']],
  [{ class: 'argument', remedy: REMEDY.sign }, ['310000.sign']],
  [{ class: 'argument', remedy: REMEDY.clock }, ['310000.timestamp']],
  [{ class: 'ip', remedy: REMEDY.robotIp }, ['310000.ip']],
  [robotRate, ['660026', '130101', '410100']],
  [tooLong, ['460101', '101002']],
  [robotGone, ['300005', '300001', '400101']],
  [{ class: 'gone', remedy: 'the robot is switched off or was removed from its group' }, ['400102', '400106']],
  [{ class: 'gone', remedy: 'the group was dissolved' }, ['400013']],
  [moderation, ['430101', '430102', '430103', '430104']],
  // messaging.md §5.3, §5.5, §5.6: work notifications
  [day, ['41045', '41046', '143105', '143205']],
  [qpm, ['41047', '143103', '143104', '143203', '143204']],
  [duplicate, ['143106', '143206']],
  [argument, ['1430000', '1430001', '400002', '41052']],
  [moderation, ['1430002']],
  [transient, ['1430003']],
  [permission, ['1430004']],
  // messaging.md §5.8
  [userGone, ['40003', '40031']],
  [argument, ['40004', '40005', '40006', '40007', '40008', '40038', '41029']],
  [{ class: 'argument', remedy: "set the app's agentId" }, ['40056']],
  [moderation, ['40048', '41049', '60022']],
  [permission, ['41028', '41044']],
  [tooLong, ['45002', '45003', '45004', '45005', '45006', '45007', '45008', '34016']],
  [range, ['50002', '50004']],
  // messaging.md §6: groups and the old conversation calls
  [gone, ['34001', '40016', '40017', '49000']],
  [argument, ['34002', '34004', '34006', '34007', '34014', '40012', '40015', '43009']],
  [transient, ['34015']],
  // messaging.md §8.1: unknown paths
  [argument, ['22', '404', 'InvalidAction.NotFound']],
  // messaging.md §8.2: throttles
  [qps, ['90018', '90002', '90001', '90003', '90004', '90005', '90006', '90017']],
  [qps, ['90007', '90008', '90009', '90010', '90011', '90012', '90013', '90014']],
  [rate, ['45009']],
  [month, ['90020']],
  // messaging.md §8.3, §8.4
  [ip, ['60020']],
  [scope, ['60011', '48002']],
  [permission, ['50003', '50005']],
  // messaging.md §8.5
  [transient, ['-1', '400001', '500', '502', '503', '504']],
  // files.md §1.4
  [argument, ['40009', '41005', '41006', '41102', '43008', '44001', '45001', '34008', '34010', '34011']],
  [gone, ['46001']],
  // callbacks.md §10: contacts
  [userGone, ['33012', '60121']],
  [gone, ['60003']],
  [argument, ['40104']],
  [transient, ['15']],
];

/** Text codes of the new host, compared without regard to case. A `*` stands for any ending. */
const NAMES: Rows = [
  // messaging.md §1.2, §1.3, §1.4
  [credentials, ['invalidClientIdOrSecret', 'invalid.client', 'invalidSuiteKey', 'invalidSuiteTicket']],
  [argument, ['Missingbody', 'unsupported.grant.type']],
  [permission, ['unauthorized.client', 'invalidAuthInfo']],
  [transient, ['server.error']],
  // messaging.md §1.8
  [token, ['InvalidAuthentication']],
  [{ class: 'token', withFreshToken: 'permission' }, ['http_401', 'invalidAccessToken', 'invalidToken']],
  [{ class: 'token', withFreshToken: 'permission' }, ['token.notExisted', 'invalidParameter.token.invalid']],
  [argument, ['AuthenticationFailed.MissingParameter', 'accesstoken.expired']],
  // messaging.md §3.6: the app robot
  [{ class: 'argument', remedy: REMEDY.groupUnknown }, ['miss.openConversationId', 'invalid.openConversationId']],
  [argument, ['invalidParameter.*', 'miss.param.*']],
  [argument, ['invalid.param.*', 'sendMessage.model.notMatch', 'illegal.receivers', 'receivers.exceed']],
  [argument, ['illegal.excludes', 'sign.not.match', 'invalid.processQueryKey', 'processQueryKey.expireTime']],
  [tooLong, ['invalidParameter.msgParam.tooLong']],
  [{ class: 'argument', remedy: REMEDY.keyword }, ['keywords.not.match']],
  [{ class: 'permission', remedy: "robotCode must be the token's own app" }, ['invalidParameter.robotCode.auth']],
  [{ class: 'permission', remedy: REMEDY.otherOrg }, ['conversation.org.notMatch', 'conversation.org.dismatch']],
  [permission, ['invalidParameter.robotCode.coolApp']],
  [sendScope, ['unauthorized', 'auth.error']],
  [{ class: 'permission', remedy: 'enable the robot and publish the app' }, ['chatbotId.notAllow.sendOTO']],
  [
    { class: 'permission', remedy: 'the robot is muted in this group' },
    ['bot.forbidden.sendMessage', 'send.forbidden'],
  ],
  [{ class: 'permission', remedy: 'only group admins may mention everybody here' }, ['only.groupAdmin.canAtAll']],
  [{ class: 'ip', remedy: REMEDY.robotIp }, ['ip.not.match']],
  [{ class: 'gone', remedy: REMEDY.robotUnknown }, ['invalidParameter.robotCode.notExsit', 'resource.not.found']],
  [{ class: 'gone', remedy: REMEDY.groupGone }, ['group.disbanded']],
  [{ class: 'gone', remedy: REMEDY.robotStopped }, ['bot.stopped']],
  [
    gone,
    ['resource.unavailable', 'template.not.existed', 'template.stopped', 'robot.oto.notExist', 'session.notExisted'],
  ],
  [gone, ['session.expired', 'robot.processQueryKey.expired']],
  [userGone, ['staffId.notExisted']],
  [rate, ['send.too.fast', 'send.byToken.tooFast', 'too.many.group', 'too.many.people']],
  [moderation, ['contain.unsafe.url', 'contain.notAllowed.text', 'contain.notAllowed.picture']],
  [moderation, ['contain.notAllowed.content']],
  [transient, ['send.ding.exception']],
  [unknown, ['unknown.send.result']],
  [argument, ['not.allowed.robotCode', 'notRevoke.all.messages']],
  // messaging.md §6, §7: groups and cards
  [argument, ['parameter.invalid', 'param.*']],
  [gone, ['invalideChatId', 'param.cardNotExist']],
  [moderation, ['param.contentUnsafe']],
  // messaging.md §8.2
  [qps, ['Forbidden.AccessDenied.QpsLimitFor*', 'qps.exceed.limit']],
  [qpm, ['Forbidden.AccessDenied.QpmLimitFor*']],
  [month, ['Forbidden.AccessDenied.ApiCountLimitForOrg']],
  [rate, ['request.overlimit', 'systemError.busy', 'http_429']],
  // messaging.md §8.3, §8.4
  [ip, ['Forbidden.AccessDenied.IpNotInWhiteList']],
  [scope, ['Forbidden.AccessDenied*', 'apiPermissionDenied', 'permession.checkFailed', 'http_403']],
  // messaging.md §8.5
  [transient, ['system.error', 'systemError', 'system.busy', 'systemBusy', 'internalError', 'unknownError']],
  [transient, ['service.timeout']],
  // files.md §1.4
  [argument, ['parameter.media.wrong']],
  // callbacks.md §9
  [transient, ['todo.taskCreate.lockError', 'todo.*']],
  [argument, ['todo.taskCreate.paramError', 'todo.taskUpdate.paramError', 'todo.taskDelete.paramError']],
  [argument, ['todo.taskExecutorStatusUpdate.paramError', 'todo.orgTaskQuery.paramError']],
  [argument, ['todo.taskCreate.tokenTypeError']],
  [rate, ['todo.taskCreate.flowControlError']],
  [transient, ['todo.taskCreate.systemError']],
];

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
  const row = exact.get(key) ?? prefixes.find(([prefix]) => key.startsWith(prefix))?.[1];
  if (row?.class === 'transient' && status === 429) return rate; // `system.busy` comes with both meanings
  if (row) return row;
  if (status >= 500) return transient;
  return exact.get(`http_${status}`) ?? argument;
}
