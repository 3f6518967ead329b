import { eventSignature } from 'dingtalk-simulator';
import { expect, test } from 'vitest';
import { desk } from './desk.ts';
import { aesKey, receiver, sealed, token } from './receiver.ts';

const here = desk();
const owner = receiver();
const mine = (change: object = {}) => ({
  call_back_tag: ['user_add_org', 'bpms_task_change'],
  token,
  aes_key: aesKey,
  url: `${owner.url}/old?from=dingtalk`,
  ...change,
});
const register = async (change: object = {}) =>
  (await here.old('POST', '/call_back/register_call_back', mine(change))).body.errcode;
const right = () => sealed('success', 'dingsimcorp');

test('an address is registered once it has answered check_url, and then gets events of its tags in the old form', async () => {
  owner.react = right;
  expect(await register()).toBe(0);
  const [check] = owner.seen;
  expect(check).toMatchObject({ path: '/old', event: { EventType: 'check_url', receiver: 'dingsimcorp' } });
  const { query, body } = check!;
  const signed = eventSignature(token, query.get('timestamp') ?? '', query.get('nonce') ?? '', body.encrypt);
  expect([query.get('from'), query.get('signature')]).toEqual(['dingtalk', signed]);

  const event = { EventType: 'user_add_org', UserId: ['lisi'], via: 'old' };
  expect(await here.sim('POST', '/events', event)).toMatchObject({ delivered: true });
  expect(owner.seen[1]?.event).toMatchObject({
    EventType: 'user_add_org',
    CorpId: 'dingsimcorp',
    TimeStamp: expect.any(String),
  });
  expect(await here.sim('POST', '/events', { ...event, EventType: 'check_in' })).toMatchObject({ pushed: false });
  expect(owner.seen).toHaveLength(2);
});

test('it is read, replaced and deleted; one per app', async () => {
  owner.react = right;
  const get = async () => (await here.old('GET', '/call_back/get_call_back')).body;
  expect((await get()).errcode).toBe(71007);
  expect((await here.old('POST', '/call_back/update_call_back', mine())).body.errcode).toBe(71007);
  expect(await register()).toBe(0);
  expect(await register()).toBe(71006);
  expect(await get()).toMatchObject({ ...mine(), errcode: 0 });
  const change = mine({ call_back_tag: ['check_in'] });
  expect((await here.old('POST', '/call_back/update_call_back', change)).body.errcode).toBe(0);
  expect((await get()).call_back_tag).toEqual(['check_in']);
  expect((await here.old('GET', '/call_back/delete_call_back')).body.errcode).toBe(0);
  expect((await here.old('GET', '/call_back/delete_call_back')).body.errcode).toBe(71007);
});

test.each([
  ['an unknown tag', { call_back_tag: ['todo_task_create'] }, 71008],
  ['no tags', { call_back_tag: [] }, 71010],
  ['no token', { token: undefined }, 71010],
  ['a short token', { token: 'short' }, 71010],
  ['a short key', { aes_key: 'short' }, 71010],
  ['no address', { url: 'nowhere' }, 71011],
  ['an address that nobody answers', { url: 'http://127.0.0.1:9/' }, 71012],
])('%s is refused', async (_what, change, errcode) => {
  owner.react = right;
  expect(await register(change)).toBe(errcode);
});

test('a wrong answer to check_url is 71009, no answer 71012, and neither is repeated', async () => {
  owner.react = () => ({ body: 'success' });
  expect(await register()).toBe(71009);
  owner.react = () => sealed('success', 'dingsimapp');
  expect(await register()).toBe(71009);
  owner.react = () => ({ status: 500 });
  expect(await register()).toBe(71012);
  await here.sim('POST', '/clock', { advanceMs: 120_000 });
  expect(owner.seen).toHaveLength(3);
  expect((await here.old('GET', '/call_back/get_call_back_failed_result')).body.failed_list).toEqual([]);
});

test('private addresses are refused where only public ones are allowed', async () => {
  await here.sim('POST', '/settings', { privateCallbackAddresses: false });
  expect(await register()).toBe(71013);
});

test("the month's pushes end: contacts events still come, others stop, robot messages come empty", async () => {
  here.simulator.setCallbackUrl(owner.url);
  await here.sim('POST', '/settings', { webhookQuota: 1 });
  const push = (EventType: string) => here.sim('POST', '/events', { EventType, n: Math.random() });
  expect((await push('check_in')).delivered).toBe(true);
  expect(await push('check_in')).toMatchObject({ pushed: false });
  expect((await push('user_add_org')).delivered).toBe(true);
  await here.sim('POST', '/say', { from: 'lisi', text: 'hi' });
  expect(owner.seen.at(-1)?.body).toMatchObject({ msgtype: 'text', errorCode: '20001' });
  expect(owner.seen.at(-1)?.body.text).toBeUndefined();
});
