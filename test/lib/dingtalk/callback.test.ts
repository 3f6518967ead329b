import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  CallbackRefusal,
  decryptMessage,
  encryptMessage,
  openEvent,
  sealReply,
  verifyCardSignature,
  verifyRobotSignature,
  verifySignature,
} from '../../../lib/dingtalk/doors/callback.ts';
import vectors from '../../fixtures/crypto-vectors.json' with { type: 'json' };
import fc from '../../support/property.ts';

const KEY = { token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' };
const OLD_KEY = { token: 'theTokenBefore', aesKey: 'Abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
const RECEIVER = 'dingsimapp';
const CHECK_URL = '{"EventType":"check_url"}';
const NOW = 1_753_000_000_000;

function refused(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CallbackRefusal) return error.code;
    throw error;
  }
  return 'accepted';
}

/** A push as DingTalk sends it: the signing of the reply is the same as that of a push. */
function push(plaintext = CHECK_URL, { key = KEY, receiverId = RECEIVER } = {}) {
  const { msg_signature, timeStamp, nonce, encrypt } = sealReply({
    key,
    receiverId,
    plaintext,
    now: () => NOW,
    random: randomBytes,
  });
  return { query: { signature: msg_signature, timestamp: timeStamp, nonce }, encrypt };
}

const open = (query: Record<string, string | undefined>, encrypt: string, receiverIds = [RECEIVER, 'dingsimcorp']) =>
  openEvent({ keys: [KEY, OLD_KEY], receiverIds, query, encrypt });

const paddedTo16 = vectors.filter((vector) => vector.receiverId === 'dingpad16');
const paddedTo32 = vectors.filter((vector) => !paddedTo16.includes(vector));
const signed = vectors.filter((vector) => vector.signature !== null);

test('there are nine vectors, published or made elsewhere', () => {
  expect([vectors.length, paddedTo16.length, signed.length]).toEqual([9, 1, 7]);
});

test.each(vectors)('decrypts to its plaintext and receiver: $source', ({ aesKey, encrypt, plaintext, receiverId }) => {
  expect(decryptMessage(aesKey, encrypt)).toMatchObject({ plaintext, receiverId });
});

test.each(paddedTo32)('is reproduced bit for bit from its random part: $source', (vector) => {
  const { random } = decryptMessage(vector.aesKey, vector.encrypt);
  expect(encryptMessage(vector.aesKey, vector.plaintext, vector.receiverId, random)).toBe(vector.encrypt);
});

test.each(signed)('carries the signature we make: $source', (vector) => {
  const { aesKey, encrypt, plaintext, receiverId } = vector;
  const query = { signature: vector.signature!, timestamp: vector.timestamp!, nonce: vector.nonce! };
  const token = vector.token!;
  expect(verifySignature({ ...query, token, encrypt })).toBe(true);
  expect(verifySignature({ ...query, token: `${token}x`, encrypt })).toBe(false);
  const keys = [{ token, aesKey }];
  expect(openEvent({ keys, receiverIds: [receiverId], query, encrypt }).plaintext).toBe(plaintext);
});

test('gives back what was encrypted, whatever the language and length', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom('钉', '审批', '😀', '👨‍👩‍👧', 'a', '\n', '"'), maxLength: 80 }),
  );
  const random = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(text, random, fc.string({ minLength: 1 }), (message, bytes, receiverId) => {
      const opened = decryptMessage(KEY.aesKey, encryptMessage(KEY.aesKey, message, receiverId, bytes));
      expect(opened).toEqual({ plaintext: message, receiverId, random: Buffer.from(bytes) });
    }),
    { numRuns: 1_000 },
  );
});

test('refuses a push in which any single bit of a parameter was changed', () => {
  const { query, encrypt } = push('{"EventType":"bpms_instance_change","title":"出差审批 ✈️"}');
  const fields = { ...query, encrypt };
  expect(open(query, encrypt).plaintext).toContain('出差审批');
  let changes = 0;
  for (const name of ['signature', 'timestamp', 'nonce', 'encrypt'] as const) {
    const bytes = Buffer.from(fields[name], 'latin1');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { encrypt: cipher, ...rest } = { ...fields, [name]: changed.toString('latin1') };
      expect(refused(() => open(rest, cipher))).toBe('bad_signature');
      changes++;
    }
  }
  expect(changes).toBeGreaterThan(1_500);
});

test('refuses every change of a cipher text that was signed again: padding, length or receiver give it away', () => {
  const { encrypt } = push();
  const bytes = Buffer.from(encrypt, 'base64');
  for (let bit = bytes.length * 8 - 256; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const code = refused(() => {
      const { receiverId } = decryptMessage(KEY.aesKey, changed.toString('base64'));
      if (receiverId !== RECEIVER) throw new CallbackRefusal('wrong_receiver');
    });
    expect(['bad_padding', 'bad_length', 'wrong_receiver']).toContain(code);
  }
});

