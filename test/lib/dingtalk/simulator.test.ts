import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decryptEvent, encryptEvent, eventSignature, type Simulator, startSimulator } from 'dingtalk-simulator';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSeal } from '../../../lib/base/seal.ts';
import { DingTalkApp, type TokenSource } from '../../../lib/dingtalk/app.ts';
import { createDingTalk } from '../../../lib/dingtalk/client.ts';
import { decryptMessage, encryptMessage, openEvent, sealReply } from '../../../lib/dingtalk/doors/callback.ts';
import { createTokenProvider } from '../../../lib/dingtalk/token/access-token.ts';
import { createFetchToken } from '../../../lib/dingtalk/token/token-source.ts';
import type { Billed } from '../../../lib/dingtalk/transport/exchange.ts';
import { createHttp } from '../../../lib/dingtalk/transport/http.ts';
import { createWebhook } from '../../../lib/dingtalk/webhook.ts';
import { createMemoryTokenStore } from '../../contracts/token-store.ts';
import { memoryLog } from '../../support/memory-log.ts';

// The simulator is another reading of the same protocol: what both agree on, each has from the reference.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ port: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => control('POST', '/_sim/reset'));

async function control(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(simulator.url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.status).toBeLessThan(300);
  return response.json();
}

const fault = (path: string, kind: string, times = 1) => control('POST', '/_sim/faults', { path, fault: kind, times });
const http = createHttp();
const key = { token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' };
const text = { msgKey: 'sampleText', msgParam: { content: '你好，世界 🎉' } };
const msg = { msgtype: 'text', text: { content: '通知' } };

function connect(source: TokenSource = 'accessToken') {
  const urls = { api: simulator.url, oapi: simulator.url };
  const app = v.parse(DingTalkApp, {
    name: 'sim',
    corpId: 'dingsimcorp',
    appKey: 'dingsimapp',
    appSecret: 'dingsimsecret',
    corpSecret: 'dingsimcorpsecret',
    agentId: 1000001,
    callbacks: [key],
    cardSecrets: [],
  });
  const { log, lines } = memoryLog();
  const random = Math.random;
  const tokens = createTokenProvider({
    key: `sim/${source}`,
    store: createMemoryTokenStore(),
    fetchToken: createFetchToken({ http, app, urls, source, now: Date.now }),
    seal: createSeal(app.appSecret, 'token'),
    now: Date.now,
    sleep,
    random,
    log,
    owner: 'test',
  });
  return { ...createDingTalk({ app, http, count, tokens, urls, now: Date.now, sleep, random }), tokens, lines };
}

const counted: Billed[] = [];
const count = (call: Billed) => void counted.push(call);

/** What the simulator charged: its count was written from the same section of the reference, by others. */
const Bill = v.object({
  billed: v.record(v.string(), v.record(v.string(), v.record(v.string(), v.object({ total: v.number() })))),
});
/** Custom robots belong to no app. */
const accountOf = ({ app }: Billed) => (app === '' ? 'custom-robots' : 'dingsimapp');

// whatever a test calls: what was counted here is what the simulator charged, by app and kind; a month may turn meanwhile
afterEach(async () => {
  const { billed } = v.parse(Bill, await control('GET', '/_sim/limits'));
  const theirs = Object.values(billed).flatMap((apps) =>
    Object.entries(apps).flatMap(([app, kinds]) =>
      Object.entries(kinds).map(([kind, { total }]) => ({ account: `${app} ${kind}`, total })),
    ),
  );
  const all = Map.groupBy(counted.splice(0), (call) => `${accountOf(call)} ${call.kind}`);
  for (const account of new Set([...all.keys(), ...theirs.map((one) => one.account)])) {
    const ours = all.get(account) ?? [];
    const charged = theirs.reduce((sum, one) => sum + (one.account === account ? one.total : 0), 0);
    const unanswered = ours.filter(({ answered }) => !answered).length;
    if (unanswered > 0)
      console.log(`${account}: ${ours.length} counted, ${charged} charged, ${unanswered} without answer`);
    expect(Math.abs(ours.length - charged), account).toBeLessThanOrEqual(unanswered);
  }
});

describe('the simulator takes', () => {
  test('robot messages to a group and to people', async () => {
    const { robot } = connect();
    expect((await robot.sendToGroup({ openConversationId: 'cidProject=', ...text })).processQueryKey).not.toBe('');
    const sent = await robot.sendToUsers({ userIds: ['zhangsan', 'nobody'], ...text });
    expect(sent).toMatchObject({ invalidUserIds: ['nobody'], throttledUserIds: [] });
  });

  test('messages of a custom robot', async () => {
    const webhook = createWebhook({ http, count, oapiUrl: simulator.url, now: Date.now });
    const robot = { accessToken: 'simopsrobot', secret: 'SECsimopsrobot' };
    await webhook.send(robot, { ...msg, msgUuid: 'u1' });
    await expect(webhook.send({ ...robot, secret: 'SECwrong' }, msg)).rejects.toMatchObject({ code: '310000.sign' });
    await expect(webhook.send({ accessToken: 'none' }, msg)).rejects.toMatchObject({ class: 'gone' });
    const late = createWebhook({ http, count, oapiUrl: simulator.url, now: () => Date.now() - 4_000_000 });
    await expect(late.send(robot, msg)).rejects.toMatchObject({ code: '310000.timestamp', class: 'transient' });
    const unsigned = webhook.send({ accessToken: robot.accessToken }, msg);
    await expect(unsigned).rejects.toMatchObject({ code: '310000.sign', class: 'argument' });
    const flood = Array.from({ length: 25 }, () => webhook.send(robot, msg));
    const outcomes = await Promise.allSettled(flood);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ class: 'rate', waitMs: 600_000 });
  });

  test('work notifications and the old conversation calls', async () => {
    const { workNotifications, conversations } = connect();
    expect((await workNotifications.send({ userIds: ['lisi'], msg })).taskId).toMatch(/^\d+$/);
    expect((await conversations.sendToChat({ chatId: 'chatProject', msg })).messageId).not.toBe('');
    const sent = await conversations.sendAs({ sender: 'zhangsan', cid: 'cidProject=', msg });
    expect(sent.receivers.sort()).toEqual(['lisi', 'wangwu']);
  });

  test('files, in an upload with a Chinese name', async () => {
    const { media, robot } = connect();
    const body = Buffer.from('%PDF-1.7 …');
    const { mediaId } = await media.upload({ type: 'file', fileName: '季度报告.pdf', body });
    const msgParam = { mediaId, fileName: '季度报告.pdf', fileType: 'pdf' };
    await robot.sendToGroup({ openConversationId: 'cidProject=', msgKey: 'sampleFile', msgParam });
    const stored = await fetch(`${simulator.url}/_sim/files/${encodeURIComponent(mediaId)}`);
    expect(Buffer.from(await stored.arrayBuffer()).equals(body)).toBe(true);
    expect(decodeURIComponent(stored.headers.get('content-disposition') ?? '')).toContain('季度报告.pdf');
  });

  test('to-dos, once for a source id, and people', async () => {
    const { todos, contacts } = connect();
    const { unionId } = await contacts.getUser('zhangsan');
    const executor = await contacts.getUser('lisi');
    const todo = {
      ownerUnionId: unionId,
      operatorUnionId: unionId,
      sourceId: 'task-1',
      subject: '审批',
      executorUnionIds: [executor.unionId],
      detailUrl: 'https://example.com/t/1',
      notify: true,
    };
    const { id } = await todos.create(todo);
    expect(await todos.create(todo)).toEqual({ id, existed: true });
    await expect(contacts.getUser('nobody')).rejects.toMatchObject({ class: 'gone' });
  });

  test.each(['accessToken', 'gettoken', 'gettoken-corp'] as const)(
    'a token from %s on the old host',
    async (source) => {
      const { workNotifications } = connect(source);
      expect((await workNotifications.send({ userIds: ['lisi'], msg })).taskId).not.toBe('');
    },
  );
});

