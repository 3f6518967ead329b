import { expect, test } from 'vitest';
import { isSecretName, neverShow, redact } from '../../lib/base/redact.ts';
import fc from '../support/property.ts';

const hex = (least: number, most: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${least},${most}}$`));
const plain = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => `${text} `);
/** A value as it may stand in a query or in JSON, long enough not to be found in the words around it by chance. */
const value = fc.stringMatching(/^[A-Za-z0-9+/_-]{12,60}$/);

/** Each form in which a secret gets into a text: the text around it, and what must not come out. */
const FORMS: Record<string, fc.Arbitrary<[text: string, secret: string]>> = {
  'a query with access_token': value.map((v) => [
    `https://oapi.dingtalk.com/robot/send?access_token=${v}&timestamp=1`,
    v,
  ]),
  'a presigned address': value.map((v) => [`PUT https://b.s3.amazonaws.com/k?X-Amz-Signature=${v} failed`, v]),
  'a session webhook': value.map((v) => [`https://oapi.dingtalk.com/robot/sendBySession?session=${v}`, v]),
  'a loose pair': value.map((v) => [`access_token=${v}&sign=x`, v]),
  JSON: value.map((v) => [JSON.stringify({ appSecret: v, b: 1 }), v]),
  'JSON in JSON': value.map((v) => [JSON.stringify({ body: JSON.stringify({ secret: v }) }), v]),
  'an object in words': value.map((v) => [`{ aesKey: '${v}' }`, v]),
  'a bearer key': value.map((v) => [`authorization: Bearer ${v}`, v]),
  "the new host's header": value.map((v) => [`x-acs-dingtalk-access-token: ${v}`, v]),
  "a robot's secret": hex(16, 64).map((v) => [`signed with SEC${v}`, v]),
  'a key of ours': hex(48, 48).map((v) => [`the key dd_12345678_${v} is`, v]),
  "an app's token": hex(32, 64).map((v) => [`token ${v}, expired`, v]),
};

test.each(Object.entries(FORMS))('%s does not come out, whatever stands around it', (_, form) => {
  fc.assert(
    fc.property(plain, form, plain, (before, [text, secret], after) => {
      const clean = redact(`${before}${text} ${after}`);
      expect(clean).not.toContain(secret);
      expect(redact(clean)).toBe(clean);
    }),
    { numRuns: 300 },
  );
});

test('what is known to be secret does not come out in any form', () => {
  neverShow(['a sealing key of words', undefined, 'short']);
  expect(redact('it was "a sealing key of words", in short')).toBe('it was "…", in short');
});

test.each([
  'm_0123456789abcdef0123456789abcdef',
  'message-sent ops 310000.sign code 300005',
  'dd_1a2b3c4d',
  'https://api.dingtalk.com/v1.0/robot/groupMessages/send',
  '3f2b1c4d-aaaa-bbbb-cccc-1234567890ab',
  '{"_aws":{"Timestamp":1},"service":"deliver-message","MessagesSent":1}',
])('%s stays as it is: it tells what happened and opens nothing', (text) => {
  expect(redact(text)).toBe(text);
});

test.each(['secret', 'appSecret', 'access_token', 'Authorization', 'sessionWebhook', 'downloadCode'])(
  '%s is a name of a secret',
  (name) => {
    expect(isSecretName(name)).toBe(true);
  },
);

test.each(['code', 'operation', 'messageId', 'tokens', 'design'])('%s is none', (name) => {
  expect(isSecretName(name)).toBe(false);
});

test.each(['a.', 'a+', 'a://', 'token ', 'token: ', 'f', 'SEC', 'Bearer '])(
  'takes a megabyte of %j in one pass',
  (part) => {
    const text = part.repeat(1_000_000 / part.length);
    expect(redact(text).length).toBeLessThanOrEqual(text.length);
  },
);
