import { expect, test } from 'vitest';
import { createMeter, isNearQuota } from '../../../lib/messages/limits/meter.ts';

test('a batch writes one count for each quota', async () => {
  const written: [string, number][] = [];
  const meter = createMeter({
    async add(name, count) {
      written.push([name, count]);
      return 100 + count;
    },
  });
  for (let call = 0; call < 9; call += 1) meter.count('webhook');
  meter.count('api');
  expect(await meter.flush()).toEqual([
    { name: 'webhook', used: 109, added: 9 },
    { name: 'api', used: 101, added: 1 },
  ]);
  expect(await meter.flush()).toEqual([]);
  expect(written).toEqual([
    ['webhook', 9],
    ['api', 1],
  ]);
});

test('a count that could not be written is written with the next batch', async () => {
  let down = true;
  const meter = createMeter({
    async add(_, count) {
      if (down) throw new Error('the table is down');
      return count;
    },
  });
  meter.count('api');
  await expect(meter.flush()).rejects.toThrow('the table is down');
  down = false;
  meter.count('api');
  expect(await meter.flush()).toEqual([{ name: 'api', used: 2, added: 2 }]);
});

test('a warning comes with the batch that passes 80 %, then once in every hundredth of the quota', () => {
  const warned = (added: number) => {
    const all = [];
    for (let used = added; used <= 1_000; used += added) if (isNearQuota(used, added, 1_000)) all.push(used);
    return all;
  };
  expect(warned(1)).toEqual(Array.from({ length: 21 }, (_, n) => 800 + n * 10));
  expect(warned(7)).toHaveLength(20);
  expect(warned(40)).toEqual([800, 840, 880, 920, 960, 1_000]);
  expect(isNearQuota(799, 10, 1_000)).toBe(false);
});
