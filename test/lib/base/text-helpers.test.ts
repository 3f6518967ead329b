import { expect, test } from 'vitest';
import { chunks } from '../../../lib/base/chunks.ts';
import { sha256 } from '../../../lib/base/hash.ts';
import { parseJson, parseObject } from '../../../lib/base/json.ts';
import fc from '../../support/property.ts';

test('pieces of a list hold all of it, in order, none empty and none too long', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 12 }), (all, size) => {
      const pieces = chunks(all, size);
      expect(pieces.flat()).toEqual(all);
      expect(pieces.every(({ length }) => length > 0 && length <= size)).toBe(true);
      expect(pieces).toHaveLength(Math.ceil(all.length / size));
    }),
  );
});

test('SHA-256 is that of the standard, in as many digits as asked for', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // FIPS 180-2, B.1
  expect(sha256('abc')).toBe(abc);
  expect(sha256('abc', 8)).toBe(abc.slice(0, 8));
});

test('JSON is read as what it says, and other text as undefined', () => {
  expect(['{"a":1}', '[1]', 'null', '', '{', 'NaN'].map(parseJson)).toEqual([
    { a: 1 },
    [1],
    null,
    ...[undefined, undefined, undefined],
  ]);
  expect(['{"a":1}', '[1]', 'null', '1', '{'].map(parseObject)).toEqual([{ a: 1 }, ...Array(4).fill(undefined)]);
});
