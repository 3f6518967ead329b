import { expect, test } from 'vitest';
import { endOfMonth } from '../../../lib/base/quota/month.ts';
import { type Billed, type Counts, createMeter } from '../../../lib/messages/limits/meter.ts';
import { levelsReached } from '../../../lib/messages/limits/quota.ts';

const call = (over: Partial<Billed> = {}): Billed => ({
  ...{ app: 'default', kind: 'api', act: 'robot.sendToGroup', answered: true },
  ...over,
});

/** A store that can be down. */
function storeWith(state: { down: boolean; counts: Record<string, number>; reads: number }) {
  return {
    async add(counts: Counts) {
      if (state.down) throw new Error('the table is down');
      for (const [name, count] of Object.entries(counts)) state.counts[name] = (state.counts[name] ?? 0) + count;
      return Object.fromEntries(Object.keys(counts).map((name) => [name, state.counts[name] ?? 0]));
    },
    setGone: async () => true,
    async read() {
      state.reads += 1;
      if (state.down) throw new Error('the table is down');
      return state.counts;
    },
  };
}

test('a batch is one write: by quota, by app and act, and those without an answer', async () => {
  const state = { down: false, counts: { api: 100 }, reads: 0 };
  const meter = createMeter(storeWith(state), () => 0);
  for (let n = 0; n < 9; n += 1) meter.count(call({ app: '', kind: 'webhook', act: 'webhook.send' }));
  meter.count(call());
  meter.count(call({ act: 'media.upload', answered: false }));
  expect(await meter.flush()).toEqual([
    { name: 'api', used: 102, added: 2 },
    { name: 'webhook', used: 9, added: 9 },
  ]);
  expect(await meter.flush()).toEqual([]);
  expect(state.counts).toEqual({
    ...{ api: 102, webhook: 9, 'webhook##webhook.send': 9 },
    ...{ 'api#default#robot.sendToGroup': 1, 'api#default#media.upload': 1, 'api#unanswered': 1 },
  });
});

test('a count that could not be written is written with the next batch', async () => {
  const state = { down: true, counts: {}, reads: 0 };
  const meter = createMeter(storeWith(state), () => 0);
  meter.count(call());
  await expect(meter.flush()).rejects.toThrow('the table is down');
  state.down = false;
  meter.count(call());
  expect(await meter.flush()).toEqual([{ name: 'api', used: 2, added: 2 }]);
});

test('what is used is read every half minute, with what was counted since, and is known while the table is down', async () => {
  let now = 0;
  const state = { down: false, counts: { api: 50 }, reads: 0 };
  const meter = createMeter(storeWith(state), () => now);
  expect(await meter.used('api')).toBe(50);
  meter.count(call());
  now += 30_000;
  expect(await meter.used('api')).toBe(51);
  expect(state.reads).toBe(1);
  state.down = true;
  now += 1;
  expect(await meter.used('api')).toBe(51);
  expect(state.reads).toBe(2);
});

test('each level is told once, by the write that reaches it', () => {
  const told = (added: number) => {
    const all = [];
    for (let used = added; used <= 1_200; used += added)
      all.push(...levelsReached(used, added, 1_000).map((level) => [level, used]));
    return all;
  };
  expect(told(1)).toEqual([
    [0.8, 800],
    [0.95, 950],
    [1, 1_000],
  ]);
  expect(told(300)).toEqual([
    [0.8, 900],
    [0.95, 1_200],
    [1, 1_200],
  ]);
});

test('the month ends at midnight in Beijing', () => {
  expect(endOfMonth(Date.parse('2026-11-28T00:00:00Z'))).toBe('2026-11-30T16:00:00.000Z');
  expect(endOfMonth(Date.parse('2026-11-30T16:00:00Z'))).toBe('2026-12-31T16:00:00.000Z');
});
