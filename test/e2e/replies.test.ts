import { createHmac } from 'node:crypto';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, expect, test } from 'vitest';
import { keyStore, newKey } from '../../lib/aws/tables/key-store.ts';
import type { ApiKey } from '../../lib/aws/tables/key-table.ts';
import { createReplyTable } from '../../lib/aws/tables/records/reply-table.ts';
import { createSeal } from '../../lib/base/seal.ts';
import { placeIdOf } from '../../lib/events/published.ts';
import { keepReply } from '../../lib/events/reactions/keep-reply.ts';
import { KNOWN_KEYS } from '../../stage/local-secret.ts';
import { cliOf } from '../support/cli.ts';
import { stackClient } from '../support/stack-client.ts';

// Whoever hears on the bus what somebody wrote to the robot answers where it was written.

const { api, knock, request, urls, sim, act, busEvents, callsTo, messagesIn } = await stackClient();
const { dingdock } = cliOf(urls);
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
afterAll(() => dynamodb.destroy());
afterEach(() => sim('POST', '/settings', { sessionLifeMs: 5_400_000 }));

const WAIT = { prefer: 'wait=20' };
const GROUP = { conversation: 'cidProject=' };
let said = 0;

/** Somebody writes something to the robot; answers the event that the bus has of it. */
async function heard(from: string, where: object = {}) {
  said += 1;
  const text = `你好 ${said}`;
  await act('/say', { from, text, ...where });
  const events = () => busEvents().filter(({ detail }) => detail.data.text?.content.trim() === text);
  await expect.poll(events).toHaveLength(1);
  return events()[0].detail;
}
const answers = async (conversation: string, text: string) =>
  (await messagesIn(conversation)).filter((message: { text: string }) => message.text.includes(text));
const reply = (event: { links: { reply: string } }, body: object, headers: object = WAIT) =>
  api('POST', event.links.reply, body, { ...headers });

test.each([
  { where: 'a group', place: GROUP, own: 'cidProject=' },
  { where: 'one-to-one', place: {}, own: 'zhangsan' },
])(
  'an answer in $where goes by the session webhook while that lives, and takes no API call',
  async ({ place, own }) => {
    const event = await heard('zhangsan', place);
    const before = (await callsTo('/robot/sendBySession')).length;
    const { status, body } = await reply(event, { text: `听到了 ${own}` });
    expect([status, body.status, body.deliveries.length]).toEqual([200, 'sent', 1]);
    expect(await answers(own, `听到了 ${own}`)).toMatchObject([{ via: 'session-webhook' }]);
    expect(await callsTo('/robot/sendBySession')).toHaveLength(before + 1);
    expect((await api('GET', `/messages/${body.id}`)).body.status).toBe('sent');
  },
);

test('what can mention people does so by the session webhook, in Markdown as in a text', async () => {
  const event = await heard('lisi', GROUP);
  const markdown = { title: '重启', text: '| 步骤 | 状态 |\n|---|---|\n| 1 | 好 |', convert: true };
  const answer = await reply(event, { markdown, mention: { users: ['zhangsan'] } });
  expect([answer.status, answer.body.status]).toEqual([200, 'sent']);
  const [shown] = await answers('cidProject=', '@zhangsan');
  expect(shown).toMatchObject({ via: 'session-webhook', mentions: ['zhangsan'] });
  expect(shown.text).not.toContain('|---|');
});

test.each([
  { where: 'a group', place: GROUP, own: 'cidProject=' },
  { where: 'one-to-one', place: {}, own: 'lisi' },
])(
  'after the session has expired an answer in $where goes by the robot of the app, and can be recalled',
  async ({ place, own }) => {
    await sim('POST', '/settings', { sessionLifeMs: 0 });
    const event = await heard('lisi', place);
    const { status, body } = await reply(event, { text: `晚一点 ${own}` });
    expect([status, body.status]).toEqual([200, 'sent']);
    expect(await answers(own, `晚一点 ${own}`)).toMatchObject([{ via: 'app-robot' }]);
    const recalled = await api('POST', `/messages/${body.id}/recall`);
    expect(recalled.body.deliveries).toMatchObject([{ outcome: 'recalled' }]);
    const mentioned = await reply(event, { text: '给你', mention: { users: ['zhangsan'] } });
    expect([mentioned.status, mentioned.body.errors?.[0]?.code]).toEqual([422, 'mention_not_carried']);
  },
);

