import { expect, test } from 'vitest';
import { atBeginningOf, desk, type Loose, text } from './desk.ts';

/** Rows of the error tables (messaging.md §2.4, §3.6, §5; files.md §1.4) that need a tenant or settings of their own. */
const here = desk();
const moderate = () => here.sim('POST', '/settings', { unsafeUrls: ['https://bad.example'], forbiddenWords: ['违禁'] });
const robot = async (facts: object) => {
  await here.sim('POST', '/robots', { accessToken: 'own', conversation: 'cidOps=', ...facts });
  return (await here.call('POST', '/robot/send?access_token=own', text('x'))).body;
};
const link = (change: object = {}) => ({ title: 't', text: 'x', messageUrl: 'https://a.example', ...change });
const people = async (msgParam: object, msgKey = 'sampleText') =>
  (
    await here.api('POST', '/v1.0/robot/oToMessages/batchSend', {
      robotCode: 'dingsimapp',
      userIds: ['lisi'],
      msgKey,
      msgParam: JSON.stringify(msgParam),
    })
  ).body.code;
const notify = async (msg: object, userid_list = 'lisi') =>
  (await here.old('POST', '/topapi/message/corpconversation/asyncsend_v2', { agent_id: 1000001, userid_list, msg }))
    .body;
const nothingSaid = async () => expect(await here.sim('GET', '/messages')).toEqual([]);

test.each([
  [{ ips: ['10.1.2.0/24'] }, 310000, 'ip 127.0.0.1 not in whitelist'],
  [{ ips: ['127.0.0.0/8'] }, 0, 'ok'],
  [{ ips: ['127.0.0.1'] }, 0, 'ok'],
  [{ disabled: true }, 400102, '停用'],
])('a custom robot with %j answers %i', async (facts, errcode, words) => {
  expect(await robot(facts)).toMatchObject({ errcode, errmsg: expect.stringContaining(words) });
});

test('a dissolved group takes nothing from either robot', async () => {
  await here.sim('POST', '/groups', { openConversationId: 'cidGone=', members: ['lisi'], dissolved: true });
  expect(await robot({ conversation: 'cidGone=' })).toMatchObject({ errcode: 400013 });
  const sent = await here.group('sampleText', { content: 'x' }, { openConversationId: 'cidGone=' });
  expect([sent.status, sent.body.code]).toEqual([400, 'group.disbanded']);
});

test.each([
  [text('see https://bad.example/x'), 430101],
  [text('违禁的话'), 430102],
  [{ msgtype: 'link', link: link({ picUrl: 'https://bad.example/p.png' }) }, 430103],
  [{ msgtype: 'link', link: link({ messageUrl: 'https://bad.example/' }) }, 430101],
])('the content check of the webhook: %j gives %i', async (body, errcode) => {
  await moderate();
  expect((await here.robot(body)).body.errcode).toBe(errcode);
  await nothingSaid();
});

test.each([
  ['sampleText', { content: 'https://bad.example' }, 'contain.unsafe.url'],
  ['sampleText', { content: '违禁' }, 'contain.notAllowed.text'],
  ['sampleImageMsg', { photoURL: 'https://bad.example/p.png' }, 'contain.notAllowed.picture'],
])('the content check of the app robot: %s %j gives %s', async (msgKey, msgParam, code) => {
  await moderate();
  expect((await here.group(msgKey, msgParam)).body.code).toBe(code);
  expect(await people(msgParam, msgKey)).toBe(code);
  await nothingSaid();
});

test('the content check of work notifications', async () => {
  await moderate();
  expect((await notify(text('https://bad.example'))).errcode).toBe(40048);
  expect((await notify(text('违禁'))).errcode).toBe(41049);
  await nothingSaid();
});

test('a robot that is off, may not begin a chat, or is not the caller’s', async () => {
  const app = { appKey: 'dingsimapp', appSecret: 'dingsimsecret', agentId: 1000001 };
  await here.sim('POST', '/apps', { ...app, noOneToOne: true });
  expect(await people({ content: 'x' })).toBe('chatbotId.notAllow.sendOTO');
  expect((await here.group('sampleText', { content: 'x' })).status).toBe(200);
  await here.sim('POST', '/apps', { ...app, robotStopped: true });
  expect(await people({ content: 'x' })).toBe('resource.unavailable');
  expect((await here.group('sampleText', { content: 'x' })).body.code).toBe('resource.unavailable');
  await here.sim('POST', '/apps', { appKey: 'dingother', appSecret: 'other' });
  const foreign = await here.group('sampleText', { content: 'x' }, { robotCode: 'dingother' });
  expect([foreign.status, foreign.body.code]).toEqual([400, 'invalidParameter.robotCode.auth']);
});

test.each([
  ['image', 34008],
  ['file', 34010],
  ['voice', 34011],
])('a conversation message without its %s is %i, a notification 41006', async (msgtype, errcode) => {
  const msg = { msgtype, [msgtype]: { duration: '5' } };
  expect((await here.old('POST', '/chat/send', { chatid: 'chatOps', msg })).body.errcode).toBe(errcode);
  expect((await notify(msg)).errcode).toBe(41006);
});

test.each([660026, 130101, 410100])('a robot that is too fast says %i when told to', async (robotThrottleCode) => {
  await here.sim('POST', '/settings', { robotThrottleCode, robotWindow: { limit: 0 } });
  expect((await here.robot(text('x'))).body.errcode).toBe(robotThrottleCode);
});

test('the 501st notification of a day is dropped without a word, with 143105', async () => {
  await atBeginningOf(here, 86_400_000);
  await here.sim('POST', '/settings', { qps: 10_000 });
  for (let n = 0; n < 500; n += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => notify(text(`${n + i}`))));
  const { errcode, task_id } = await notify(text('one too many'));
  expect(errcode).toBe(0);
  const asked = { agent_id: 1000001, task_id };
  const result = await here.old('POST', '/topapi/message/corpconversation/getsendresult', asked);
  expect(result.body.send_result.forbidden_list).toEqual([{ code: '143105', count: 1, userid: 'lisi' }]);
  const shown: Loose[] = await here.sim('GET', '/messages?conversation=lisi');
  expect(shown).toHaveLength(500);
});

test('an address with too many calls gets a page instead of answers, for five minutes', async () => {
  await atBeginningOf(here, 20_000);
  await here.sim('POST', '/settings', { addressWindow: { limit: 2 } });
  const send = () => here.call('POST', '/robot/send?access_token=nobody', text('x'));
  expect([(await send()).body.errcode, (await send()).body.errcode]).toEqual([300005, 300005]);
  expect((await send()).text).toContain('<!DOCTYPE html>');
  const other = await here.call('POST', '/v1.0/oauth2/accessToken', {});
  expect([other.status, other.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  await here.sim('POST', '/clock', { advanceMs: 290_000 });
  expect((await send()).text).toContain('<!DOCTYPE html>');
  await here.sim('POST', '/clock', { advanceMs: 11_000 });
  expect((await send()).body.errcode).toBe(300005);
});

test('calls of one API a minute, where a figure is set', async () => {
  await atBeginningOf(here, 60_000);
  await here.sim('POST', '/settings', { qpm: 2 });
  const send = async () => (await here.group('sampleText', { content: 'x' })).body.code;
  expect([await send(), await send()]).toEqual([undefined, undefined]);
  expect(await send()).toBe('Forbidden.AccessDenied.QpmLimitForAppkeyAndApi');
  expect(await people({ content: 'x' })).toBeUndefined();
  await here.sim('POST', '/clock', { advanceMs: 60_000 });
  expect(await send()).toBeUndefined();
});
