import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createSns } from '../../../lib/aws/sns.ts';
import { isCertificateOf, signedText, verifiedEnvelope } from '../../../lib/sources/sns.ts';
import { recordedServer } from '../../support/recorded-server.ts';

// SNS as it is: a certificate over HTTP, and a subscription that waits to be confirmed.
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const server = await recordedServer((path) => (path.endsWith('.pem') ? pem : '<ConfirmSubscriptionResponse/>'));
const { asked, url: endpoint } = server;
afterAll(() => server.close());
beforeEach(() => asked.splice(0));

const TOPIC = 'arn:aws-cn:sns:cn-north-1:123456789012:alarms';
const CERTIFICATE = 'https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0123abcd.pem';
const NOW = Date.parse('2026-11-28T16:00:00Z');
type Envelope = Record<string, string | undefined>;

function signed(members: Envelope = {}, version: '1' | '2' = '2'): Envelope {
  const envelope: Envelope = {
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: TOPIC,
    Message: 'disk\nis full',
    Timestamp: '2026-11-28T15:59:59.000Z',
    SignatureVersion: version,
    SigningCertURL: CERTIFICATE,
    ...members,
  };
  const algorithm = version === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  const text = signedText(envelope as never);
  return { ...envelope, Signature: createSign(algorithm).update(text).sign(privateKey, 'base64') };
}

const verify = (envelope: Envelope | string) =>
  verifiedEnvelope(
    { now: () => NOW, certificate: (url) => createSns(endpoint).certificate(url) },
    typeof envelope === 'string' ? envelope : JSON.stringify(envelope),
    [TOPIC],
  );

const subscription = { Type: 'SubscriptionConfirmation', Token: '2336412f', SubscribeURL: 'https://evil.example/?x' };

test.each(['1', '2'] as const)('what a topic signed by version %s is believed, each type of it', async (version) => {
  expect(await verify(signed({}, version))).toMatchObject({ Message: 'disk\nis full' });
  expect(await verify(signed({ Subject: 'ALARM: "cpu" in Beijing' }, version))).toMatchObject({ Type: 'Notification' });
  expect(await verify(signed(subscription, version))).toMatchObject({ Token: '2336412f' });
  expect(await verify(signed({ ...subscription, Type: 'UnsubscribeConfirmation' }, version))).toMatchObject({
    Token: '2336412f',
  });
});

test('the text that is signed has names and values by turns, without a subject that is not there', () => {
  const of = { Type: 'Notification', MessageId: 'm', TopicArn: 't', Message: 'a', Timestamp: 'z' };
  const without = 'Message\na\nMessageId\nm\nTimestamp\nz\nTopicArn\nt\nType\nNotification\n';
  expect(signedText(of as never)).toBe(without);
  expect(signedText({ ...of, Subject: 's' } as never)).toBe(without.replace('Timestamp', 'Subject\ns\nTimestamp'));
});

const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const forged: [string, () => Envelope | string][] = [
  ['another message', () => ({ ...signed(), Message: 'all is well' })],
  ['another subject', () => ({ ...signed(), Subject: 'added' })],
  ['another topic', () => signed({ TopicArn: TOPIC.replace('alarms', 'others') })],
  ['a topic of another account', () => signed({ TopicArn: TOPIC.replace('123456789012', '999999999999') })],
  ['an hour ago', () => signed({ Timestamp: '2026-11-28T14:59:00.000Z' })],
  ['tomorrow', () => signed({ Timestamp: '2026-11-29T16:00:00.000Z' })],
  ['no time', () => signed({ Timestamp: 'now' })],
  ['another key', () => ({ ...signed(), Signature: createSign('RSA-SHA256').update('x').sign(other, 'base64') })],
  ['no signature', () => ({ ...signed(), Signature: undefined })],
  ['an empty signature', () => ({ ...signed(), Signature: '' })],
  ['a version of its own', () => ({ ...signed(), SignatureVersion: '3' })],
  ['the other version', () => ({ ...signed({}, '1'), SignatureVersion: '2' })],
  ['an unknown type', () => signed({ Type: 'Other' })],
  ['an id that is none', () => signed({ MessageId: 'x\nTopicArn' })],
  ['no JSON', () => 'disk full'],
  ['a list', () => '[]'],
  ...[
    CERTIFICATE.replace('https', 'http'),
    CERTIFICATE.replace('.com.cn', '.com.evil.example'),
    CERTIFICATE.replace('sns.', 'sns.evil.example/sns.'),
    CERTIFICATE.replace('sns.cn-north-1', 'sns.cn-northwest-1'),
    CERTIFICATE.replace('https://', 'https://user:password@'),
    CERTIFICATE.replace('https://', 'https://sns.cn-north-1.amazonaws.com.cn@evil.example/'),
    CERTIFICATE.replace('.cn/', '.cn:8443/'),
    `${CERTIFICATE}?x=1`,
    CERTIFICATE.replace('/Simple', '/../Simple/../x/Simple'),
    CERTIFICATE.replace('.pem', '.php'),
    'https://169.254.169.254/SimpleNotificationService-0123abcd.pem',
    'https://localhost/SimpleNotificationService-0123abcd.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123abcd.pem',
    'file:///etc/passwd',
    'SimpleNotificationService-0123abcd.pem',
    '',
  ].map((SigningCertURL): [string, () => Envelope] => [
    `a certificate at ${SigningCertURL}`,
    () => signed({ SigningCertURL }),
  ]),
];

test.each(forged)('%s is refused', async (_, make) => {
  await expect(verify(make())).rejects.toMatchObject({ name: 'SourceRefusal' });
  // nothing is asked but for the certificate, and that only where it may be
  expect(asked.filter((path) => path !== new URL(CERTIFICATE).pathname)).toEqual([]);
});

test('a certificate is fetched once, and a subscription is confirmed by an address of our own', async () => {
  const sns = createSns(endpoint);
  await Promise.all([sns.certificate(CERTIFICATE), sns.certificate(CERTIFICATE)]);
  await sns.confirm(TOPIC, 'a token&x=1');
  expect(asked).toEqual([
    new URL(CERTIFICATE).pathname,
    `/?Action=ConfirmSubscription&Version=2010-03-31&TopicArn=${encodeURIComponent(TOPIC)}&Token=a+token%26x%3D1`,
  ]);
  expect(
    isCertificateOf('https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem', 'arn:aws:sns:us-east-1:1:a'),
  ).toBe(true);
});
