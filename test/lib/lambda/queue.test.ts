import * as v from 'valibot';
import { afterEach, expect, test, vi } from 'vitest';
import { ServiceError } from '../../../lib/base/errors.ts';
import { queueHandler, type RecordOutcome } from '../../../lib/lambda/queue.ts';
import { sqsEvent } from '../../support/events.ts';
import { memoryLog } from '../../support/memory-log.ts';

afterEach(() => vi.useRealTimers());

const NOW = Date.parse('2026-03-01T08:00:00Z');
const HOUR_MS = 3_600_000;
const CLOCK = { getRemainingTimeInMillis: () => 30_000 };
const outage = () => new ServiceError('dynamodb.call', { code: 'dynamodb_unavailable', retryable: true });

/** A queue that remembers: visibilities by handle, dead letters, and begun work, which outlives a dead worker. */
function queueWorld() {
  const hidden: Record<string, number[]> = {};
  const aside: string[] = [];
  const begun = new Map<string, Set<string>>();
  const queue = async () => ({
    async hide(handles: readonly string[], ms: number) {
      for (const handle of handles) hidden[handle] = [...(hidden[handle] ?? []), ms];
    },
    async setAside({ id }: { id: string }) {
      aside.push(id);
    },
    async begun(id: string, start: string) {
      begun.set(id, new Set([...(begun.get(id) ?? []), start]));
      return [...(begun.get(id) ?? [])];
    },
    async spared(id: string, start: string) {
      begun.get(id)?.delete(start);
    },
    async ended(id: string) {
      begun.delete(id);
    },
  });
  return { queue, hidden, aside, begun };
}

type Work = (name: string) => RecordOutcome | Promise<RecordOutcome>;

function setup(work: Work = () => undefined) {
  const ran: string[] = [];
  const world = queueWorld();
  const { log, lines } = memoryLog();
  const gaveUp: unknown[] = [];
  const handler = queueHandler({
    queue: world.queue,
    ready: async () => ({}),
    log,
    schema: v.object({ name: v.string() }),
    async run(_, { name }) {
      ran.push(name);
      return work(name);
    },
    gaveUp: async (_, { name }, error) => void gaveUp.push([name, error instanceof ServiceError && error.code]),
    now: () => NOW,
    random: () => 1,
  });
  type Given = { group?: string; receives?: number; ageMs?: number; body?: string };
  const deliver = async (records: Record<string, Given>) => {
    const given = Object.entries(records).map(([id, { group, receives = 1, ageMs = 0, body }]) => ({
      id,
      body: body ?? JSON.stringify({ name: id }),
      ...(group !== undefined && { group }),
      receives,
      sentAt: NOW - ageMs,
    }));
    const { batchItemFailures } = await handler(sqsEvent(given), CLOCK);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort();
  };
  return { ...world, deliver, ran, lines, gaveUp };
}

test('work keeps all records of its batch hidden for a short while at a time, and no longer than it lasts', async () => {
  const { queue, hidden } = queueWorld();
  const done = Promise.withResolvers<void>();
  const handler = queueHandler({
    queue,
    ready: async () => ({}),
    log: memoryLog().log,
    schema: v.object({}),
    holdMs: 40,
    run: async () => done.promise.then(() => undefined),
  });
  vi.useFakeTimers();
  const records = [
    { id: 'one', body: '{}', group: 'a' },
    { id: 'behind', body: '{}', group: 'a' },
  ];
  const working = handler(sqsEvent(records), CLOCK);
  await vi.advanceTimersByTimeAsync(25);
  expect(hidden).toEqual({ 'handle-one': [40, 40], 'handle-behind': [40, 40] }); // each fourth of the time
  done.resolve();
  expect(await working).toEqual({ batchItemFailures: [] });
  await vi.advanceTimersByTimeAsync(100);
  expect(hidden['handle-one']).toHaveLength(2);
});

