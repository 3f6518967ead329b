import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Change, changeItem, getItem, toItem } from '../../../lib/aws/tables/item.ts';
import { acquiring, holding, leased, releasing } from '../../../lib/aws/tables/lease.ts';
import fc from '../../support/property.ts';
import { startTables } from '../../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
let client: DynamoDBClient;
beforeAll(async () => {
  tables = await startTables('leases');
  client = tables.client;
});
afterAll(() => tables.close());

const LEASE_MS = 1_000;
const placeOf = (id: string) => ({ TableName: 'leases', Key: toItem({ id }) });
const change = (id: string, by: Change) => changeItem(client, placeOf(id), by);
const read = (id: string) => getItem(client, placeOf(id), v.record(v.string(), v.unknown()));
const acquire = (id: string, owner: string, now: number, more?: Change) =>
  change(id, acquiring({ owner, until: now + LEASE_MS, now }, more));

test('of twenty workers that want a lease at once, one gets it', async () => {
  const owners = Array.from({ length: 20 }, (_, n) => `worker ${n}`);
  const got = await Promise.all(owners.map((owner) => acquire('wanted', owner, 0)));
  expect(got.filter(Boolean)).toHaveLength(1);
});

test('a write that the SDK repeats is not refused by its own first attempt', async () => {
  expect(await acquire('repeated', 'a', 0)).toBe(true);
  expect(await acquire('repeated', 'a', 0)).toBe(true);
  const done = releasing('a', { set: { result: 'made' } }, '#result = :result');
  expect(await change('repeated', done)).toBe(true);
  expect(await change('repeated', done)).toBe(true);
  expect(await change('repeated', releasing('a', { set: { result: 'other' } }, '#result = :result'))).toBe(false);
});

test('the item carries the lease while it is held, and what a change sets and removes', async () => {
  await acquire('carried', 'a', 0, { set: { status: 'begun', note: 'draft' } });
  expect(await read('carried')).toEqual({
    ...{ id: 'carried', status: 'begun', note: 'draft' },
    ...leased({ owner: 'a', until: LEASE_MS }),
  });
  await change('carried', releasing('a', { set: { status: 'done', note: undefined } }));
  expect(await read('carried')).toEqual({ id: 'carried', status: 'done' });
});

test('a condition of the change counts beside that of the lease, whatever stands in it', async () => {
  await acquire('conditions', 'a', 0, { set: { version: 1 } });
  const either = { when: '#version = :one OR #version = :two', values: { one: 1, two: 2 } };
  expect(await change('conditions', holding('b', either))).toBe(false);
  expect(await change('conditions', holding('a', either))).toBe(true);
  expect(await change('conditions', holding('a', { ...either, values: { one: 8, two: 9 } }))).toBe(false);
  expect(await acquire('conditions', 'b', 5_000, { when: '#version = :other', values: { other: 8 } })).toBe(false);
});

test('a lease can be taken over from an owner that is named, and from no other', async () => {
  await acquire('handed on', 'a', 0);
  const over = (owner: string, from: string) =>
    change('handed on', acquiring({ owner, until: LEASE_MS, now: 0, from }));
  expect(await over('b', 'c')).toBe(false);
  expect(await over('b', 'a')).toBe(true);
  expect(await over('b', 'a')).toBe(true);
  expect(await over('c', 'a')).toBe(false);
});

type Step = { act: 'acquire' | 'hold' | 'renew' | 'release'; owner: string; afterMs: number };
const steps = fc.array(
  fc.record<Step>({
    act: fc.constantFrom('acquire', 'hold', 'renew', 'release'),
    owner: fc.constantFrom('a', 'b', 'c'),
    afterMs: fc.constantFrom(0, 1, 400, LEASE_MS, LEASE_MS + 1),
  }),
  { maxLength: 12 },
);

test('whatever workers do and however late, only the holder changes an item, and only after its end another has it', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      runs += 1;
      const id = `run ${runs}`;
      let now = 1_000_000;
      let held: { owner: string; until: number } | undefined;
      for (const { act, owner, afterMs } of all) {
        now += afterMs;
        const isHolder = held?.owner === owner;
        const done =
          act === 'acquire'
            ? await acquire(id, owner, now)
            : await change(
                id,
                act === 'release' ? releasing(owner) : holding(owner, {}, act === 'renew' ? now + LEASE_MS : undefined),
              );
        const isFree = held === undefined || held.until < now;
        expect(done).toBe(act === 'acquire' ? isFree || isHolder : isHolder);
        if (!done) continue;
        if (act === 'release') held = undefined;
        else if (act !== 'hold') held = { owner, until: now + LEASE_MS };
      }
    }),
    { numRuns: 60 },
  );
});
