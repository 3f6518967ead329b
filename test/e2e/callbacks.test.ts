import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { stackClient } from '../support/stack-client.ts';

const { api, sim, busEvents, request, urls } = await stackClient();

const onBus = (id: string) => busEvents().filter(({ detail }) => detail.id === id);

test('a pushed event is answered in time with an encrypted success, and is on the bus once, repeated or not', async () => {
  const event = { EventType: 'user_add_org', UserId: ['wangwu'], eventId: 'e2e-event-1' };
  const first = await sim('POST', '/events', event);
  expect(first.body.delivered).toBe(true);
  const push = (await sim('GET', '/pushes')).body.find(({ id }: { id: string }) => id === first.body.pushId);
  expect(push.attempts[0]).toMatchObject({ ok: true, valid: true, answer: 'success' });
  await expect.poll(() => onBus('e2e-event-1').length).toBe(1);
  expect((await sim('POST', '/events', event)).body.delivered).toBe(true);
  await sim('POST', '/events', { EventType: 'user_add_org', UserId: ['lisi'], eventId: 'e2e-event-2' });
  await expect.poll(() => onBus('e2e-event-2').length).toBe(1);
  expect(onBus('e2e-event-1')).toHaveLength(1);
  expect(onBus('e2e-event-1')[0]).toMatchObject({
    detailType: 'user_add_org',
    detail: { type: 'user_add_org', corpId: 'dingsimcorp', data: { userId: ['wangwu'] } },
  });
});

test('check_url is answered and bothers nobody else', async () => {
  expect((await sim('POST', '/events', { EventType: 'check_url', eventId: 'e2e-check' })).body.delivered).toBe(true);
  await sim('POST', '/events', { EventType: 'after_check', eventId: 'e2e-after-check' });
  await expect.poll(() => onBus('e2e-after-check').length).toBe(1);
  expect(onBus('e2e-check')).toEqual([]);
});

test('what a person writes to the robot is on the bus', async () => {
  const said = await sim('POST', '/say', { from: 'zhangsan', text: '你好 🤖', conversation: 'cidOps=' });
  expect(said.body).toMatchObject({ delivered: true });
  const heard = () =>
    busEvents().find(({ detail }) => detail.type === 'robot.message' && detail.raw.includes('你好 🤖'));
  await expect.poll(heard).toBeTruthy();
  expect(heard().detail.data).toMatchObject({ senderStaffId: 'zhangsan', conversationId: 'cidOps=' });
});

test('a tap on a card is on the bus with its action', async () => {
  const clicked = await sim('POST', '/click', {
    outTrackId: 'card-e2e',
    userId: 'lisi',
    actionId: 'done',
    params: { a: '一' },
  });
  expect(clicked.body.delivered).toBe(true);
  const tap = () =>
    busEvents().find(({ detail }) => detail.type === 'card.click' && detail.data.outTrackId === 'card-e2e');
  await expect.poll(tap).toBeTruthy();
  expect(tap().detail.data.content.cardPrivateData).toMatchObject({ actionIds: ['done'], params: { a: '一' } });
});

test('forged, broken, oversized and foreign callbacks are refused alike, and nothing of them is kept', async () => {
  const before = busEvents().length;
  const encrypt = Buffer.alloc(64, 1).toString('base64');
  const token = 'simcallbacktoken';
  const signed = createHash('sha1').update([token, '1767225600000', 'nonce', encrypt].sort().join('')).digest('hex');
  const events = `${urls.api}/dingtalk/events`;
  const answers = await Promise.all([
    request('POST', `${events}?signature=${'0'.repeat(40)}&timestamp=1&nonce=n`, { encrypt }),
    request('POST', `${events}?signature=${signed}&timestamp=1767225600000&nonce=nonce`, { encrypt }),
    request('POST', events, { encrypt }),
    request('POST', `${events}?signature=x&timestamp=1&nonce=n`, '{broken'),
    request(
      'POST',
      `${urls.api}/dingtalk/robot`,
      { msgId: 'forged' },
      { timestamp: `${Date.now()}`, sign: 'Zm9yZ2Vk' },
    ),
    request('POST', `${urls.api}/dingtalk/cards`, { outTrackId: 'forged' }),
  ]);
  expect([...new Set(answers.map(({ status, text }) => `${status} ${text}`))]).toHaveLength(1);
  expect(answers[0]).toMatchObject({ status: 403, body: { code: 'callback_refused' } });
  const huge = await request('POST', `${events}?signature=x&timestamp=1&nonce=n`, { encrypt: 'A'.repeat(200_000) });
  expect(huge).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  await sim('POST', '/events', { EventType: 'after_forgery', eventId: 'e2e-after-forgery' });
  await expect.poll(() => onBus('e2e-after-forgery').length).toBe(1);
  expect(busEvents().length).toBe(before + 1);
});

test('the health check answers without a key', async () => {
  expect(await request('GET', `${urls.api}/health`)).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect((await api('GET', '/destinations/ops')).body).toEqual({ name: 'ops', kind: 'custom-robot', signs: true });
});
