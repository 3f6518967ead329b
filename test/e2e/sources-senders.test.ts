import { createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { signedText } from '../../lib/sources/sns.ts';
import { recordedServer } from '../support/recorded-server.ts';
import { stackClient } from '../support/stack-client.ts';

// Requests in the shapes of senders that cannot be run here, as each of them makes them, and what people see of them.

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const sns = await recordedServer((path) => (path.endsWith('.pem') ? pem : '<ConfirmSubscriptionResponse/>'));
afterAll(() => sns.close());
const { api, invoke, log, messagesIn, request, urls } = await stackClient(
  {},
  { environment: { AWS_ENDPOINT_URL_SNS: sns.url } },
);

/** Makes a source; its address on this machine. */
async function sourceOf(name: string, rules: object): Promise<string> {
  const { status, body } = await api('PUT', `/sources/${name}`, { to: 'ops', language: 'en', ...rules });
  expect(status).toBe(200);
  const { pathname, search } = new URL(body.address);
  return `${urls.api}${pathname}${search}`;
}

/** What there is of it in the group. */
const inOps = async (words: string): Promise<{ msgtype: string; text: string }[]> =>
  (await messagesIn('cidOps=')).filter((message: object) => JSON.stringify(message).includes(words));
const typesOf = async (words: string) => (await inOps(words)).map(({ msgtype }) => msgtype);
const textsOf = async (words: string) => (await inOps(words)).map(({ text }) => text);

test('the plugin of Jenkins: its members inside `at`, its numbers as texts, its keyword and its sign', async () => {
  const secret = 'SECofjenkins';
  const address = await sourceOf('jenkins', { kind: 'dingtalk-robot', secret });
  const send = async (msgtype: string, content: object) => {
    const stamp = Date.now();
    const sign = createHmac('sha256', secret).update(`${stamp}\n${secret}`).digest('base64');
    const at = { atMobiles: ['13800000001'], isAtAll: false };
    const body = { msgtype, [msgtype]: { ...content, at }, at };
    const query = `&timestamp=${stamp}&sign=${encodeURIComponent(sign)}`;
    // it reads the number in the answer
    return (await request('POST', `${address}${query}`, body, { 'content-type': 'application/json; charset=utf-8' }))
      .body.errcode;
  };
  const btns = ['更改记录', '控制台'].map((title) => ({ title, actionURL: `https://ci.example/${title}` }));
  const text = '# [billing](https://ci.example)\n\n---\n\n- 任务：[#128](https://ci.example/128)\n\n@13800000001\n';
  const looks = { btnOrientation: '1', hideAvatar: '0' };
  expect(await send('actionCard', { title: 'billing #128 成功 关键字', text, btns, ...looks })).toBe(0);
  expect(await send('markdown', { title: 'billing #129 关键字', text: '# #129 失败' })).toBe(0);
  expect(await send('link', { title: 'billing #130', text: '看', messageUrl: 'https://ci.example/130' })).toBe(0);
  expect(await send('text', { content: 'billing #131 关键字@13800000001' })).toBe(0);
  for (const [words, msgtype] of Object.entries({
    '#128': 'actionCard',
    '#129': 'markdown',
    '#130': 'link',
    '#131': 'text',
  }))
    await expect.poll(() => typesOf(words)).toEqual([msgtype]);
});

test("Grafana: its contact point of DingTalk, whose links open in DingTalk's client, and its webhook with a signature", async () => {
  const address = await sourceOf('grafana-robot', { kind: 'dingtalk-robot' });
  const url = 'dingtalk://dingtalkclient/page/link?pc_slide=false&url=https%3A%2F%2Fgrafana.example%2Falerting%2Flist';
  const link = { title: '[FIRING:1] Memory', text: 'Memory of web-1', messageUrl: url };
  const card = { title: '[FIRING:2] Disk', text: '**Firing** Disk of web-2', singleTitle: 'More', singleURL: url };
  for (const body of [
    { msgtype: 'link', link },
    { msgtype: 'actionCard', actionCard: card },
  ]) {
    const { status, body: said } = await request('POST', address, body);
    expect([status, said]).toEqual([200, { errcode: 0, errmsg: 'ok' }]);
  }
  await expect.poll(() => typesOf('Memory of web-1')).toEqual(['link']);
  await expect.poll(() => typesOf('Disk of web-2')).toEqual(['actionCard']);
  expect(JSON.stringify(await inOps('[FIRING:'))).toContain('dingtalk://dingtalkclient/page/link');

  const secret = 'grafana-secret';
  const webhook = await sourceOf('grafana', {
    kind: 'alertmanager',
    hmac: { secret, header: 'X-Grafana-Alerting-Signature', timestampHeader: 'X-Grafana-Timestamp' },
  });
  const body = readFileSync('test/fixtures/senders/grafana.json', 'utf8');
  const seconds = String(Math.floor(Date.now() / 1000));
  const signed = {
    'x-grafana-timestamp': seconds,
    'x-grafana-alerting-signature': createHmac('sha256', secret).update(`${seconds}:${body}`).digest('hex'),
  };
  expect((await request('POST', webhook, body)).status).toBe(403);
  expect((await request('PUT', webhook, body, signed)).status).toBe(202);
  await expect.poll(() => textsOf('High memory usage')).toEqual([expect.stringContaining('for zone us-1')]);
});

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:alarms-of-aws';
const alarm = (AlarmName: string, TopicArn: string) => ({
  ...JSON.parse(readFileSync('test/fixtures/senders/sns-cloudwatch.json', 'utf8')),
  MessageId: randomUUID(),
  TopicArn,
  Message: JSON.stringify({ AlarmName, NewStateValue: 'ALARM', NewStateReason: 'too hot', Region: 'US East' }),
  Timestamp: new Date().toISOString(),
});

test('SNS by HTTPS: the subscription is confirmed, an alarm comes signed and is told once, and a forged one is not', async () => {
  const address = await sourceOf('aws', { kind: 'sns', topics: [TOPIC] });
  const SigningCertURL = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123abcd.pem';
  const sign = (members: object) => {
    const unsigned = { ...alarm('cpu by https', TOPIC), ...members, SignatureVersion: '2', SigningCertURL };
    const Signature = createSign('RSA-SHA256')
      .update(signedText(unsigned as never))
      .sign(privateKey, 'base64');
    return { ...unsigned, Signature };
  };
  const deliver = (body: object) =>
    request('POST', address, body, { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'x' });
  const subscription = { Type: 'SubscriptionConfirmation', Token: 't0ken', SubscribeURL: 'https://inside.example/' };
  expect((await deliver(sign({ ...subscription, Message: 'You have chosen …', Subject: undefined }))).status).toBe(200);
  expect(sns.asked.filter((path) => path.includes('ConfirmSubscription'))).toEqual([
    `/?Action=ConfirmSubscription&Version=2010-03-31&TopicArn=${encodeURIComponent(TOPIC)}&Token=t0ken`,
  ]);
  const told = sign({});
  for (const body of [told, told]) expect((await deliver(body)).status).toBe(200);
  expect((await deliver({ ...sign({}), Message: 'cpu by https: all is well' })).status).toBe(403);
  await expect.poll(() => textsOf('cpu by https')).toEqual([expect.stringContaining('🔴 Alarm: cpu by https')]);
  expect((await api('GET', '/sources/aws')).body.seen).toMatchObject({ lastProblem: { code: 'bad_signature' } });
});

/** As Lambda hands it to a function that subscribes to the topic. */
const deliver = (told: { TopicArn: string }) => {
  const EventSubscriptionArn = `${told.TopicArn}:0b7c2d14-5a1e-4f6b-9c3d-8e7f6a5b4c3d`;
  const Sns = { ...told, SigningCertUrl: 'https://x', MessageAttributes: {}, Subject: null };
  return invoke('receive-source', {
    Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn, Sns }],
  });
};
const noted = async (name: string) => (await api('GET', `/sources/${name}`)).body.seen;