test('reads both spellings of the signature and of the time', () => {
  const { query, encrypt } = push();
  const { signature, timestamp, nonce } = query;
  expect(open({ msg_signature: signature, timeStamp: timestamp, nonce }, encrypt).plaintext).toBe(CHECK_URL);
});

test.each(['signature', 'timestamp', 'nonce'])('refuses a push without its %s', (name) => {
  const { query, encrypt } = push();
  expect(refused(() => open({ ...query, [name]: undefined }, encrypt))).toBe('missing_parameter');
  expect(refused(() => open({ ...query, [name]: '' }, encrypt))).toBe('missing_parameter');
});

test('opens pushes of both keys while they change, and answers with the key that signed', () => {
  const { query, encrypt } = push(CHECK_URL, { key: OLD_KEY });
  expect(open(query, encrypt).key).toEqual(OLD_KEY);
});

test('accepts each of the receivers it goes by and says which, and nobody else', () => {
  const { query, encrypt } = push(CHECK_URL, { receiverId: 'dingsimcorp' });
  expect(open(query, encrypt).receiverId).toBe('dingsimcorp');
  expect(refused(() => open(query, encrypt, [RECEIVER]))).toBe('wrong_receiver');
  expect(refused(() => open(query, encrypt, []))).toBe('wrong_receiver');
});

test('refuses cipher texts that are cut, empty or not a multiple of the block', () => {
  const { encrypt } = push();
  const bytes = Buffer.from(encrypt, 'base64');
  for (const length of [0, 1, 15, 16, 17, 31, bytes.length - 1]) {
    const cut = bytes.subarray(0, length).toString('base64');
    expect(refused(() => decryptMessage(KEY.aesKey, cut))).toBe('bad_cipher');
  }
});

test('pads with 1 to 32 bytes', () => {
  const lengths = new Set<number>();
  for (let length = 0; length < 64; length++) {
    const sealed = Buffer.from(encryptMessage(KEY.aesKey, 'x'.repeat(length), RECEIVER, randomBytes(16)), 'base64');
    expect(sealed.length % 32).toBe(0);
    lengths.add(sealed.length - (20 + length + RECEIVER.length));
  }
  expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([1, 32]);
});

test('answers a push so that DingTalk can open it', () => {
  const reply = sealReply({
    key: KEY,
    receiverId: RECEIVER,
    plaintext: 'success',
    now: () => NOW,
    random: randomBytes,
  });
  const { msg_signature, timeStamp, nonce, encrypt } = reply;
  expect(timeStamp).toBe(String(NOW));
  const opened = open({ msg_signature, timeStamp, nonce }, encrypt);
  expect(opened).toMatchObject({ plaintext: 'success', receiverId: RECEIVER });
});

describe('a robot message', () => {
  const timestamp = '1577262236757';
  const headers = { appSecret: 'this is a secret', timestamp, sign: 'DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA=' };
  const sentAt = Number(timestamp);

  test('is proved by the published inputs, for an hour on either side', () => {
    for (const age of [0, 3_600_000, -3_600_000]) {
      expect(refused(() => verifyRobotSignature({ ...headers, now: sentAt + age }))).toBe('accepted');
    }
    for (const age of [3_600_001, -3_600_001]) {
      expect(refused(() => verifyRobotSignature({ ...headers, now: sentAt + age }))).toBe('out_of_time');
    }
  });

  test('is refused when anything differs', () => {
    const verify = (changes: Partial<typeof headers>) =>
      refused(() => verifyRobotSignature({ ...headers, ...changes, now: sentAt }));
    expect(verify({ timestamp: '1577262236758' })).toBe('bad_signature');
    expect(verify({ sign: headers.sign.replace('D', 'd') })).toBe('bad_signature');
    expect(verify({ sign: headers.sign.slice(0, -1) })).toBe('bad_signature');
    expect(verify({ appSecret: 'another secret' })).toBe('bad_signature');
    expect(verify({ sign: '' })).toBe('missing_parameter');
    expect(verify({ timestamp: '' })).toBe('missing_parameter');
    expect(verify({ appSecret: '' })).toBe('missing_parameter');
  });
});

describe('a card click', () => {
  const timestamp = '1577262236757';
  const signature = '9EQUhx+gSqHfgSF/OnOV2ifDC9m1VzjPj00L/WOZeew=';
  const now = Number(timestamp);

  test('is proved by any of the registered secrets', () => {
    const secrets = ['another', 'example-secret'];
    expect(refused(() => verifyCardSignature({ secrets, timestamp, signature, now }))).toBe('accepted');
    expect(refused(() => verifyCardSignature({ secrets, timestamp, signature, now: now + 3_600_001 }))).toBe(
      'out_of_time',
    );
  });

  test('is refused where no secret is registered', () => {
    expect(refused(() => verifyCardSignature({ secrets: [], timestamp, signature, now }))).toBe('bad_signature');
    expect(refused(() => verifyCardSignature({ secrets: [''], timestamp, signature, now }))).toBe('bad_signature');
    expect(refused(() => verifyCardSignature({ secrets: ['x'], timestamp: undefined, signature, now }))).toBe(
      'missing_parameter',
    );
  });
});
