import { expect, test } from 'vitest';
import { createIds, isIdOf } from '../../../lib/base/ids.ts';

const ids = createIds('key of the stage');

test('an id is a letter and 26 signs, and no two are the same', () => {
  const made = Array.from({ length: 1_000 }, () => ids.of('t', 'key:ci', undefined));
  for (const id of made) expect(id).toMatch(/^t_[a-z0-9]{26}$/);
  expect(new Set(made).size).toBe(1_000);
});

test('one owner and Idempotency-Key are one id, which another stage, owner or kind does not have', () => {
  const id = ids.of('t', 'key:ci', 'order-1');
  expect(ids.of('t', 'key:ci', 'order-1')).toBe(id);
  const others = [
    createIds('another').of('t', 'key:ci', 'order-1'),
    ids.of('t', 'key:cj', 'order-1'),
    ids.of('t', 'key:ci', 'order-2'),
    ids.of('t', 'key:ci\norder', '-1'),
    ids.of('s', 'key:ci', 'order-1').replace('s_', 't_'),
  ];
  expect(new Set([id, ...others]).size).toBe(6);
});

test('what is no id of a kind is told before it is looked up', () => {
  expect(['t_1', 't_abc-d', ids.of('t', 'x', undefined)].map((id) => isIdOf('t', id))).toEqual([true, true, true]);
  for (const id of ['', 't_', 's_1', '#7', 't_#7', 'T_1', 't_1 ', 'person#x', `t_${'a'.repeat(200)}`])
    expect([id, isIdOf('t', id)]).toEqual([id, false]);
});
