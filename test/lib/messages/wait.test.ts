import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPlaceTable } from '../../../lib/aws/tables/messages/place-table.ts';
import type { Message } from '../../../lib/messages/message.ts';
import { type WaitDeps, waitForOutcome } from '../../../lib/messages/wait.ts';
import { delivery, message } from '../../support/messages.ts';
import { startTables } from '../../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables('limits');
});
afterAll(() => tables.close());

let ids = 0;
const placesAt = (name: string, most: number, now: () => number) =>
  createPlaceTable(tables.client, 'limits', { name, most, now, random: () => 0, randomId: () => `holder ${ids++}` });

test('so many wait at a time and no more; who leaves makes room, and who died is waited out', async () => {
  let time = 0;
  const places = placesAt('room', 2, () => time);
  const first = await places.take(10_000);
  expect([first, await places.take(20_000), await places.take(20_000)]).toEqual([
    expect.any(Function),
    expect.any(Function),
    undefined,
  ]);
  await first?.();
  expect(await places.take(30_000)).toBeDefined();
  expect(await places.take(30_000)).toBeUndefined();
  time = 20_001;
  expect(await places.take(40_000)).toBeDefined();
});

test('of twenty that come at once, as many wait as there are places', async () => {
  const places = placesAt('rush', 3, () => 0);
  const taken = await Promise.all(Array.from({ length: 20 }, () => places.take(1_000)));
  expect(taken.filter((leave) => leave !== undefined)).toHaveLength(3);
});

/** A message that is sent after so long, and the times at which somebody looked. */
function sentAfter(ms: number, places: WaitDeps['waiting']) {
  let time = 0;
  const looks: number[] = [];
  const sent: Message = message({ deliveries: { ops: delivery({ status: 'sent' }) } });
  const deps: WaitDeps = {
    waiting: places,
    now: () => time,
    async sleep(step) {
      time += step;
    },
    messages: {
      async get() {
        looks.push(time);
        return time >= ms ? sent : message();
      },
    },
  };
  return { deps, looks, status: (one: Message) => one.deliveries.ops?.status };
}

test('it looks soon and then less often, and is done soon after the message is', async () => {
  const { deps, looks, status } = sentAfter(
    9_000,
    placesAt('looks', 1, () => 0),
  );
  expect(status(await waitForOutcome(deps, message(), 20_000))).toBe('sent');
  const gaps = looks.map((at, index) => at - (looks[index - 1] ?? 0));
  expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
  expect([gaps[0], gaps.at(-1), looks.length <= 12]).toEqual([100, 2_000, true]);
  expect(looks.at(-1)).toBeLessThanOrEqual(11_000);
});

test('it ends in time, and gives its place back', async () => {
  const places = placesAt('ends', 1, () => 0);
  const { deps, looks, status } = sentAfter(60_000, places);
  expect(status(await waitForOutcome(deps, message(), 20_000))).toBe('queued');
  expect(looks.at(-1)).toBe(20_000);
  expect(await places.take(1_000)).toBeDefined();
});

test('where no place is free, or none can be asked for, the answer is there at once', async () => {
  const places = placesAt('full', 1, () => 0);
  await places.take(200_000);
  const broken = { take: () => Promise.reject(new Error('the table is down')) };
  for (const waiting of [places, broken]) {
    const { deps, looks, status } = sentAfter(100, waiting);
    expect(status(await waitForOutcome(deps, message(), 20_000))).toBe('queued');
    expect(looks).toEqual([]);
  }
});
