import { expect, test } from 'vitest';
import { desk } from './desk.ts';

const here = desk();
const credentials = { appKey: 'dingsimapp', appSecret: 'dingsimsecret' };
const user = { userid: 'lisi' };

test('an internal app that asks again gets the same token, with a renewed life', async () => {
  const first = await here.call('POST', '/v1.0/oauth2/accessToken', credentials);
  expect(first.body).toEqual({ accessToken: expect.stringMatching(/^[0-9a-f]{32}$/), expireIn: 7200 });
  await here.sim('POST', '/clock', { advanceMs: 7_000_000 });
  expect(await here.token()).toBe(first.body.accessToken);
  await here.sim('POST', '/clock', { advanceMs: 7_000_000 });
  const get = await here.call('POST', `/topapi/v2/user/get?access_token=${first.body.accessToken}`, user);
  expect(get.body.errcode).toBe(0);
});

test('a token dies after its life, and the next one is another', async () => {
  const first = await here.token();
  await here.sim('POST', '/clock', { advanceMs: 7_200_000 });
  const late = await here.call('POST', `/topapi/v2/user/get?access_token=${first}`, user);
  expect(late.body).toMatchObject({ errcode: 88, sub_code: '40014' });
  expect(await here.token()).not.toBe(first);
});

test('the three ways to a token answer in their own spelling', async () => {
  const modern = await here.call('POST', '/v1.0/oauth2/dingsimcorp/token', {
    client_id: 'dingsimapp',
    client_secret: 'dingsimsecret',
    grant_type: 'client_credentials',
  });
  expect(modern.body).toEqual({ access_token: await here.token(), expires_in: 7200 });
  const old = await here.call('GET', '/gettoken?appkey=dingsimapp&appsecret=dingsimsecret');
  expect(old.body).toMatchObject({ errcode: 0, errmsg: 'ok', expires_in: 7200, access_token: expect.any(String) });
  const pair = await here.call('GET', '/gettoken?corpid=dingsimcorp&corpsecret=dingsimcorpsecret');
  expect(pair.body.access_token).toBe(old.body.access_token);
});

