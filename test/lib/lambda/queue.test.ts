import * as v from 'valibot';
import { afterEach, expect, test, vi } from 'vitest';
import { queueHandler } from '../../../lib/lambda/queue.ts';
import { sqsEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';

afterEach(() => vi.useRealTimers());

function setup(outcomes: Record<string, 'done' | 'throw' | number>) {
  const ran: string[] = [];
  const givenBack: Record<string, number> = {};
  const { log, lines } = memoryLog();
  const handler = queueHandler({
    ready: async () => ({}),
    log,
    schema: v.object({ name: v.string() }),
    run: async (_, { name }) => {
      ran.push(name);
      const outcome = outcomes[name];
      if (outcome === 'throw') throw new Error('broken');
      return typeof outcome === 'number' ? { retryInMs: outcome } : undefined;
    },
    giveBack: async (_, handle, ms) => {
      givenBack[handle] = ms;
    },
  });
  const deliver = async (groups: Record<string, string[]>) => {
    const records = Object.entries(groups).flatMap(([group, names]) =>
      names.map((name) => ({ id: name, body: JSON.stringify({ name }), group })),
    );
    const { batchItemFailures } = await handler(sqsEvent(records));
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort();
  };
  return { deliver, ran, givenBack, lines };
}

test('long work keeps its record hidden for a short while at a time, and no longer than it lasts', async () => {
  const hidden: number[] = [];
  const done = Promise.withResolvers<void>();
  const handler = queueHandler({
    ready: async () => ({}),
    log: memoryLog().log,
    schema: v.object({}),
    hiddenMs: 30,
    run: async () => done.promise.then(() => undefined),
    giveBack: async (_, __, ms) => {
      hidden.push(ms);
    },
  });
  vi.useFakeTimers();
  const working = handler(sqsEvent([{ id: 'long', body: '{}' }]));
  await vi.advanceTimersByTimeAsync(25);
  expect(hidden).toEqual([30, 30, 30]); // at once, and each third of the time
  done.resolve();
  expect(await working).toEqual({ batchItemFailures: [] });
  await vi.advanceTimersByTimeAsync(100);
  expect(hidden).toEqual([30, 30, 30]);
});

test('a group stops at its first record that must wait, and another group goes on', async () => {
  const { deliver, ran, givenBack } = setup({ a2: 30_000 });
  expect(await deliver({ a: ['a1', 'a2', 'a3'], b: ['b1', 'b2'] })).toEqual(['a2', 'a3']);
  expect(ran.sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(givenBack).toEqual({ 'handle-a2': 30_000, 'handle-a3': 30_000 });
});

test('a record that fails is logged once, and neither it nor what stands behind it is lost', async () => {
  const { deliver, lines } = setup({ a1: 'throw' });
  expect(await deliver({ a: ['a1', 'a2'], b: ['b1'] })).toEqual(['a1', 'a2']);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 'error', event: 'record-failed', fields: { recordId: 'a1' } });
});

test('a record is told how many follow it in its group, and what ends the batch comes after all, once, and spoils nothing', async () => {
  const { log, lines } = memoryLog();
  const told: unknown[] = [];
  const handler = queueHandler({
    ready: async () => ({}),
    log,
    schema: v.object({ name: v.string() }),
    run: async (_, { name }, following) => void told.push([name, following]),
    end: async () => {
      told.push('end');
      throw new Error('broken');
    },
  });
  const record = (name: string, group: string) => ({ id: name, body: JSON.stringify({ name }), group });
  const batch = sqsEvent([record('a1', 'a'), record('a2', 'a'), record('b1', 'b'), record('a3', 'a')]);
  expect(await handler(batch)).toEqual({ batchItemFailures: [] });
  expect(told.at(-1)).toBe('end');
  expect(told.slice(0, -1).sort()).toEqual([
    ['a1', 2],
    ['a2', 1],
    ['a3', 0],
    ['b1', 0],
  ]);
  expect(lines).toMatchObject([{ level: 'error', event: 'batch-end-failed' }]);
});

test('a body that is not what it should be fails alone', async () => {
  const { log } = memoryLog();
  const handler = queueHandler({
    ready: async () => ({}),
    log,
    schema: v.object({ name: v.string() }),
    run: async () => undefined,
  });
  const event = sqsEvent([
    { id: 'bad', body: '{' },
    { id: 'good', body: '{"name":"x"}' },
  ]);
  expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
});
