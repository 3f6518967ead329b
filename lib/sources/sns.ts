import { createVerify } from 'node:crypto';
import * as v from 'valibot';
import { parseObject } from '../base/json.ts';
import { badSignature, brokenBody, type DoorDeps } from './delivery.ts';

/** The envelope of SNS over HTTPS (and, with less in it, of its Lambda and SQS subscriptions). */
const text = v.string();
const common = {
  MessageId: v.pipe(text, v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)),
  TopicArn: text,
  Message: text,
  Timestamp: v.pipe(text, v.isoTimestamp()),
  SignatureVersion: v.picklist(['1', '2']),
  Signature: text,
  SigningCertURL: text,
};
const subscribing = { ...common, Token: text, SubscribeURL: text };
const Envelope = v.variant('Type', [
  v.object({ Type: v.literal('Notification'), ...common, Subject: v.optional(v.nullable(text)) }),
  v.object({ Type: v.literal('SubscriptionConfirmation'), ...subscribing }),
  v.object({ Type: v.literal('UnsubscribeConfirmation'), ...subscribing }),
]);
export type Envelope = v.InferOutput<typeof Envelope>;

/** A delivery is repeated for an hour at most; the signature itself says nothing of its age. */
const STALE_MS = 3_600_000;
const AHEAD_MS = 300_000;

/**
 * The envelope in a body, once its signature is the topic's: only then is anything in it believed.
 * @throws SourceRefusal for what is none, another topic, an old one, a forged one
 */
export async function verifiedEnvelope(
  { now, certificate }: Pick<DoorDeps, 'now' | 'certificate'>,
  body: string,
  topics: readonly string[],
): Promise<Envelope> {
  const parsed = v.safeParse(Envelope, parseObject(body) ?? {});
  if (!parsed.success) throw brokenBody('This source takes what SNS sends over HTTPS, with its signature.');
  const envelope = parsed.output;
  const { TopicArn, Timestamp, SigningCertURL } = envelope;
  if (!topics.includes(TopicArn)) throw badSignature(`The topic ${TopicArn.slice(0, 200)} is none of this source.`);
  const age = now() - Date.parse(Timestamp);
  if (age > STALE_MS || age < -AHEAD_MS) throw badSignature('The message is of another hour.');
  if (!isCertificateOf(SigningCertURL, TopicArn))
    throw badSignature('The certificate is not one of SNS in the region.');
  const pem = await certificate(SigningCertURL);
  const algorithm = envelope.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  if (!isSignedBy(pem, algorithm, envelope)) throw badSignature('The signature is not that of the message.');
  return envelope;
}

function isSignedBy(pem: string, algorithm: string, envelope: Envelope): boolean {
  try {
    return createVerify(algorithm).update(signedText(envelope)).verify(pem, envelope.Signature, 'base64');
  } catch {
    return false;
  }
}

/** Certificates are fetched from SNS in the topic's own region and from nowhere else. */
export function isCertificateOf(address: string, topicArn: string): boolean {
  const [, , , region = ''] = topicArn.split(':');
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const host = `sns.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const isThere = url.protocol === 'https:' && url.host === host;
  return isPlain && isThere && /^\/SimpleNotificationService-[\w-]+\.pem$/.test(url.pathname);
}

const OF_NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const OF_SUBSCRIPTION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

/** Names and values by turns, each on a line of its own; a subject that is not there is left out. */
export function signedText(envelope: Envelope): string {
  const members: Record<string, string | null | undefined> = envelope;
  const names = envelope.Type === 'Notification' ? OF_NOTIFICATION : OF_SUBSCRIPTION;
  return names
    .filter((name) => members[name] !== undefined && members[name] !== null)
    .map((name) => `${name}\n${members[name]}\n`)
    .join('');
}
