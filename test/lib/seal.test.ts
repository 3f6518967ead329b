import { describe, expect, test } from 'vitest';
import { createSeal } from '../../lib/base/seal.ts';
import fc from '../support/property.ts';

const seal = createSeal('the secret', 'token');

function failure(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
}

test('opens what it sealed, in the same place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, context) => {
      expect(seal.open(seal.seal(text, context), context)).toBe(text);
    }),
  );
});

test('never seals the same text to the same thing twice', () => {
  const sealed = Array.from({ length: 100 }, () => seal.seal('text', 'here'));
  expect(new Set(sealed).size).toBe(100);
});

test('shows nothing of the text', () => {
  expect(Buffer.from(seal.seal('a-token', 'here'), 'base64url').toString('latin1')).not.toContain('a-token');
});

describe('does not open', () => {
  const sealed = seal.seal('text', 'here');

  test.each([
    ['in another place', () => seal.open(sealed, 'there')],
    ['with another secret', () => createSeal('another secret', 'token').open(sealed, 'here')],
    ['for another purpose', () => createSeal('the secret', 'destination').open(sealed, 'here')],
    ['when it is cut', () => seal.open(sealed.slice(0, -4), 'here')],
    ['when it is empty', () => seal.open('', 'here')],
    ['when it is something else', () => seal.open('not sealed at all', 'here')],
  ])('%s', (_, open) => {
    expect(failure(open)).toMatchObject({ name: 'ServiceError', code: 'unsealing_failed', retryable: false });
  });

  test('when any bit was changed', () => {
    const bytes = Buffer.from(sealed, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(failure(() => seal.open(changed.toString('base64url'), 'here'))).toMatchObject({
        code: 'unsealing_failed',
      });
    }
  });
});