describe('on a bad day', () => {
  test('a revoked token is replaced unseen, on both hosts', async () => {
    const { robot, contacts, lines } = connect();
    await fault('/v1.0/robot/groupMessages/send', 'revoke-token');
    await robot.sendToGroup({ openConversationId: 'cidProject=', ...text });
    await fault('/topapi/v2/user/get', 'revoke-token');
    expect((await contacts.getUser('lisi')).unionId).toBe('union-lisi');
    expect(lines.filter(({ event }) => event === 'token-refreshed').length).toBeGreaterThanOrEqual(2);
  });

  test.each(['html-ban', 'punish'])('%s is a ban of five minutes', async (kind) => {
    const { robot } = connect();
    await fault('/v1.0/robot/groupMessages/send', kind);
    const failure = robot.sendToGroup({ openConversationId: 'cidProject=', ...text });
    await expect(failure).rejects.toMatchObject({ code: 'ip_ban', class: 'rate', waitMs: 300_000 });
  });

  test('an answer that is dropped after the message was taken leaves the outcome open', async () => {
    const { robot } = connect();
    await fault('/v1.0/robot/groupMessages/send', 'drop-after-accept');
    const failure = robot.sendToGroup({ openConversationId: 'cidProject=', ...text });
    await expect(failure).rejects.toMatchObject({ name: 'DingTalkUnreachable', arrived: 'maybe' });
  });

  test('a throttled read waits and succeeds; a to-do whose answer is lost is created once', async () => {
    const { contacts, todos } = connect();
    await fault('/topapi/v2/user/get', 'throttle');
    expect((await contacts.getUser('lisi')).name).toBe('李四');
    await fault('/v1.0/todo/*', 'drop-after-accept');
    const todo = { ownerUnionId: 'union-zhangsan', sourceId: 's', subject: 'x', detailUrl: 'https://example.com/' };
    expect((await todos.create({ ...todo, executorUnionIds: ['union-lisi'] })).id).not.toBe('');
  });

  test('messages that DingTalk does not take say why', async () => {
    const { robot } = connect();
    const unknownGroup = robot.sendToGroup({ openConversationId: 'cidNone=', ...text });
    await expect(unknownGroup).rejects.toMatchObject({ name: 'DingTalkRefusal', retryable: false });
    const unknownKey = robot.sendToGroup({ openConversationId: 'cidProject=', msgKey: 'sampleNone', msgParam: {} });
    await expect(unknownKey).rejects.toMatchObject({ class: 'argument' });
  });
});

test("both read each other's encryption", () => {
  const message = '{"EventType":"todo_task_create","subject":"审批 🎉"}';
  expect(decryptMessage(key.aesKey, encryptEvent(key.aesKey, 'dingsimapp', message))).toMatchObject({
    plaintext: message,
    receiverId: 'dingsimapp',
  });
  const ours = encryptMessage(key.aesKey, message, 'dingsimapp', randomBytes(16));
  expect(decryptEvent(key.aesKey, ours)).toEqual({ text: message, receiver: 'dingsimapp' });
  const reply = sealReply({ key, receiverId: 'dingsimapp', plaintext: 'success', now: Date.now, random: randomBytes });
  const { msg_signature, timeStamp, nonce, encrypt } = reply;
  expect(eventSignature(key.token, timeStamp, nonce, encrypt)).toBe(msg_signature);
  const query = { signature: eventSignature(key.token, '1', 'n', ours), timestamp: '1', nonce: 'n' };
  expect(openEvent({ keys: [key], receiverIds: ['dingsimapp'], query, encrypt: ours }).plaintext).toBe(message);
});