test('a session that ends before its time is no obstacle', async () => {
  const event = await heard('wangwu');
  await sim('POST', '/clock', { advanceMs: 7_200_000 });
  const { body } = await reply(event, { text: '提前结束' });
  expect(body.status).toBe('sent');
  expect(await answers('wangwu', '提前结束')).toMatchObject([{ via: 'app-robot' }]);
});

test('the same answer under one key is one message, another one is refused', async () => {
  const event = await heard('zhangsan', GROUP);
  const headers = { ...WAIT, 'idempotency-key': 'reply-once' };
  const [first, again] = [
    await reply(event, { text: '只说一次' }, headers),
    await reply(event, { text: '只说一次' }, headers),
  ];
  expect(again.body.id).toBe(first.body.id);
  expect(await answers('cidProject=', '只说一次')).toHaveLength(1);
  const other = await reply(event, { text: '别的' }, headers);
  expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
});

test('neither the bus nor the table tells the session webhook', async () => {
  const event = await heard('zhangsan', GROUP);
  expect(event.data).toMatchObject({ conversationId: 'cidProject=', senderStaffId: 'zhangsan' });
  expect(event.data).not.toHaveProperty('sessionWebhook');
  expect(JSON.parse(event.raw)).toMatchObject({ msgId: event.id, sessionWebhook: '' });
  expect(busEvents().filter((line) => JSON.stringify(line).includes('sendBySession'))).toEqual([]);
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'dingdock-local-records' }));
  const rows = Items.filter(({ part }) => part?.S === 'reply');
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/session=|zhangsan|cidProject/);
});

