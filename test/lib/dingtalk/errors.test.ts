import { describe, expect, test } from 'vitest';
import { DingTalkRefusal, DingTalkUnreachable, type ErrorClass } from '../../../lib/base/dingtalk-errors.ts';
import { LISTED, rowFor } from '../../../lib/dingtalk/transport/error-table.ts';
import { refusalOf, refusedSend, refusedWithFreshToken } from '../../../lib/dingtalk/transport/errors.ts';

/** The codes of the reference, in its own letters and order, written down a second time. */
const REFERENCE: Record<string, string> = {
  // messaging.md §1.8, §1.1-1.3
  T: '40014 42001 40001 33001 40082 42009 48003 InvalidAuthentication invalidAccessToken invalidToken token.notExisted invalidParameter.token.invalid http_401',
  C: '40096 40089 invalidClientIdOrSecret invalid.client',
  // rate: messaging.md §2.4, §3.6, §5.3, §5.5, §8.2; callbacks.md §9.1
  R: `660026 130101 410100 send.too.fast send.byToken.tooFast too.many.group too.many.people 41045 41046 41047
    143103 143104 143105 143203 143204 143205 90018 90002 90020 90001 90003 90004 90005 90006 90017 45009
    90007 90008 90009 90010 90011 90012 90013 90014
    Forbidden.AccessDenied.QpsLimitForAppkeyAndApi Forbidden.AccessDenied.QpmLimitForAppkeyAndApi
    Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi Forbidden.AccessDenied.QpmLimitForSuitekeyAndOrgAndApi
    Forbidden.AccessDenied.QpsLimitForApi Forbidden.AccessDenied.ApiCountLimitForOrg
    qps.exceed.limit request.overlimit systemError.busy todo.taskCreate.flowControlError`,
  X: `310000.timestamp -1 400001 500 1430003 15 system.error systemError system.busy systemBusy internalError unknownError service.timeout
    send.ding.exception todo.taskCreate.lockError todo.taskCreate.systemError 34015 server.error`,
  P: `43007 invalidParameter.robotCode.auth invalidParameter.robotCode.coolApp unauthorized auth.error conversation.org.notMatch
    chatbotId.notAllow.sendOTO send.forbidden bot.forbidden.sendMessage only.groupAdmin.canAtAll 1430004 41028 41044 50002 50004
    60011 48002 50003 50005 Forbidden.AccessDenied.AccessTokenPermissionDenied apiPermissionDenied
    forbidden.accessDenied.somethingElse permession.checkFailed unauthorized.client`,
  I: '310000.ip ip.not.match 60020 Forbidden.AccessDenied.IpNotInWhiteList',
  A: `40000 41001 AuthenticationFailed.MissingParameter 310000 310000.keyword 310000.sign 460101 101002 400105
    400402 40035 43004 invalidParameter.robotCode.empty invalidParameter.robotCode.missing invalidParameter.robotCode.invalid
    invalidParameter.userIds.empty invalidParameter.userIds.overMax invalidParameter.userId.empty invalidParameter.msgKey.empty
    invalidParameter.msgKey.invalid invalidParameter.msgParam.invalid invalidParameter.msgParam.tooLong
    invalidParameter.msg.unsupport invalidParameter.msgBody.invalid invalidParameter.param.invalid miss.openConversationId
    invalid.openConversationId miss.param.title invalid.param.text sendMessage.model.notMatch illegal.receivers receivers.exceed
    illegal.excludes keywords.not.match sign.not.match 143106 143206 1430000 1430001 400002 41052 40004 40005 40006 40007 40008
    40038 40056 41029 45002 45003 45004 45005 45006 45007 45008 34016 34002 34004 34014 40012 40015 34006 34007 22 404
    40009 41005 41006 41102 43008 44001 45001 34008 34010 34011 parameter.media.wrong todo.taskCreate.paramError
    todo.taskUpdate.paramError todo.taskDelete.paramError 40104 accesstoken.expired Missingbody unsupported.grant.type`,
  G: `300005 300001 400101 400102 400106 400013 invalidParameter.robotCode.notExsit resource.not.found resource.unavailable
    group.disbanded bot.stopped template.not.existed template.stopped staffId.notExisted robot.oto.notExist session.notExisted
    session.expired 40003 40031 34001 46001 33012 60121 60003 invalideChatId`,
  M: `430101 430102 430103 430104 contain.unsafe.url contain.notAllowed.text contain.notAllowed.picture
    contain.notAllowed.content 1430002 40048 41049 60022 param.contentUnsafe`,
  U: 'unknown.send.result',
};
const CLASSES: Record<string, ErrorClass> = {
  T: 'token',
  C: 'credentials',
  R: 'rate',
  X: 'transient',
  P: 'permission',
  I: 'ip',
  A: 'argument',
  G: 'gone',
  M: 'moderation',
  U: 'unknown',
};

