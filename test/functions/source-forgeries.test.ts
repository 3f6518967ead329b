import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { PutSource } from '../../contract/requests/sources.ts';
import { createSns } from '../../lib/aws/sns.ts';
import { sha256 } from '../../lib/base/hash.ts';
import { receiveFrom } from '../../lib/sources/receive.ts';
import { signedText } from '../../lib/sources/sns.ts';
import type { Source } from '../../lib/sources/source.ts';
import { memoryLog } from '../support/memory-log.ts';
import { recordedServer } from '../support/recorded-server.ts';

const NOW = Date.parse('2026-11-28T16:00:00Z');
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const HOST = 'sns.eu-west-1.amazonaws.com';
const CERTIFICATE = `https://${HOST}/SimpleNotificationService-0123abcd.pem`;
const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const server = await recordedServer((path) =>
  path.endsWith('.pem') ? ours.publicKey.export({ type: 'spki', format: 'pem' }).toString() : '<Confirmed/>',
);
afterAll(() => server.close());

const keyOf = (name: string, digit = '0') => `ds_${name}_${digit.repeat(48)}`;
const SECRET = 'SECofthesource';
const RULES: Record<string, PutSource> = {
  robot: { kind: 'dingtalk-robot', to: ['ops'], secret: SECRET },
  open: { kind: 'dingtalk-robot', to: ['ops'] },
  prometheus: { kind: 'alertmanager', to: ['ops'] },
  grafana: { kind: 'alertmanager', to: ['ops'], hmac: { secret: SECRET, timestampHeader: 'X-Grafana-Timestamp' } },
  github: { kind: 'json', to: ['ops'], hmac: { secret: SECRET, header: 'X-Hub-Signature-256' } },
  aws: { kind: 'sns', to: ['ops'], topics: [TOPIC] },
};
const sourceOf = (name: string): Source | undefined => {
  const rules = RULES[name];
  return rules && { name, owner: 'key:ci', rules, keyHash: sha256(keyOf(name)) };
};

type Request = {
  way?: 'address' | 'robot';
  source?: string;
  key?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
};

/** Certificates that were to be fetched: the server stands for every host. */
const wanted: string[] = [];

/** Delivers as a sender would; what was kept, refused and answered. */
async function deliver({ way = 'address', source, key = '', headers = {}, query = {}, body = {} }: Request) {
  const kept: unknown[] = [];
  const refused: string[] = [];
  const sns = createSns(server.url);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await receiveFrom(
    {
      ...sns,
      certificate(url) {
        wanted.push(url);
        return sns.certificate(url);
      },
      sources: { get: async (name) => sourceOf(name), note: async () => undefined },
      destinations: { get: async () => ({ kind: 'custom-robot' as const, accessToken: 'ops' }) },
      queue: { put: async (received) => void kept.push(received) },
      raw: { put: async (_, stored) => void kept.push(stored) },
      now: () => NOW,
      randomId: () => 'id',
      log: memoryLog().log,
      refused: (code) => void refused.push(code),
    },
    way,
    {
      key,
      ...(source !== undefined && { source }),
      requestId: 'r',
      delivery: { headers: { 'content-type': 'application/json', ...headers }, query, bytes: Buffer.from(text) },
    },
  );
  return { kept, refused, answer };
}

type Envelope = Record<string, string | undefined>;
const MESSAGE_ID = '0b7c2d14-5a1e-4f6b-9c3d-8e7f6a5b4c3d';

function envelope(members: Envelope = {}, after: Envelope = {}, key = ours.privateKey): Envelope {
  const unsigned: Envelope = {
    Type: 'Notification',
    MessageId: MESSAGE_ID,
    TopicArn: TOPIC,
    Message: 'disk is full',
    Timestamp: '2026-11-28T15:59:59.000Z',
    SignatureVersion: '2',
    SigningCertURL: CERTIFICATE,
    ...members,
  };
  const algorithm = unsigned.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  const Signature = createSign(algorithm)
    .update(signedText(unsigned as never))
    .sign(key, 'base64');
  return { ...unsigned, Signature, ...after };
}
const bySns = (body: unknown): Request => ({ source: 'aws', key: keyOf('aws'), body });
const withCertificate = (SigningCertURL: string): Request => bySns(envelope({ SigningCertURL }));
const INSIDE = [
  'http://169.254.169.254/latest/meta-data/',
  'http://127.0.0.1:8000/',
  'https://evil.example/',
  'file:///etc/passwd',
];
/** The members that ask for a subscription, signed by somebody else, with an address of inside. */
const subscribing = (SubscribeURL: string): Request =>
  bySns(envelope({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL }, {}, theirs));

