import { expect, test } from 'vitest';
import { examineSignedUrl } from '../../cli/commands/doctor/signed-url.ts';
import { signWebhook } from '../../lib/dingtalk/webhook.ts';
import fc from '../support/property.ts';

const NOW = 1_700_000_000_000;
const SECRET = 'SECtest';
const address = (timestamp: number | string, sign: string) =>
  `https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=${timestamp}&sign=${sign}`;
const causeOf = (url: string, secret: string | undefined = SECRET, now = NOW) =>
  examineSignedUrl(url, secret, now).map(({ cause }) => cause ?? 'right');

/** Of messaging.md §2.1. */
const VECTORS: [secret: string, timestamp: number, sign: string][] = [
  ['SECtest', 1700000000000, 'aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g%3D'],
  ['SECtest', 1700000000001, 'r4CWp%2FDz%2BNg0sbTjH1vB0Fr%2BuQ2fn831mssaN6%2FC05I%3D'],
  ['this is secret', 1577262236757, 'hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D'],
];

test.each(VECTORS)('%s at %d is right, in time and once encoded', (secret, timestamp, sign) => {
  expect(causeOf(address(timestamp, sign), secret, timestamp)).toEqual(['right']);
});

test('whatever the secret and the moment, each of the causes is told from the others', () => {
  const secrets = fc.stringMatching(/^SEC[0-9a-f]{8,64}$/);
  const moments = fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 });
  fc.assert(
    fc.property(secrets, moments, (secret, now) => {
      const raw = signWebhook(secret, now);
      const once = encodeURIComponent(raw);
      expect(causeOf(address(now, once), secret, now)).toEqual(['right']);
      expect(causeOf(address(now, encodeURIComponent(once)), secret, now)).toEqual(['sign-encoded-twice']);
      expect(causeOf(address(now, once), secret, now + 3_600_001)).toEqual(['sign-clock']);
      expect(causeOf(address(now, once), secret, now - 3_600_001)).toEqual(['sign-clock']);
      expect(causeOf(address(now, once), `${secret}0`, now)).toEqual(['sign-secret']);
      // what a form decoder makes of a plain "+" is a space
      if (raw.includes('+')) expect(causeOf(address(now, raw), secret, now)).toEqual(['sign-encoded-twice']);
    }),
  );
});

test.each([
  ['seconds instead of milliseconds', address(1_700_000_000, 'x'), 'sign-clock'],
  ['no timestamp', 'https://x/robot/send?access_token=t&sign=x', 'sign-mode'],
  ['a secret and no signature', 'https://x/robot/send?access_token=t', 'sign-mode'],
  ['no access_token', 'https://x/robot/send?timestamp=1', 'robot-gone'],
  ['no address at all', 'nonsense', 'robot-gone'],
])('%s is %s', (_, url, cause) => {
  expect(causeOf(url)).toEqual([cause]);
});

test('a secret that was cut or carries white space is told to be used whole', () => {
  const sign = encodeURIComponent(signWebhook('test', NOW));
  const [finding] = examineSignedUrl(address(NOW, sign), SECRET, NOW);
  expect(finding?.text).toContain('whole');
});

test('neither token nor secret nor signature stands in what is found', () => {
  const sign = encodeURIComponent(signWebhook('SECother', NOW));
  const found = JSON.stringify(examineSignedUrl(address(NOW, sign), 'SECcanary', NOW));
  expect(found).not.toContain('SECcanary');
  expect(found).not.toContain(sign);
});
