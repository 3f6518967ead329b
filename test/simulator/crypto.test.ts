import { readFileSync } from 'node:fs';
import { cardSign, decryptEvent, encryptEvent, eventSignature, robotSign } from 'dingtalk-simulator';
import { expect, test } from 'vitest';

type Vector = {
  source: string;
  token: string | null;
  aesKey: string;
  receiverId: string;
  timestamp: string | null;
  nonce: string | null;
  encrypt: string;
  signature: string | null;
  plaintext: string;
};
const vectors: Vector[] = JSON.parse(readFileSync(new URL('../fixtures/crypto-vectors.json', import.meta.url), 'utf8'));

test.each(vectors)('opens, signs and seals: $source', (vector) => {
  const { token, aesKey, receiverId, timestamp, nonce, encrypt, signature, plaintext } = vector;
  expect(decryptEvent(aesKey, encrypt)).toEqual({ text: plaintext, receiver: receiverId });
  if (token && timestamp && nonce) expect(eventSignature(token, timestamp, nonce, encrypt)).toBe(signature);
  expect(decryptEvent(aesKey, encryptEvent(aesKey, receiverId, plaintext))).toEqual({
    text: plaintext,
    receiver: receiverId,
  });
});

test('opens nothing that is cut, foreign or badly padded', () => {
  const key = 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0';
  const sealed = encryptEvent(key, 'me', 'success');
  expect(decryptEvent(key, sealed.slice(0, -8))).toBeUndefined();
  expect(decryptEvent(key.replaceAll('s', 't'), sealed)).toBeUndefined();
  expect(decryptEvent(key, '')).toBeUndefined();
});

test('signs robot messages and card clicks as published', () => {
  expect(robotSign('this is a secret', '1577262236757')).toBe('DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA=');
  expect(cardSign('example-secret', '1577262236757')).toBe('9EQUhx+gSqHfgSF/OnOV2ifDC9m1VzjPj00L/WOZeew=');
});