const alerts = { alerts: [{ status: 'firing', labels: { alertname: 'Disk' } }] };
const seconds = String(NOW / 1000);
const hmac = (text: string, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');
const grafana = (signature: string, timestamp: string, body: unknown = alerts): Request => ({
  source: 'grafana',
  key: keyOf('grafana'),
  headers: { 'x-grafana-alerting-signature': signature, 'x-grafana-timestamp': timestamp },
  body,
});
const github = (signature: string, body: unknown = { a: 1 }): Request => ({
  source: 'github',
  key: keyOf('github'),
  headers: { 'x-hub-signature-256': signature },
  body,
});
const text = { msgtype: 'text', text: { content: 'x' } };
const signOf = (stamp: number, secret = SECRET) =>
  createHmac('sha256', secret).update(`${stamp}\n${secret}`).digest('base64');
const robot = (query: Record<string, string>): Request => ({ way: 'robot', key: keyOf('robot'), query, body: text });

const right: [string, Request][] = [
  ['SNS', bySns(envelope())],
  ['SNS by its first version', bySns(envelope({ SignatureVersion: '1' }))],
  ['Grafana', grafana(hmac(`${seconds}:${JSON.stringify(alerts)}`), seconds)],
  ['GitHub', github(`sha256=${hmac('{"a":1}')}`)],
  ['a robot', robot({ timestamp: String(NOW), sign: signOf(NOW) })],
  ['Alertmanager', { source: 'prometheus', key: keyOf('prometheus'), body: alerts }],
];

const forged: [string, Request][] = [
  ...[
    CERTIFICATE.replace('https', 'http'),
    'https://evil.example/SimpleNotificationService-0123abcd.pem',
    CERTIFICATE.replace(HOST, `${HOST}.evil.example`),
    CERTIFICATE.replace(HOST, `evil.example/${HOST}`),
    CERTIFICATE.replace(HOST, `user:password@${HOST}`),
    CERTIFICATE.replace(HOST, `${HOST}@evil.example`),
    CERTIFICATE.replace(HOST, `${HOST}:8443`),
    CERTIFICATE.replace('eu-west-1', 'us-east-1'),
    CERTIFICATE.replace('.com/', '.com.cn/'),
    CERTIFICATE.replace('.pem', '.php'),
    `${CERTIFICATE}?next=https://evil.example`,
    `${CERTIFICATE}#x`,
    'https://169.254.169.254/SimpleNotificationService-0123abcd.pem',
    'https://localhost/SimpleNotificationService-0123abcd.pem',
    'https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem',
    'file:///etc/passwd',
    '',
  ].map((url): [string, Request] => [`the certificate at "${url}"`, withCertificate(url)]),
  ...INSIDE.map((url): [string, Request] => [`a subscription to ${url} that SNS has not signed`, subscribing(url)]),
  [
    'a subscription to another topic',
    bySns(envelope({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: '', TopicArn: `${TOPIC}2` })),
  ],
  ['another topic', bySns(envelope({ TopicArn: TOPIC.replace('alarms', 'others') }))],
  ['a topic of another account', bySns(envelope({ TopicArn: TOPIC.replace('123456789012', '999999999999') }))],
  ['a message of another hour', bySns(envelope({ Timestamp: '2026-11-28T14:59:00.000Z' }))],
  ['a message of tomorrow', bySns(envelope({ Timestamp: '2026-11-29T16:00:00.000Z' }))],
  ['a changed message', bySns(envelope({}, { Message: 'all is well' }))],
  ['a changed subject', bySns(envelope({}, { Subject: 'added' }))],
  ['a changed id', bySns(envelope({}, { MessageId: MESSAGE_ID.replace('0', '1') }))],
  ['a changed type', bySns(envelope({}, { Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: '' }))],
  ['the signature of another', bySns(envelope({}, {}, theirs))],
  ['no signature', bySns(envelope({}, { Signature: undefined }))],
  ['a signature that is none', bySns(envelope({}, { Signature: 'x' }))],
  ['a version that is none', bySns(envelope({}, { SignatureVersion: '3' }))],
  ['the other version', bySns(envelope({ SignatureVersion: '1' }, { SignatureVersion: '2' }))],
  [
    'raw delivery, which this source does not take',
    { ...bySns('disk is full'), headers: { 'x-amz-sns-rawdelivery': 'true' } },
  ],
  [
    'what SNS hands to a function, sent by somebody else',
    bySns({ Records: [{ EventSource: 'aws:sns', Sns: { ...envelope(), Signature: undefined } }] }),
  ],
  ['an alarm without its envelope', bySns({ AlarmName: 'cpu', NewStateValue: 'ALARM' })],
  ["Grafana's signature by another secret", grafana(hmac(`${seconds}:${JSON.stringify(alerts)}`, 'x'), seconds)],
  ["Grafana's signature of another body", grafana(hmac(`${seconds}:{}`), seconds)],
  ["Grafana's signature without its time", grafana(hmac(JSON.stringify(alerts)), seconds)],
  ["Grafana's request of another hour", grafana(hmac(`1:${JSON.stringify(alerts)}`), '1')],
  ["Grafana's time that is none", grafana(hmac(`now:${JSON.stringify(alerts)}`), 'now')],
  ['Grafana without a signature', { source: 'grafana', key: keyOf('grafana'), body: alerts }],
  ["GitHub's signature by another secret", github(`sha256=${hmac('{"a":1}', 'x')}`)],
  ["GitHub's signature of another body", github(`sha256=${hmac('{"a":2}')}`)],
  ["GitHub's signature cut", github(`sha256=${hmac('{"a":1}').slice(0, 32)}`)],
  ["GitHub's signature by SHA-1", github(`sha1=${createHmac('sha1', SECRET).update('{"a":1}').digest('hex')}`)],
  ["a robot's sign by another secret", robot({ timestamp: String(NOW), sign: signOf(NOW, 'SECother') })],
  ["a robot's sign of another time", robot({ timestamp: String(NOW), sign: signOf(NOW - 1) })],
  ["a robot's sign of two hours ago", robot({ timestamp: String(NOW - 7_200_000), sign: signOf(NOW - 7_200_000) })],
  ['a robot without a sign', robot({})],
  ["another source's key", { source: 'prometheus', key: keyOf('github'), body: alerts }],
  ["another source's key at a robot's address", { way: 'robot', key: keyOf('prometheus'), body: text }],
  ["a robot's key at another address", { source: 'open', key: keyOf('open'), body: text }],
  ['a key that was made up', { source: 'prometheus', key: keyOf('prometheus', '1'), body: alerts }],
  ['a key cut', { source: 'prometheus', key: keyOf('prometheus').slice(0, -1), body: alerts }],
  ['the key of a source that is not there', { source: 'gone', key: keyOf('gone'), body: alerts }],
  ["the hash in a key's place", { source: 'prometheus', key: sha256(keyOf('prometheus')), body: alerts }],
  ['no key', { source: 'prometheus', body: alerts }],
];

test('what is right is kept, by each kind of proof', async () => {
  for (const [what, request] of right) expect([what, (await deliver(request)).kept.length]).toEqual([what, 1]);
  expect(wanted.length).toBeGreaterThan(0);
  expect(new Set(server.asked)).toEqual(new Set([new URL(CERTIFICATE).pathname]));
});

test(`${forged.length} forgeries are refused, and nothing is asked but for a certificate of SNS`, async () => {
  server.asked.splice(0);
  const taken: string[] = [];
  for (const [what, request] of forged) {
    const { kept, refused, answer } = await deliver(request);
    const isRefused = answer.status >= 400 || (request.way === 'robot' && answer.status === 200);
    if (kept.length > 0 || refused.length !== 1 || !isRefused) taken.push(what);
  }
  const elsewhere = [
    ...server.asked.filter((path) => path !== new URL(CERTIFICATE).pathname),
    ...wanted.filter((url) => url !== CERTIFICATE),
  ];
  expect(forged.length).toBeGreaterThanOrEqual(40);
  expect({ taken, elsewhere }).toEqual({ taken: [], elsewhere: [] });
});
