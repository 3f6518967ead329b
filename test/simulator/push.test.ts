import { eventSignature } from 'dingtalk-simulator';
import { beforeEach, expect, test } from 'vitest';
import { desk } from './desk.ts';
import { receiver, sealed, token } from './receiver.ts';

const here = desk();
const owner = receiver();
beforeEach(() => here.simulator.setCallbackUrl(owner.url));
const post = (change: object = {}) =>
  here.sim('POST', '/events', { EventType: 'user_add_org', UserId: ['wangwu'], ...change });
const failedList = async () => (await here.old('GET', '/call_back/get_call_back_failed_result')).body;

test('an event is sealed for the app, signed under both names, and counted as delivered by the right answer', async () => {
  const answer = await post({ eventId: 'event-1' });
  expect(answer).toMatchObject({
    delivered: true,
    eventId: 'event-1',
    attempt: { status: 200, valid: true, answer: 'success' },
  });
  const [seen] = owner.seen;
  expect(seen?.path).toBe('/dingtalk/events');
  expect(seen?.event).toEqual({
    EventType: 'user_add_org',
    EventTime: expect.any(Number),
    CorpId: 'dingsimcorp',
    BizId: expect.any(String),
    eventId: 'event-1',
    UserId: ['wangwu'],
    receiver: 'dingsimapp',
  });
  const { query, body } = seen!;
  const signature = eventSignature(token, query.get('timestamp') ?? '', query.get('nonce') ?? '', body.encrypt);
  expect([query.get('signature'), query.get('msg_signature')]).toEqual([signature, signature]);
  expect(await here.sim('GET', '/pushes')).toMatchObject([{ id: answer.pushId, door: 'events', state: 'delivered' }]);
});

test('the same body is the same event; an own eventId or a repeat does the same', async () => {
  const [first, second, other] = [await post(), await post(), await post({ UserId: ['lisi'] })];
  expect(second.eventId).toBe(first.eventId);
  expect(other.eventId).not.toBe(first.eventId);
  await here.sim('POST', `/pushes/${first.pushId}/repeat`);
  expect(owner.seen[1]?.event).toEqual(owner.seen[0]?.event);
  expect(owner.seen[3]?.event).toEqual(owner.seen[0]?.event);
  expect(owner.seen[3]?.query.get('nonce')).not.toBe(owner.seen[0]?.query.get('nonce'));
});

test('the old format: for the corp, without eventId', async () => {
  owner.react = () => sealed('success', 'dingsimcorp');
  expect((await post({ via: 'old' })).delivered).toBe(true);
  expect(owner.seen[0]?.event).toEqual({
    EventType: 'user_add_org',
    TimeStamp: expect.any(String),
    CorpId: 'dingsimcorp',
    UserId: ['wangwu'],
    receiver: 'dingsimcorp',
  });
});

test.each([
  ['plain success', () => ({ body: 'success' }), 'not an encrypted success'],
  ['a wrong word', () => sealed('ok'), 'it says ok'],
  ['another receiver', () => sealed('success', 'dingsimcorp'), 'for dingsimcorp'],
  ['a wrong signature', () => sealed('success', 'dingsimapp', { msg_signature: 'x'.repeat(40) }), 'signature is wrong'],
  ['timestamp for timeStamp', () => sealed('success', 'dingsimapp', { timeStamp: undefined }), 'timeStamp'],
  ['HTTP 500', () => ({ status: 500, ...sealed() }), 'http 500'],
  ['a redirect', () => ({ status: 302 }), 'http 302'],
  ['no answer in time', () => 'never' as const, 'timeout'],
])('%s is no success', async (_name, react, reason) => {
  if (reason === 'timeout') await here.sim('POST', '/settings', { pushDeadlineMs: 60 });
  owner.react = react;
  const { delivered, attempt } = await post();
  expect(delivered).toBe(false);
  expect(attempt.valid).toBe(false);
  expect(attempt.reason).toContain(reason);
});

test('repeats after 10 and 30 seconds, then gives the event to the failed list, which reading empties', async () => {
  owner.react = () => ({ status: 503 });
  const { pushId, eventId } = await post();
  await here.sim('POST', '/clock', { advanceMs: 9_000 });
  expect(owner.seen).toHaveLength(1);
  await here.sim('POST', '/clock', { advanceMs: 1_500 });
  expect(owner.seen).toHaveLength(2);
  expect(await here.sim('GET', '/pushes')).toMatchObject([{ id: pushId, state: 'pending' }]);
  await here.sim('POST', '/clock', { advanceMs: 30_000 });
  expect(owner.seen.map((seen) => seen.event.eventId)).toEqual([eventId, eventId, eventId]);
  expect(await here.sim('GET', '/pushes')).toMatchObject([
    { state: 'failed-list', attempts: [{}, {}, { status: 503 }] },
  ]);
  const list = {
    errcode: 0,
    has_more: false,
    failed_list: [
      {
        call_back_tag: 'user_add_org',
        event_time: expect.any(Number),
        user_add_org: { corpid: 'dingsimcorp', userid: ['wangwu'] },
      },
    ],
  };
  expect(await failedList()).toMatchObject(list);
  expect((await failedList()).failed_list).toEqual([]);
});

test('moving the clock far enough runs the whole plan, and a late yes ends it', async () => {
  owner.react = () => (owner.seen.length < 3 ? { status: 500 } : sealed());
  await post();
  await here.sim('POST', '/clock', { advanceMs: 40_000 });
  expect(await here.sim('GET', '/pushes')).toMatchObject([{ state: 'delivered', attempts: [{}, {}, { valid: true }] }]);
  expect((await failedList()).failed_list).toEqual([]);
});

test('the failed list names payloads by the kind of event, 200 at a time', async () => {
  await here.sim('POST', '/settings', { retryPlanMs: [0] });
  owner.react = () => ({ status: 500 });
  await post({ EventType: 'bpms_instance_change', UserId: undefined, processInstanceId: 'p' });
  await here.sim('POST', '/clock', { advanceMs: 0 });
  const { failed_list } = await failedList();
  expect(failed_list[0].bpms_instance_change).toEqual({
    corpid: 'dingsimcorp',
    bpmsCallBackData: { processInstanceId: 'p' },
  });
});

test('a forged push can be made, and without an address the control call says what to do', async () => {
  await post({ tamper: 'signature' });
  const { query, body } = owner.seen[0]!;
  const right = eventSignature(token, query.get('timestamp') ?? '', query.get('nonce') ?? '', body.encrypt);
  expect(query.get('msg_signature')).not.toBe(right);
  const answer = await here.call('POST', '/_sim/events', { UserId: [] });
  expect([answer.status, answer.body.expected]).toEqual([400, expect.stringContaining('EventType')]);
});