const grant = { client_id: 'dingsimapp', client_secret: 'dingsimsecret', grant_type: 'client_credentials' };
test.each([
  ['/v1.0/oauth2/accessToken', { ...credentials, appSecret: 'x' }, 400, 'invalidClientIdOrSecret'],
  ['/v1.0/oauth2/accessToken', {}, 400, 'invalidClientIdOrSecret'],
  ['/v1.0/oauth2/dingsimcorp/token', { ...grant, client_secret: 'x' }, 400, 'invalid.client'],
  ['/v1.0/oauth2/dingsimcorp/token', { ...grant, grant_type: 'password' }, 400, 'unsupported.grant.type'],
  ['/v1.0/oauth2/dingothercorp/token', grant, 401, 'unauthorized.client'],
  ['/v1.0/oauth2/nonsense/token', grant, 500, 'unknownError'],
])('%s refuses %j with %i %s', async (path, body, status, code) => {
  const answer = await here.call('POST', path, body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test('the new host takes JSON only', async () => {
  const form = await here.call('POST', '/v1.0/oauth2/accessToken', 'appKey=dingsimapp&appSecret=dingsimsecret', {
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect([form.status, form.body.code]).toEqual([400, 'Missingbody']);
});

test.each([
  ['appkey=dingsimapp&appsecret=wrong', 40096],
  ['corpid=dingsimcorp&corpsecret=wrong', 40089],
  ['', 40035],
  ['appkey=dingsimapp', 40035],
])('/gettoken?%s is refused with a bare %i', async (query, errcode) => {
  const { status, body } = await here.call('GET', `/gettoken?${query}`);
  expect([status, body.errcode, body.sub_code]).toEqual([200, errcode, undefined]);
});

test('each host says in its own way that the token is missing or wrong', async () => {
  const send = '/v1.0/robot/groupMessages/send';
  const missing = await here.call('POST', send, {});
  expect([missing.status, missing.body.code]).toEqual([400, 'AuthenticationFailed.MissingParameter']);
  const inQuery = await here.call('POST', `${send}?access_token=${await here.token()}`, {});
  expect(inQuery.body.code).toBe('AuthenticationFailed.MissingParameter');
  const wrong = await here.call('POST', send, {}, { 'x-acs-dingtalk-access-token': 'nonsense' });
  expect([wrong.status, wrong.body.code]).toEqual([400, 'InvalidAuthentication']);

  const inHeader = await here.call('POST', '/topapi/v2/user/get', user, {
    'x-acs-dingtalk-access-token': await here.token(),
  });
  expect([inHeader.status, inHeader.body.errcode, inHeader.body.sub_code]).toEqual([200, 88, '40000']);
  const topapi = await here.call('POST', '/topapi/v2/user/get?access_token=x', user);
  expect(topapi.body).toMatchObject({
    errcode: 88,
    sub_code: '40014',
    errmsg: expect.stringContaining('subcode=40014'),
  });
  const older = await here.call('POST', '/chat/send?access_token=x', {});
  expect(older.body.errcode).toBe(40014);
  expect((await here.call('POST', '/chat/send', {})).body.errcode).toBe(41001);
});

test('a token of the old host serves the old host only', async () => {
  const { body } = await here.call('GET', '/gettoken?appkey=dingsimapp&appsecret=dingsimsecret');
  const old = await here.call('POST', `/topapi/v2/user/get?access_token=${body.access_token}`, user);
  expect(old.body.errcode).toBe(0);
  const headers = { 'x-acs-dingtalk-access-token': body.access_token };
  expect((await here.call('POST', '/v1.0/robot/groupMessages/send', {}, headers)).body.code).toBe(
    'InvalidAuthentication',
  );
});

test.each([
  ['POST', '/v1.0/nothing', 404],
  ['POST', '/v1.0/robot/emotion/reply', 404],
  ['GET', '/v1.0/robot/groupMessages/send', 404],
  ['PATCH', '/v1.0/card/instances', 404],
  ['POST', '/v9.9/im/anything', 404],
])('%s %s, which the new host does not have, is answered %i', async (method, path, status) => {
  const answer = await here.call(method, path, method === 'GET' ? undefined : {});
  expect(answer).toMatchObject({
    status,
    body: { code: 'InvalidAction.NotFound', message: expect.any(String), requestid: expect.stringMatching(/./) },
  });
});

test.each([
  ['POST', '/oauth2/accessToken', 404],
  ['POST', '/robot/groupMessages/send', 404],
  ['POST', '/topapi/nothing', 22],
  ['GET', '/robot/send', 22],
  ['POST', '/topapi/v2/user/getbyunionid', 22],
  ['POST', '/user/get', 22],
])('%s %s, without a version or of the old host, is a 200 with errcode %i', async (method, path, errcode) => {
  const answer = await here.call(method, path, method === 'GET' ? undefined : {});
  expect([answer.status, answer.body.errcode]).toEqual([200, errcode]);
});

test('two apps have two tokens', async () => {
  await here.sim('POST', '/apps', { appKey: 'dingother', appSecret: 'secret' });
  const other = await here.call('POST', '/v1.0/oauth2/accessToken', { appKey: 'dingother', appSecret: 'secret' });
  expect(other.body.accessToken).not.toBe(await here.token());
  const foreign = await here.call(
    'POST',
    '/v1.0/robot/groupMessages/send',
    { robotCode: 'dingsimapp', openConversationId: 'cidOps=', msgKey: 'sampleText', msgParam: '{"content":"x"}' },
    { 'x-acs-dingtalk-access-token': other.body.accessToken },
  );
  expect(foreign.body.code).toBe('invalidParameter.robotCode.auth');
});