test('SNS by a subscription of the function: a topic is of the one source that says so, and is told once', async () => {
  const topic = `${TOPIC}-of-lambda`;
  await sourceOf('https-only', { kind: 'sns', topics: [topic] });
  const told = alarm('cpu by lambda', topic);
  // nobody takes it: Lambda tries it again, and then sets it aside
  await expect(deliver(told)).rejects.toThrow('receive-source failed');
  const refusals = () => log.filter((line) => /source-refused/.test(line) && line.includes(topic));
  await expect.poll(refusals).toEqual([expect.stringContaining('unknown_topic')]);

  await sourceOf('by-lambda', { kind: 'sns', topics: [topic], lambda: true });
  for (const each of [told, told, alarm('cpu once more', topic)]) await deliver(each);
  await expect.poll(() => textsOf('cpu once more')).toEqual([expect.stringContaining('🔴 Alarm: cpu once more')]);
  expect(await textsOf('cpu by lambda')).toEqual([expect.stringContaining('🔴 Alarm: cpu by lambda')]);
  expect(await noted('https-only')).toBeUndefined();

  const other = { kind: 'sns', to: 'ops', topics: [topic], lambda: true };
  const refused = await api('PUT', '/sources/other', other);
  expect([refused.status, refused.body.errors[0].code]).toEqual([422, 'topic_taken']);
  // the one that had it changes, or is closed, and lets go of it
  await sourceOf('by-lambda', { kind: 'sns', topics: [topic] });
  expect((await api('PUT', '/sources/other', other)).status).toBe(200);
  await deliver(alarm('cpu of the other', topic));
  await expect.poll(() => textsOf('cpu of the other')).toHaveLength(1);
  expect(await noted('other')).toMatchObject({ received: 1 });
  expect((await api('DELETE', '/sources/other')).status).toBe(204);
  const waiting = alarm('cpu of nobody', topic);
  await expect(deliver(waiting)).rejects.toThrow('receive-source failed');
  await sourceOf('by-lambda', { kind: 'sns', topics: [topic], lambda: true });
  for (const each of [waiting, alarm('cpu in the end', topic)]) await deliver(each);
  await expect.poll(() => textsOf('cpu in the end')).toHaveLength(1);
  expect(await textsOf('cpu of nobody')).toHaveLength(1);
  await expect(invoke('receive-source', { Records: [{ EventSource: 'aws:sns' }] })).rejects.toThrow(
    'receive-source failed',
  );
});
