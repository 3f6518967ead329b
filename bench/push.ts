import { randomBytes, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { decryptMessage, sealReply } from '../lib/dingtalk/doors/callback.ts';

const KEY = { token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' };
const Answer = v.object({ statusCode: v.literal(200), body: v.string() });
const Encrypted = v.pipe(v.string(), v.parseJson(), v.object({ encrypt: v.string() }));

/** A push as DingTalk seals it: its query and its body. */
export function sealedPush() {
  const plaintext = JSON.stringify({ EventType: 'user_add_org', eventId: randomBytes(8).toString('hex') });
  const push = sealReply({ key: KEY, receiverId: 'dingsimapp', plaintext, now: Date.now, random: randomBytes });
  const query = { signature: push.msg_signature, timestamp: push.timeStamp, nonce: push.nonce };
  return { query, body: JSON.stringify({ encrypt: push.encrypt }) };
}

/** The same as the event that API Gateway makes of it. */
export function pushEvent() {
  const { query, body } = sealedPush();
  return {
    routeKey: 'POST /dingtalk/events',
    headers: { 'content-type': 'application/json' },
    queryStringParameters: query,
    body,
    isBase64Encoded: false,
    requestContext: { requestId: randomUUID(), timeEpoch: Date.now() },
  };
}

/** Whether an answer says success, once it is decrypted. */
export function isSuccess(answer: unknown): boolean {
  const taken = v.safeParse(Answer, answer);
  if (!taken.success) return false;
  const { encrypt } = v.parse(Encrypted, taken.output.body);
  return decryptMessage(KEY.aesKey, encrypt).plaintext === 'success';
}
