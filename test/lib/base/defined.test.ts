import { expect, expectTypeOf, test } from 'vitest';
import { defined } from '../../../lib/base/defined.ts';

test('leaves out what is undefined and nothing else', () => {
  expect(Object.entries(defined({ a: undefined, b: null, c: 0, d: '', e: false }))).toEqual([
    ['b', null],
    ['c', 0],
    ['d', ''],
    ['e', false],
  ]);
});

test('a member that may be undefined is optional, and none holds undefined', () => {
  const given: { a: string; b: number | undefined; c?: boolean | undefined } = { a: 'a', b: undefined };
  const kept = defined(given);
  expectTypeOf(kept.a).toEqualTypeOf<string>();
  const exact: { a: string; b?: number; c?: boolean } = kept;
  expect(exact).toEqual({ a: 'a' });
  // @ts-expect-error: it may not be there
  const whole: { b: number } = kept;
  expect(whole.b).toBeUndefined();
});