/** Requests with a new key. */
async function keyed(scopes: ApiKey['scopes'], over: Partial<ApiKey> = {}) {
  const { key, ...ids } = newKey();
  const name = `reply-${ids.id}`;
  const none = { destinations: ['ops'], people: [], apps: ['*'], createdAt: new Date().toISOString() };
  await keyStore(dynamodb, 'dingdock-local-keys').put({ ...ids, name, owner: name, scopes, ...none, ...over });
  return (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(method, `${urls.api}${path}`, body, { authorization: `Bearer ${key}`, ...headers });
}

test('a key answers what the robots of its apps heard, sees its own answer, and nobody else’s', async () => {
  const event = await heard('zhangsan', GROUP);
  const path = event.links.reply;
  const one = await keyed(['events:reply', 'messages:read'], { apps: ['default'] });
  const answer = await one('POST', path, { text: '有钥匙' }, WAIT);
  expect([answer.status, answer.body.status]).toEqual([200, 'sent']);
  expect((await one('GET', `/messages/${answer.body.id}`)).status).toBe(200);
  const other = await keyed(['events:reply', 'messages:read'], { apps: ['second'] });
  const told = async (asked: Promise<{ status: number; body: { code?: string } }>) => {
    const { status, body } = await asked;
    return [status, body.code];
  };
  const text = { text: '没有' };
  expect(await told(other('POST', path, text))).toEqual([403, 'app_not_allowed']);
  const bare = path.split('?')[0];
  expect(await told(other('POST', bare, text))).toEqual([403, 'app_not_allowed']);
  expect(await told(other('POST', `${bare}?app=second`, text))).toEqual([404, 'unknown_event']);
  expect(await told(other('GET', `/messages/${answer.body.id}`))).toEqual([403, 'record_not_allowed']);
  const sender = await keyed(['messages:send'], { destinations: ['*'] });
  expect(await told(sender('POST', path, text))).toEqual([403, 'scope_missing']);
  expect(await answers('cidProject=', '没有')).toEqual([]);
});

test('who asks for an event that nobody knows, or says what cannot be said, hears what is wrong', async () => {
  const event = await heard('zhangsan', GROUP);
  const unknown = await api('POST', '/events/msgNobody/reply', { text: '?' });
  expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown_event']);
  const none = await reply(event, {});
  expect([none.status, none.body.errors[0].code]).toEqual([422, 'content_missing']);
  const file = await reply(event, { file: { mediaId: '@x', fileName: 'a.txt' } });
  expect([file.status, file.body.errors[0].code]).toEqual([422, 'unknown_field']);
  const late = await reply(event, { text: '?', expiresAt: '2020-01-01T00:00:00Z' });
  expect([late.status, late.body.code]).toEqual([422, 'in_the_past']);
  const named = await api('POST', '/messages', { to: `re:${event.id.replace(/=+$/, '')}`, text: '?' });
  expect([named.status, named.body.errors[0].code]).toEqual([422, 'unknown_destination']);
});

test('somebody from outside of the company is answered by the session alone', async () => {
  const timestamp = String(Date.now());
  const sign = createHmac('sha256', 'dingsimsecret').update(`${timestamp}\ndingsimsecret`).digest('base64');
  const message = {
    msgId: 'msg/of+outside==',
    text: { content: '外面的人' },
    conversationType: '1',
    conversationId: 'cidOutside=',
    sessionWebhook: `${urls.simulator}/robot/sendBySession?session=over`,
    sessionWebhookExpiredTime: Date.now(),
  };
  expect((await knock('/dingtalk/robot', message, { timestamp, sign })).status).toBe(200);
  const events = () => busEvents().filter(({ detail }) => detail.id === message.msgId);
  await expect.poll(events).toHaveLength(1);
  const [{ detail: event }] = events();
  expect(event.links.reply).toBe('/events/msg_of-outside/reply?app=default');
  const { status, body } = await reply(event, { text: '?' });
  expect([status, body.code]).toEqual([422, 'not_reachable']);
});

test('two robots that heard messages of one id are answered each in its place; without an app it is the default one', async () => {
  const replies = createReplyTable(dynamodb, 'dingdock-local-records', createSeal(KNOWN_KEYS.sealingKey, 'replies'));
  const id = 'msg/same==';
  const data = { conversationType: '2', conversationId: 'cidProject=', senderStaffId: 'zhangsan' };
  for (const [app, days] of [['second', 8] as const, ['default', 0] as const]) {
    const now = () => Date.now() - days * 24 * 3_600_000;
    const occurredAt = new Date(now()).toISOString();
    const event = { id, type: 'robot.message', app, corpId: 'corp', occurredAt, data, raw: '' };
    await keepReply({ replies, now })(event)?.run();
  }
  const told = async (query: string, text: string) => {
    const { status, body } = await api('POST', `/events/msg_same/reply${query}`, { text }, WAIT);
    return [status, body.code ?? body.status];
  };
  expect(await told('?app=default', '默认的机器人')).toEqual([200, 'sent']);
  expect(await told('', '没说哪个')).toEqual([200, 'sent']);
  expect(await told('?app=second', '?')).toEqual([422, 'too_late']);
  expect(await told('?app=third', '?')).toEqual([404, 'unknown_event']);
  expect(await answers('cidProject=', '默认的机器人')).toHaveLength(1);
});

test('after a week it is too late', async () => {
  const replies = createReplyTable(dynamodb, 'dingdock-local-records', createSeal(KNOWN_KEYS.sealingKey, 'replies'));
  const [until, answerBy] = [0, Date.now() - 1_000];
  await replies.keep(placeIdOf('default', 'msgOld'), {
    kind: 'reply',
    app: 'default',
    until,
    answerBy,
    group: 'cidProject=',
  });
  const { status, body } = await api('POST', '/events/msgOld/reply', { text: '?' });
  expect([status, body.code]).toEqual([422, 'too_late']);
});

test('`dingdock send --reply` answers by the id of the event', async () => {
  const event = await heard('lisi', GROUP);
  const { code, text } = await dingdock(['send', '--reply', event.id, '--app', event.app, '命令行的回答']);
  expect([code, text]).toEqual([0, expect.stringContaining('sent')]);
  expect(await answers('cidProject=', '命令行的回答')).toMatchObject([{ via: 'session-webhook' }]);
  const tried = await dingdock(['send', '--reply', event.id, '不', '--dry-run']);
  expect(tried.code).toBe(2);
});
