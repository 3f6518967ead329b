import { expect, test } from 'vitest';
import { desk } from './desk.ts';

const here = desk();
const people = (userIds: unknown, more = {}) =>
  here.api('POST', '/v1.0/robot/oToMessages/batchSend', {
    robotCode: 'dingsimapp',
    userIds,
    msgKey: 'sampleText',
    msgParam: '{"content":"hi"}',
    ...more,
  });

test('a group message arrives and its key recalls it', async () => {
  const { body } = await here.group('sampleMarkdown', { title: 't', text: '**你好**' });
  const [message] = await here.sim('GET', '/messages?conversation=cidProject%3D');
  expect(message).toMatchObject({ via: 'app-robot', msgtype: 'markdown', text: '**你好**', title: 't', mentions: [] });
  const recall = await here.api('POST', '/v1.0/robot/groupMessages/recall', {
    robotCode: 'dingsimapp',
    openConversationId: 'cidProject=',
    processQueryKeys: [body.processQueryKey, 'other'],
  });
  expect(recall.body).toEqual({
    successResult: [body.processQueryKey],
    failedResult: { other: 'invalid.processQueryKey' },
  });
  expect((await here.sim('GET', '/messages'))[0].recalled).toBe(true);
});

test('messages to people: strangers and slowed ones come back in lists of a success', async () => {
  await here.sim('POST', '/settings', { flowControlledUsers: ['wangwu'] });
  const { status, body } = await people(['zhangsan', 'nobody', 'wangwu']);
  expect(status).toBe(200);
  expect(body).toMatchObject({ invalidStaffIdList: ['nobody'], flowControlledStaffIdList: ['wangwu'] });
  expect(await here.sim('GET', '/messages')).toMatchObject([{ conversation: 'zhangsan', text: 'hi' }]);
});

test('tells who read a one-to-one message, for a day', async () => {
  const { body } = await people(['zhangsan', 'lisi']);
  await here.sim('POST', '/read', { userId: 'lisi' });
  const query = new URLSearchParams({ robotCode: 'dingsimapp', processQueryKey: body.processQueryKey });
  const path = `/v1.0/robot/oToMessages/readStatus?${query}`;
  expect((await here.api('GET', path)).body).toMatchObject({
    sendStatus: 'SUCCESS',
    messageReadInfoList: [
      { userId: 'zhangsan', readStatus: 'UNREAD' },
      { userId: 'lisi', readStatus: 'READ' },
    ],
  });
  const recall = { robotCode: 'dingsimapp', processQueryKeys: [body.processQueryKey] };
  expect((await here.api('POST', '/v1.0/robot/otoMessages/batchRecall', recall)).body.successResult).toHaveLength(1);
  expect((await here.api('GET', path)).body.sendStatus).toBe('RECALLED');
  await here.sim('POST', '/clock', { advanceMs: 86_400_001 });
  expect((await here.api('GET', path)).body.code).toBe('processQueryKey.expireTime');
  expect((await here.api('POST', '/v1.0/robot/otoMessages/batchRecall', recall)).body.failedResult).toEqual({
    [body.processQueryKey]: 'robot.processQueryKey.expired',
  });
  // the other spelling of the path does not exist
  expect((await here.api('POST', '/v1.0/robot/oToMessages/batchRecall', recall)).body.code).toBe(
    'InvalidAction.NotFound',
  );
});

test.each([
  [{ robotCode: undefined }, 'invalidParameter.robotCode.missing'],
  [{ robotCode: 'nobody' }, 'invalidParameter.robotCode.notExsit'],
  [{ msgKey: undefined }, 'invalidParameter.msgKey.empty'],
  [{ msgKey: 'sampleMarkdownDX' }, 'invalidParameter.msgKey.invalid'],
  [{ msgParam: { content: 'x' } }, 'invalidParameter.msgParam.invalid'],
  [{ msgParam: 'no json' }, 'invalidParameter.msgParam.invalid'],
  [{ msgParam: '{}' }, 'miss.param.text'],
  [{ msgParam: '{"content":1}' }, 'invalid.param.text'],
  [{ openConversationId: undefined }, 'miss.openConversationId'],
  [{ openConversationId: 'cidNope=' }, 'invalid.openConversationId'],
  [{ msgKey: 'sampleFile', msgParam: '{"fileName":"a","fileType":"pdf"}' }, 'miss.param.file'],
  [{ msgKey: 'sampleFile', msgParam: '{"mediaId":"x","fileName":"a","fileType":"pdf"}' }, 'invalid.param.file'],
  [{ msgKey: 'sampleImageMsg', msgParam: '{"photoURL":"@lADnope"}' }, 'invalid.param.image'],
])('refuses %j with 400 %s', async (change, code) => {
  const { status, body, headers } = await here.group('sampleText', { content: 'x' }, change);
  expect([status, body.code]).toEqual([400, code]);
  expect(headers.get('x-acs-request-id')).toBeTruthy();
});

test('msgParam may have 15000 bytes, counted in UTF-8', async () => {
  const frame = Buffer.byteLength('{"content":""}');
  const words = '字'.repeat((15_000 - frame) / 3) + 'x'.repeat((15_000 - frame) % 3);
  expect((await here.group('sampleText', { content: words })).status).toBe(200);
  const { body } = await here.group('sampleText', { content: `${words}x` });
  expect(body.code).toBe('invalidParameter.msgParam.tooLong');
});