test('a worker that may run for long says at once that it is alive', async () => {
  const { queue, hidden } = queueWorld();
  const handler = queueHandler({
    queue,
    ready: async () => ({}),
    log: memoryLog().log,
    schema: v.object({}),
    holdMs: 9_000,
    run: async () => undefined,
  });
  await handler(sqsEvent([{ id: 'file', body: '{}' }]), { getRemainingTimeInMillis: () => 900_000 });
  expect(hidden).toEqual({ 'handle-file': [9_000] });
});

test('a record that may kill its worker is held for a short while before its work begins, which may end all at once', async () => {
  const { queue, hidden } = queueWorld();
  const held: unknown[] = [];
  const handler = queueHandler({
    queue,
    ready: async () => ({}),
    log: memoryLog().log,
    schema: v.object({}),
    run: async () => void held.push(structuredClone(hidden)),
  });
  for (const receives of [3, 4]) await handler(sqsEvent([{ id: 'one', body: '{}', receives }]), CLOCK);
  expect(held).toEqual([{}, { 'handle-one': [12_000] }]);
});

test('a group stops at its first record that must wait, and another group goes on', async () => {
  const { deliver, ran, hidden } = setup((name) => (name === 'a2' ? { retryInMs: 30_000 } : undefined));
  const a = { group: 'a' };
  const b = { group: 'b' };
  expect(await deliver({ a1: a, a2: a, a3: a, b1: b, b2: b })).toEqual(['a2', 'a3']);
  expect(ran.sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(hidden).toEqual({ 'handle-a2': [30_000], 'handle-a3': [30_000] });
});

test('what may pass is tried for days with pauses that grow with the age of a record', async () => {
  const { deliver, hidden, aside, lines } = setup(() => {
    throw outage();
  });
  const old = { receives: 500 };
  expect(await deliver({ new: {}, minute: { ageMs: 60_000 }, hour: { ...old, ageMs: HOUR_MS } })).toHaveLength(3);
  expect(await deliver({ days: { ...old, ageMs: 3 * 24 * HOUR_MS } })).toEqual(['days']);
  expect(hidden).toEqual({
    'handle-new': [12_000, 5_000],
    'handle-minute': [12_000, 6_000],
    'handle-hour': [12_000, 360_000],
    'handle-days': [12_000, 600_000],
  });
  expect(aside).toEqual([]);
  expect(lines.map(({ level, event }) => [level, event])).toEqual(Array(4).fill(['error', 'record-failed']));
});

test('work that asks to come back later does so as after a failure, and is none', async () => {
  const { deliver, hidden, lines } = setup(() => 'later');
  expect(await deliver({ one: { ageMs: 60_000 } })).toEqual(['one']);
  expect(hidden).toEqual({ 'handle-one': [6_000] });
  expect(lines).toEqual([]);
});

test('before its queue forgets a record, it goes to the dead letters', async () => {
  const { deliver, aside, gaveUp } = setup(() => {
    throw outage();
  });
  expect(await deliver({ old: { ageMs: 3.6 * 24 * HOUR_MS } })).toEqual([]);
  expect(aside).toEqual(['old']);
  expect(gaveUp).toEqual([['old', 'dynamodb_unavailable']]);
});

const missingGrant = Object.assign(new Error('no grant'), { name: 'AccessDeniedException', $metadata: {} });

test.each([
  { what: 'a body that is nothing', body: '{', error: outage(), receives: 1, tries: 0 },
  { what: 'a refusal', error: new ServiceError('x', { code: 'x', retryable: false }), receives: 1, tries: 1 },
  { what: 'a bug at its third try', error: new TypeError('bug'), receives: 3, tries: 1 },
])('$what sets a record aside, and those behind it go on', async ({ body, error, receives, tries }) => {
  const { deliver, ran, aside } = setup((name) => {
    if (name === 'bad') throw error;
    return undefined;
  });
  expect(await deliver({ bad: { group: 'a', receives, ...(body && { body }) }, good: { group: 'a' } })).toEqual([]);
  expect(ran.filter((name) => name === 'bad')).toHaveLength(tries);
  expect([aside, ran.at(-1)]).toEqual([['bad'], 'good']);
});

test.each([
  { what: 'a bug', error: new TypeError('bug'), receives: 2 },
  { what: 'a missing grant, which an operator adds', error: missingGrant, receives: 900 },
])('$what is tried again', async ({ error, receives }) => {
  const { deliver, aside } = setup(() => {
    throw error;
  });
  expect(await deliver({ one: { receives } })).toEqual(['one']);
  expect(aside).toEqual([]);
});

/** What dead workers leave behind, called one after the other; each might have run for 30 s. */
function leftBehind(...receives: number[]): Set<string> {
  return new Set(receives.map((receive) => `${receive} ${NOW - 1_000 * (20 - receive)} ${NOW + 30_000}`));
}

test('a record that killed its workers runs with nothing beside it, and is set aside after five', async () => {
  const { deliver, ran, begun, aside, gaveUp } = setup();
  const again = { receives: 4 };
  await deliver({ calm: again });
  expect(begun.size).toBe(0);
  begun.set('killer', leftBehind(3)).set('beside', leftBehind(3));
  expect(await deliver({ killer: again, beside: again, calm: again })).toEqual(['beside']);
  expect(ran.slice(-2)).toEqual(['calm', 'killer']);
  expect(begun).toEqual(new Map([['beside', leftBehind(3)]]));
  begun.set('killer', leftBehind(4, 5, 6, 7, 8));
  expect(await deliver({ killer: { receives: 9 }, calm: again })).toEqual([]);
  expect(aside).toEqual(['killer']);
  expect(gaveUp).toEqual([['killer', 'worker_died']]);
});

test('who runs out of time died of nothing, however often; who ends before that did', async () => {
  const { queue, begun, aside } = queueWorld();
  vi.useFakeTimers();
  const handler = queueHandler({
    queue,
    ready: async () => ({}),
    log: memoryLog().log,
    schema: v.object({}),
    run: () => new Promise(() => undefined), // a call without an answer, until Lambda ends it
  });
  const began = Date.now();
  const work = async (receives: number, ms: number) => {
    const until = Date.now() + 30_000;
    void handler(sqsEvent([{ id: 'hung', body: '{}', receives }]), {
      getRemainingTimeInMillis: () => until - Date.now(),
    });
    await vi.advanceTimersByTimeAsync(ms);
  };
  for (let receives = 4; receives < 20; receives += 1) await work(receives, 29_000);
  expect(Date.now() - began).toBe(16 * 29_000);
  expect(begun.get('hung')).toEqual(new Set());
  const last = Date.now();
  await work(20, 1_000);
  expect(begun.get('hung')).toEqual(new Set([`20 ${last} ${last + 30_000}`]));
  expect(aside).toEqual([]);
});

/** `early`: so many workers died of it, and it was back before the time of each was over; `late`: after that. Back once more now. */
function pastOf({ early, late }: { early: number; late: number }): string[] {
  const backMs = [...Array<number>(early).fill(12_000), ...Array<number>(late).fill(31_000)];
  let at = NOW - backMs.reduce((sum, ms) => sum + ms, 0);
  return backMs.map((ms, n) => {
    const start = `${4 + n} ${at} ${at + 30_000}`;
    at += ms;
    return start;
  });
}

test.each([
  { early: 4, late: 0, isAside: false },
  { early: 5, late: 0, isAside: true },
  { early: 0, late: 49, isAside: false },
  { early: 0, late: 50, isAside: true },
  { early: 4, late: 9, isAside: false },
  { early: 4, late: 10, isAside: true },
])('$early early and $late late ends without a word: set aside $isAside', async ({ early, late, isAside }) => {
  const { deliver, begun, aside } = setup();
  begun.set('one', new Set(pastOf({ early, late }).reverse())); // a table has no order
  expect(await deliver({ one: { receives: 4 + early + late } })).toEqual([]);
  expect(aside).toEqual(isAside ? ['one'] : []);
});

test('starts that an older release noted, by their receive alone, count as late', async () => {
  const { deliver, begun, aside } = setup();
  begun.set('old', new Set(['3', ...pastOf({ early: 4, late: 0 })]));
  await deliver({ old: { receives: 8 } });
  expect(aside).toEqual([]);
});

test('a record that may have killed its worker, and finds no time left, did not begin', async () => {
  const { queue, begun, aside } = queueWorld();
  let left = 30_000;
  const ran: number[] = [];
  const handler = queueHandler({
    queue,
    ready: async () => ({}),
    log: memoryLog().log,
    schema: v.object({ beside: v.optional(v.boolean()) }),
    async run(_, { beside }, { receives }) {
      if (beside) left = 20_000;
      else ran.push(receives);
      return undefined;
    },
    reserveMs: 24_000,
  });
  begun.set('innocent', leftBehind(4)); // its worker was killed by another record
  for (let receives = 5; receives < 12; receives += 1) {
    left = 30_000;
    const records = [
      { id: 'innocent', body: '{}', receives },
      { id: 'beside', body: '{"beside":true}' },
    ];
    await handler(sqsEvent(records), { getRemainingTimeInMillis: () => left });
  }
  expect([begun.get('innocent'), aside, ran]).toEqual([leftBehind(4), [], []]);
  left = 30_000;
  await handler(sqsEvent([{ id: 'innocent', body: '{}', receives: 12 }]), { getRemainingTimeInMillis: () => left });
  expect([begun.get('innocent'), aside, ran]).toEqual([undefined, [], [12]]);
});

test('nor did one that finds none left once the others were given back', async () => {
  const { queue, begun } = queueWorld();
  let left = 30_000;
  const ran: string[] = [];
  const world = async () => ({
    ...(await queue()),
    async hide(_: readonly string[], ms: number) {
      if (ms < 12_000) left = 20_000;
    },
  });
  const handler = queueHandler({
    queue: world,
    ready: async () => ({}),
    log: memoryLog().log,
    schema: v.object({}),
    run: async (_, __, { recordId }) => void ran.push(recordId),
    reserveMs: 24_000,
    random: () => 0,
  });
  begun.set('one', leftBehind(4)).set('another', leftBehind(4));
  const records = ['one', 'another'].map((id) => ({ id, body: '{}', receives: 5 }));
  const { batchItemFailures } = await handler(sqsEvent(records), { getRemainingTimeInMillis: () => left });
  expect([batchItemFailures.length, ran]).toEqual([2, []]);
  expect([begun.get('one'), begun.get('another')]).toEqual([leftBehind(4), leftBehind(4)]);
});

test('a function that cannot start gives its records back within a minute, however often', async () => {
  const { queue, hidden, aside } = queueWorld();
  const { log, lines } = memoryLog();
  const handler = queueHandler({
    queue,
    ready: async () => {
      throw new ServiceError('secret.read', { code: 'secret_missing', retryable: false });
    },
    log,
    schema: v.object({}),
    run: async () => undefined,
  });
  const records = ['one', 'two'].map((id) => ({ id, body: '{}', receives: 90 }));
  expect(await handler(sqsEvent(records), CLOCK)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'one' }, { itemIdentifier: 'two' }],
  });
  const pauses = Object.values(hidden).map((all) => all.at(-1) ?? Number.NaN);
  expect(pauses).toHaveLength(2);
  expect(Math.max(...pauses)).toBeLessThan(60_000);
  expect(aside).toEqual([]);
  expect(lines).toMatchObject([{ event: 'start-failed', fields: { code: 'secret_missing' } }]);
});

test('a record is told its id and how many follow it in its group, and what ends the batch comes after all, once, and spoils nothing', async () => {
  const { log, lines } = memoryLog();
  const told: unknown[] = [];
  const handler = queueHandler({
    queue: queueWorld().queue,
    ready: async () => ({}),
    log,
    schema: v.object({ name: v.string() }),
    run: async (_, __, { recordId, following }) => void told.push([recordId, following]),
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