const refusal = (code: string, text = '', status = 400) => refusalOf('test.call', { code, status, text });

describe.each(Object.entries(REFERENCE))('class %s', (letter, codes) => {
  test.each(codes.split(/\s+/))('holds %s', (code) => {
    // 200 and 400 say nothing: only the table can tell
    expect(refusal(code, '', 200).class).toBe(CLASSES[letter]);
    expect(refusal(code, '', 400).class).toBe(CLASSES[letter]);
  });
});

test('every code stands in one class only', () => {
  const codes = Object.values(REFERENCE).flatMap((list) => list.split(/\s+/));
  expect(new Set(codes).size).toBe(codes.length);
});

test('every code has a remedy in words, and no text serves more than twelve codes', () => {
  const listed = new Set(LISTED.map(([code]) => code.toLowerCase()));
  expect(listed.size).toBe(LISTED.length);
  expect(LISTED.filter(([, remedy]) => remedy.length < 20)).toEqual([]);
  const served = Map.groupBy(LISTED, ([, remedy]) => remedy);
  const most = [...served].map(([remedy, codes]) => [codes.length, remedy]).filter(([count]) => Number(count) > 12);
  expect(most).toEqual([]);
  for (const code of Object.values(REFERENCE).flatMap((list) => list.split(/\s+/))) {
    expect(refusal(code, '', 400).remedy, code).toMatch(/\w+ \w+/);
  }
  // a code that no table names has one as well
  for (const status of [200, 400, 401, 403, 429, 500])
    expect(rowFor('never.heard.of', status).remedy).toMatch(/\w+ \w+/);
});

test('repeating may help against throttles, passing troubles and unknown outcomes, and against nothing else', () => {
  const codes = Object.entries(REFERENCE).map(([letter, list]) => [letter, list.split(/\s+/)[0] ?? ''] as const);
  const retryable = codes.filter(([, code]) => refusal(code).retryable).map(([letter]) => letter);
  expect(retryable).toEqual(['R', 'X', 'U']);
});

test.each(['90020', 'Forbidden.AccessDenied.ApiCountLimitForOrg', '41045', '143105'])(
  'waiting does not help against the used-up quota %s',
  (code) => {
    expect(refusal(code)).toMatchObject({ class: 'rate', retryable: false });
    expect(refusal(code).remedy).toMatch(/month|tomorrow/);
  },
);

test.each([
  ['660026', 600_000],
  ['130101', 600_000],
  ['90018', 1_000],
  ['Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', 1_000],
  ['Forbidden.AccessDenied.QpmLimitForAppkeyAndApi', 60_000],
  ['send.too.fast', undefined],
])('%s says how long to wait where DingTalk does', (code, waitMs) => {
  expect(refusal(code).waitMs).toBe(waitMs);
});

test('a busy system is a throttle under HTTP 429 and a passing trouble otherwise', () => {
  expect(refusal('system.busy', '', 429).class).toBe('rate');
  expect(refusal('systemBusy', '', 500).class).toBe('transient');
});

test.each([
  ['something.new', 400, 'argument'],
  ['987654', 200, 'argument'],
  ['something.new', 403, 'permission'],
  ['something.new', 401, 'token'],
  ['something.new', 429, 'rate'],
  ['something.new', 500, 'transient'],
  ['http_502', 502, 'transient'],
  ['http_404', 404, 'argument'],
])('an unlisted code %s under HTTP %i is %s', (code, status, kind) => {
  expect(refusal(code, '', status).class).toBe(kind);
});

test('the case of a code does not matter', () => {
  expect(refusal('invalidauthentication').class).toBe('token');
  expect(refusal('FORBIDDEN.ACCESSDENIED.IPNOTINWHITELIST').class).toBe('ip');
});

