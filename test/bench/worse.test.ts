import { expect, test } from 'vitest';
import type { Row } from '../../bench/row.ts';
import { keptWith, worseRows } from '../../bench/worse.ts';

const row = (changes: Partial<Row>): Row => ({
  ...{ bench: 'load', name: 'a', unit: 'ms', N: 3, median: 100, p90: 120, machine: 'Node v24, 2 × CPU, load 0.3' },
  ...changes,
});

test('a row that is worse by more than a tenth than the last one of the same machine is told', () => {
  const told = (was: Partial<Row>, is: Partial<Row>) => worseRows([row(was)], [row(is)]);
  expect(told({}, { median: 109 })).toEqual([]);
  expect(told({}, { median: 112, machine: 'Node v24, 2 × CPU, load 7.1' })).toEqual(['a: 112 ms now, 100 ms before']);
  expect(told({}, { median: 200, machine: 'Node v24, 8 × CPU, load 0.1' })).toEqual([]);
  expect(told({}, { median: 200, name: 'b' })).toEqual([]);
  expect(told({ unit: '/s' }, { unit: '/s', median: 80 })).toEqual(['a: 80 /s now, 100 /s before']);
  expect(told({ unit: '/s' }, { unit: '/s', median: 200 })).toEqual([]);
  expect(told({ unit: '%', goal: '≥ 90' }, { unit: '%', goal: '≥ 90', median: 80 })).toHaveLength(1);
  expect(told({ median: 0 }, { median: 1 })).toHaveLength(1);
});

test('what was measured beside something else is judged by its ratio', () => {
  const told = (was: Partial<Row>, is: Partial<Row>) => worseRows([row(was)], [row(is)]).length;
  expect(told({ floor: 50, ratio: 2 }, { floor: 100, ratio: 2, median: 200 })).toBe(0);
  expect(told({ floor: 50, ratio: 2 }, { floor: 50, ratio: 2.4, median: 120 })).toBe(1);
  const peer = { name: 'another', median: 400 };
  expect(told({ peer, ratio: 4 }, { peer, ratio: 3 })).toBe(1);
  expect(told({ peer, ratio: 4 }, { peer, ratio: 5 })).toBe(0);
  expect(told({ unit: '/s', ratio: 0.5 }, { unit: '/s', ratio: 0.4 })).toBe(1);
});

test('the last rows of each machine are kept', () => {
  const other = row({ machine: 'Node v24, 8 × CPU, load 0.1' });
  const [old, now] = [row({}), row({ median: 90, machine: 'Node v24, 2 × CPU, load 0.9' })];
  expect(keptWith([old, other, row({ name: 'b' })], [now])).toEqual([other, row({ name: 'b' }), now]);
});