test('at most 20 people a call, and at least one', async () => {
  expect((await people(Array.from({ length: 21 }, () => 'lisi'))).body.code).toBe('invalidParameter.userIds.overMax');
  expect((await people([])).body.code).toBe('invalidParameter.userIds.empty');
  expect((await people('lisi')).body.code).toBe('invalidParameter.userIds.empty');
});

test.each([
  ['sampleLink', { title: 't', text: 'x', picUrl: 'https://p', messageUrl: 'https://a' }, 'link'],
  ['sampleImageMsg', { photoURL: 'https://p/x.png' }, 'image'],
  ['sampleActionCard', { title: 't', text: 'x', singleTitle: 'go', singleURL: 'https://a' }, 'actionCard'],
  [
    'sampleActionCard2',
    { title: 't', text: 'x', actionTitle1: 'a', actionURL1: 'b', actionTitle2: 'c', actionURL2: 'd' },
    'actionCard',
  ],
  [
    'sampleActionCard6',
    { title: 't', text: 'x', buttonTitle1: 'a', buttonUrl1: 'b', buttonTitle2: 'c', buttonUrl2: 'd' },
    'actionCard',
  ],
])('takes %s', async (msgKey, msgParam, msgtype) => {
  expect((await here.group(msgKey, msgParam)).status).toBe(200);
  expect((await here.sim('GET', '/messages'))[0].msgtype).toBe(msgtype);
});

test('more than 20 calls a second of one API are refused with 403, another API is not', async () => {
  await here.sim('POST', '/settings', { qps: 2 });
  const token = { 'x-acs-dingtalk-access-token': await here.token() };
  const body = {
    robotCode: 'dingsimapp',
    openConversationId: 'cidOps=',
    msgKey: 'sampleText',
    msgParam: '{"content":"x"}',
  };
  const answers = await Promise.all(
    Array.from({ length: 9 }, () => here.call('POST', '/v1.0/robot/groupMessages/send', body, token)),
  );
  const refused = answers.filter(({ status }) => status === 403);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.body.code).toBe('Forbidden.AccessDenied.QpsLimitForAppkeyAndApi');
  expect((await here.api('POST', '/v1.0/robot/oToMessages/batchSend', body)).status).toBe(400);
  await here.sim('POST', '/clock', { advanceMs: 1000 });
  expect((await here.call('POST', '/v1.0/robot/groupMessages/send', body, token)).status).toBe(200);
});

test('the monthly quota ends API calls on both hosts, but no token calls', async () => {
  await here.sim('POST', '/settings', { monthlyQuota: 1 });
  expect((await here.group('sampleText', { content: 'x' })).status).toBe(200);
  expect((await here.group('sampleText', { content: 'x' })).body.code).toBe(
    'Forbidden.AccessDenied.ApiCountLimitForOrg',
  );
  const recall = await here.old('POST', '/topapi/message/corpconversation/recall', {});
  expect(recall.body.sub_code).toBe('90020');
  expect((await here.sim('GET', '/state')).usage.apiCalls).toBe(1);
});

test('who has read comes in pages, to whoever sent it only', async () => {
  const { processQueryKey } = (await here.group('sampleText', { content: 'x' })).body;
  for (const userId of ['lisi', 'wangwu', 'zhangsan']) await here.sim('POST', '/read', { userId });
  const ask = async (change: object = {}) =>
    (await here.api('POST', '/v1.0/robot/groupMessages/query', { processQueryKey, ...change })).body;
  expect(await ask({ maxResults: 2 })).toEqual({
    sendStatus: 'SUCCESS',
    readUserIds: ['lisi', 'wangwu'],
    hasMore: true,
    nextToken: '2',
  });
  expect(await ask({ nextToken: '2' })).toEqual({ sendStatus: 'SUCCESS', readUserIds: ['zhangsan'], hasMore: false });
  expect((await ask({ maxResults: 201 })).code).toBe('invalidParameter.pageSize.invalid');
  expect((await ask({ nextToken: 'x' })).code).toBe('invalidParameter.cursor.invalid');
  expect((await ask({ openConversationId: 'cidOps=' })).code).toBe('invalid.openConversationId');
  await here.sim('POST', '/apps', { appKey: 'dingother', appSecret: 'x' });
  const other = await here.call('POST', '/v1.0/oauth2/accessToken', { appKey: 'dingother', appSecret: 'x' });
  const headers = { 'x-acs-dingtalk-access-token': other.body.accessToken };
  const foreign = await here.call('POST', '/v1.0/robot/groupMessages/query', { processQueryKey }, headers);
  expect(foreign.body.code).toBe('invalid.processQueryKey');
});

test.each([
  [{ disabled: true }, 'apiPermissionDenied', { errcode: 88, sub_code: '50003' }],
  [{ ips: ['10.0.0.0/8'] }, 'Forbidden.AccessDenied.IpNotInWhiteList', { errcode: 88, sub_code: '60020' }],
  [
    { missingScopes: ['qyapi_robot_sendmsg', 'qyapi_get_member'] },
    'Forbidden.AccessDenied.AccessTokenPermissionDenied',
    { errcode: 88, sub_code: '60011' },
  ],
])('an app with %j is kept out of both hosts', async (facts, code, old) => {
  await here.sim('POST', '/apps', { appKey: 'dingsimapp', appSecret: 'dingsimsecret', agentId: 1000001, ...facts });
  const { body } = await here.group('sampleText', { content: 'x' });
  expect(body.code).toBe(code);
  if ('missingScopes' in facts) expect(body.accessdenieddetail).toEqual({ requiredScopes: ['qyapi_robot_sendmsg'] });
  expect((await here.old('POST', '/topapi/v2/user/get', { userid: 'lisi' })).body).toMatchObject(old);
});