// messaging.md §2.4: the wordings since 2019
test.each([
  ['keywords not in content', 'keyword'],
  ['keywords not in content, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]', 'keyword'],
  ['description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;', 'keyword'],
  ['错误描述:关键词不匹配;解决方案:请联系群管理员查看此机器人的关键词,并在发送的信息中包含此关键词;', 'keyword'],
  ['sign not match', 'sign'],
  ['sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]', 'sign'],
  [
    'description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确;link:请参考本接口对应文档查看签名的生成方式;',
    'sign',
  ],
  ['错误描述:机器人发送签名不匹配;解决方案:请确认签名和生成签名的时间戳必须都放在调用的网址中;', 'sign'],
  ['invalid timestamp', 'timestamp'],
  ['description:机器人发送签名过期;solution:签名生成后1小时内有效，请重新生成签名;', 'timestamp'],
  ['错误描述:机器人发送签名过期;解决方案:签名生成后1小时内有效,请重新生成签名;', 'timestamp'],
  ['ip 1.2.3.4 not in whitelist', 'ip'],
  ['ip 1.2.3.4 not in whitelist, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]', 'ip'],
  ['description:来源IP地址1.2.3.4不在IP地址白名单中;solution:请联系群管理员查看此机器人的IP白名单;', 'ip'],
])('310000 "%s" is a matter of the %s', (text, cause) => {
  const found = refusal('310000', text, 200);
  expect(found.code).toBe(`310000.${cause}`);
  expect(found.remedy).toBeTruthy();
});

test('310000 without a known wording stays what it is', () => {
  expect(refusal('310000', 'something else').code).toBe('310000');
});

test('names the scopes that are missing and where to grant them', () => {
  const fault = { code: '60011', status: 200, text: '没有调用该接口的权限', scopes: ['qyapi_robot_sendmsg'] };
  expect(refusalOf('test.call', fault).remedy).toMatch(
    /grant the app qyapi_robot_sendmsg \(open-dev\.dingtalk\.com → the app → 开发配置 → 权限管理\)/,
  );
});

test('a token refused twice is a matter of credentials, arguments or rights, as the reference says', () => {
  const second = (code: string) => refusedWithFreshToken(refusal(code)).class;
  expect(['40001', '33001', 'invalidToken', '40014'].map(second)).toEqual([
    'credentials',
    'argument',
    'permission',
    'token',
  ]);
});

test('a send that a 5xx broke off has an unknown outcome, and keeps the code and the words', () => {
  expect(refusedSend(refusal('-1', 'busy', 200)).class).toBe('transient');
  expect(refusedSend(refusal('brand.new', '', 400)).class).toBe('argument');
  const found = refusedSend(refusal('system.error', 'busy', 500));
  expect(found).toMatchObject({ class: 'unknown', code: 'system.error', description: 'busy', retryable: true });
});

describe('the words that are kept', () => {
  const words = (text: string, secrets: string[] = []) =>
    refusalOf('test.call', { code: '-1', status: 200, text }, secrets).description;

  test('hold no address query, token or secret', () => {
    expect(words('see https://oapi.dingtalk.com/robot/send?access_token=abc&sign=def%3D now')).toBe(
      'see https://oapi.dingtalk.com/robot/send now',
    );
    expect(words('bad access_token=0123abc, try again')).toBe('bad access_token=…, try again');
    expect(words('{"accessToken":"tok-1","appSecret":"s"}')).not.toMatch(/tok-1|"s"/);
    expect(words(`token ${'0123456789abcdef'.repeat(2)} unknown`)).toBe('token … unknown');
    expect(words('secret SECabcdef0123456789')).not.toContain('abcdef');
    expect(words('不合法的 my secret! 在此', ['my secret!'])).toBe('不合法的 … 在此');
  });

  test('are otherwise as they came, and at most 300 characters', () => {
    expect(words('ip 1.2.3.4 不在白名单')).toBe('ip 1.2.3.4 不在白名单');
    expect([...words('😀'.repeat(400))]).toHaveLength(300);
  });
});

test("both failures have names that survive minifying, and messages without DingTalk's words", () => {
  const found = refusal('40035', 'secret words');
  expect(found).toBeInstanceOf(DingTalkRefusal);
  expect([found.name, found.message]).toEqual(['DingTalkRefusal', 'test.call: 40035']);
  const unreachable = new DingTalkUnreachable('test.call', { code: 'timeout', arrived: 'maybe' });
  expect(unreachable).toMatchObject({ name: 'DingTalkUnreachable', retryable: true, arrived: 'maybe' });
});
