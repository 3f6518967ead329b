import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { openEvent, sealReply } from '../../../lib/dingtalk/doors/callback.ts';
import fc from '../../support/property.ts';

/** Somebody else's reading of the same scheme: DingTalk took it over from WeChat's corporate platform. */
type Other = new (
  token: string,
  aesKey: string,
  id: string,
) => {
  encrypt(text: string): string;
  decrypt(text: string): { message: string; id: string };
  getSignature(timestamp: string, nonce: string, encrypt: string): string;
};
const WxCrypt: Other = createRequire(import.meta.url)('wechat-crypto');

const RUNS = 1_000;
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 300 }), fc.json());
const scheme = fc.record({
  token: fc.stringMatching(/^[A-Za-z0-9]{3,32}$/),
  aesKey: fc.stringMatching(/^[A-Za-z0-9]{43}$/),
  receiverId: fc.stringMatching(/^(ding|suite)[a-z0-9]{1,40}$/),
});

test('an independent implementation opens our replies, 1,000 random texts', () => {
  fc.assert(
    fc.property(scheme, text, ({ token, aesKey, receiverId }, plaintext) => {
      const other = new WxCrypt(token, aesKey, receiverId);
      const reply = sealReply({ key: { token, aesKey }, receiverId, plaintext, now: Date.now, random: randomBytes });
      expect(other.getSignature(reply.timeStamp, reply.nonce, reply.encrypt)).toBe(reply.msg_signature);
      expect(other.decrypt(reply.encrypt)).toEqual({ message: plaintext, id: receiverId });
    }),
    { numRuns: RUNS },
  );
});

test('we open the pushes of an independent implementation, 1,000 random texts', () => {
  fc.assert(
    fc.property(scheme, text, fc.nat(), ({ token, aesKey, receiverId }, plaintext, timestamp) => {
      const other = new WxCrypt(token, aesKey, receiverId);
      const encrypt = other.encrypt(plaintext);
      const query = {
        timestamp: String(timestamp),
        nonce: 'n0nce',
        signature: other.getSignature(String(timestamp), 'n0nce', encrypt),
      };
      const opened = openEvent({ keys: [{ token, aesKey }], receiverIds: [receiverId], query, encrypt });
      expect(opened).toMatchObject({ plaintext, receiverId });
    }),
    { numRuns: RUNS },
  );
});
