import { describe, expect, test } from 'vitest';
import { DingTalkUnreachable } from '../../../lib/base/dingtalk-errors.ts';
import { ServiceError } from '../../../lib/base/errors.ts';
import fc from '../../support/property.ts';
import { createTokenWorld, KEY, LIFE_MS, seal } from './token-world.ts';

const unreachable = () => new DingTalkUnreachable('token', { code: 'timeout', arrived: 'maybe' });
const MINUTE_MS = 60_000;

type Action = { afterMs: number; index: number; kind: string };

/** A world in which process `a` has a token, fetched once. */
async function worldWithToken() {
  const world = createTokenWorld();
  const a = world.startProcess('a');
  expect(await world.settle(a.get())).toBe('token-1');
  return { ...world, a };
}

describe('a token', () => {
  test('is asked of DingTalk once when two callers need it at the same moment', async () => {
    const { startProcess, settle, desk } = createTokenWorld();
    const a = startProcess('a');
    expect(await settle(Promise.all([a.get(), a.get(), a.get()]))).toEqual(['token-1', 'token-1', 'token-1']);
    expect(desk.fetches).toHaveLength(1);
  });

  test('is asked of DingTalk once when fifty processes start together', async () => {
    const { startProcess, settle, desk } = createTokenWorld();
    const processes = Array.from({ length: 50 }, (_, index) => startProcess(`p${index}`, { random: Math.random }));
    const tokens = await settle(Promise.all(processes.map(({ get }) => get())));
    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    expect(desk.fetches).toHaveLength(1);
  });

  test('is kept in memory: the store is not asked again', async () => {
    const { a, breakStore, settle, desk, lines } = await worldWithToken();
    breakStore();
    expect(await settle(a.get())).toBe('token-1');
    expect(desk.fetches).toHaveLength(1);
    expect(lines.filter(({ event }) => event === 'token-store-failed')).toEqual([]);
  });

  test('is taken from the store by the next process', async () => {
    const { startProcess, settle, desk } = await worldWithToken();
    expect(await settle(startProcess('b').get())).toBe('token-1');
    expect(desk.fetches).toHaveLength(1);
  });

  test('is stored sealed, and opens nowhere else', async () => {
    const { memory } = await worldWithToken();
    const { token } = memory.records.get(KEY)!;
    expect(JSON.stringify(memory.records.get(KEY))).not.toContain('token-1');
    expect(seal.open(token!.sealed, KEY)).toBe('token-1');
    expect(() => seal.open(token!.sealed, 'another/accessToken')).toThrow('unsealing_failed');
  });

  test('that was sealed with another key is replaced', async () => {
    const { memory, startProcess, settle, time, desk } = createTokenWorld();
    memory.records.set(KEY, { token: { sealed: 'from-before', expiresAt: time.now() + LIFE_MS } });
    expect(await settle(startProcess('a').get())).toBe('token-1');
    expect(desk.fetches).toHaveLength(1);
    expect(seal.open(memory.records.get(KEY)!.token!.sealed, KEY)).toBe('token-1');
  });

  test('is not used in its last minute', async () => {
    const { startProcess, settle, desk, time, breakStore } = await worldWithToken();
    await time.pass(LIFE_MS - 59_000);
    desk.revoke();
    expect(await settle(startProcess('b').get())).toBe('token-2');
    breakStore();
  });
});

describe('a refresh before the end', () => {
  test('is made by one process, between fifteen and ten minutes before, while the others use what they have', async () => {
    const { time, startProcess, settle, desk } = createTokenWorld();
    const processes = Array.from({ length: 20 }, (_, index) => startProcess(`p${index}`, { random: Math.random }));
    await settle(Promise.all(processes.map(({ get }) => get())));
    const startedAt = time.elapsed();
    for (let passed = 0; passed < 2 * LIFE_MS; passed += 15_000) {
      await time.pass(15_000);
      for (const { get } of processes) expect(desk.isValid(await settle(get()))).toBe(true);
    }
    const ages = desk.fetches.slice(1, 2).map(({ at }) => at - desk.fetches[0]!.at);
    expect(ages[0]).toBeGreaterThan(LIFE_MS - 15 * MINUTE_MS - 2_000);
    expect(ages[0]).toBeLessThan(LIFE_MS - 10 * MINUTE_MS);
    expect(desk.fetches.length).toBeLessThanOrEqual(4);
    // one fetch, and the longest pauses of those who wait for it
    expect(startedAt).toBeLessThan(2_000);
  });

  test('holds up nobody, not even the caller that begins it', async () => {
    const { a, time, settle, desk } = await worldWithToken();
    await time.pass(LIFE_MS - 9 * MINUTE_MS);
    desk.fetchMs = 3_000;
    const before = time.now();
    expect(await settle(a.get())).toBe('token-1');
    expect(await settle(a.get())).toBe('token-1');
    expect(time.now() - before).toBeLessThan(100);
    await time.pass(4_000);
    expect(desk.fetches).toHaveLength(2);
    await time.pass(8 * MINUTE_MS);
    expect(desk.isValid(await settle(a.get()))).toBe(true);
    expect(desk.fetches).toHaveLength(2);
  });

  test('that fails leaves the live token in use, is logged, and nobody tries again at once', async () => {
    const { a, time, startProcess, settle, desk, lines, memory } = await worldWithToken();
    const others = Array.from({ length: 10 }, (_, index) => startProcess(`p${index}`));
    await settle(Promise.all(others.map(({ get }) => get())));
    await time.pass(LIFE_MS - 9 * MINUTE_MS);
    desk.failures = Array.from({ length: 100 }, unreachable);
    for (let second = 0; second < 25; second++) {
      await time.pass(1_000);
      for (const { get } of [a, ...others]) expect(await settle(get())).toBe('token-1');
    }
    expect(desk.fetches).toHaveLength(2);
    expect(lines).toContainEqual({
      level: 'warn',
      event: 'token-refresh-failed',
      fields: { key: KEY, code: 'timeout' },
    });
    expect(memory.records.get(KEY)?.leaseEndsAt).toBeUndefined();
    await time.pass(30_000);
    desk.failures = [];
    await settle(a.get());
    await time.pass(1_000);
    expect(desk.fetches).toHaveLength(3);
  });

  test('is not repeated at once when DingTalk gives no longer life', async () => {
    const { a, time, settle, desk } = await worldWithToken();
    await time.pass(LIFE_MS - 9 * MINUTE_MS);
    desk.lifeMs = 9 * MINUTE_MS;
    for (let second = 0; second < 20; second++) {
      await time.pass(1_000);
      await settle(a.get());
    }
    expect(desk.fetches).toHaveLength(2);
  });

  test('without a store is left to later', async () => {
    const { a, time, settle, desk, breakStore } = await worldWithToken();
    await time.pass(LIFE_MS - 9 * MINUTE_MS);
    breakStore();
    expect(await settle(a.get())).toBe('token-1');
    expect(desk.fetches).toHaveLength(1);
    await time.pass(8 * MINUTE_MS + 1_000);
    expect(await settle(a.get())).toBe('token-1'); // the same text with a new life
    expect(desk.fetches).toHaveLength(2);
  });
});

describe('a rejected token', () => {
  test('is replaced once, however many callers and processes were refused', async () => {
    const { a, startProcess, settle, desk } = await worldWithToken();
    const processes = [
      a,
      ...Array.from({ length: 20 }, (_, index) => startProcess(`p${index}`, { random: Math.random })),
    ];
    await settle(Promise.all(processes.map(({ get }) => get())));
    desk.revoke();
    const next = processes.flatMap(({ reject }) => [reject('token-1'), reject('token-1')]);
    expect(new Set(await settle(Promise.all(next)))).toEqual(new Set(['token-2']));
    expect(desk.fetches).toHaveLength(2);
  });

  test('that was replaced meanwhile costs nothing', async () => {
    const { a, startProcess, settle, desk } = await worldWithToken();
    const b = startProcess('b');
    await settle(b.get());
    desk.revoke();
    expect(await settle(a.reject('token-1'))).toBe('token-2');
    expect(await settle(a.reject('token-1'))).toBe('token-2'); // a late answer to an old call
    expect(await settle(b.reject('token-1'))).toBe('token-2');
    expect(desk.fetches).toHaveLength(2);
  });

  test('is asked for once per process even if DingTalk gives the same text again', async () => {
    const { a, startProcess, settle, desk } = await worldWithToken();
    const b = startProcess('b');
    await settle(b.get());
    expect(await settle(Promise.all([a.reject('token-1'), b.reject('token-1')]))).toEqual(['token-1', 'token-1']);
    expect(desk.fetches).toHaveLength(2);
  });

  test('is not brought back when its replacement fails', async () => {
    const { a, settle, desk } = await worldWithToken();
    desk.revoke();
    desk.failures = [unreachable()];
    await expect(settle(a.reject('token-1'))).rejects.toMatchObject({ code: 'timeout' });
    const stale = await settle(a.get());
    expect(await settle(a.reject(stale))).toBe('token-2');
  });
});

describe('a failed fetch', () => {
  test('leaves nothing behind: the next caller asks at once', async () => {
    const { startProcess, settle, desk, memory, time } = createTokenWorld();
    const a = startProcess('a');
    desk.failures = [unreachable()];
    await expect(settle(Promise.all([a.get(), a.get()]))).rejects.toMatchObject({ code: 'timeout' });
    expect(memory.records.get(KEY)).toEqual({});
    const before = time.now();
    expect(await settle(startProcess('b').get())).toBe('token-1');
    expect(time.now() - before).toBeLessThan(500);
  });

  test('is not shared with the processes that waited: they ask, one after the other', async () => {
    const { startProcess, settle, desk } = createTokenWorld();
    desk.failures = [unreachable()];
    const results = await settle(Promise.allSettled([startProcess('a').get(), startProcess('b').get()]));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(desk.fetches).toHaveLength(2);
  });
});

describe('a holder that dies', () => {
  test('is followed by another when its lease ends, and by one only', async () => {
    const { startProcess, settle, desk, time } = createTokenWorld();
    desk.fetchMs = 3_000;
    const dying = startProcess('dying');
    void dying.get();
    await time.pass(100);
    const others = Array.from({ length: 10 }, (_, index) => startProcess(`p${index}`, { random: Math.random }));
    const waiting = Promise.all(others.map(({ get }) => get()));
    dying.kill();
    expect(new Set(await settle(waiting)).size).toBe(1);
    expect(desk.fetches).toHaveLength(2);
    expect(time.elapsed()).toBeLessThan(15_000);
  });

  test('and comes back late does not overwrite what its follower stored', async () => {
    const { startProcess, settle, desk, time, memory } = createTokenWorld();
    desk.fetchMs = 20_000; // no fetch may take this long; this one does
    const late = startProcess('late').get();
    await time.pass(12_000);
    desk.fetchMs = 100;
    const follower = startProcess('follower');
    expect(await settle(follower.get())).toBe('token-1');
    const stored = memory.records.get(KEY);
    expect(await settle(late)).toBe('token-1');
    expect(memory.records.get(KEY)).toEqual(stored);
  });

  test('keeps nobody waiting for ever', async () => {
    const { startProcess, settle, desk, time, memory } = createTokenWorld();
    memory.records.set(KEY, { leaseOwner: 'a clock from next year', leaseEndsAt: time.now() + 1e10 });
    await expect(settle(startProcess('a').get())).rejects.toMatchObject({
      code: 'token_wait_too_long',
      retryable: true,
    });
    expect(time.elapsed()).toBeLessThan(17_000);
    expect(desk.fetches).toHaveLength(0);
  });
});

describe('a store that cannot be reached', () => {
  test('costs a fetch, not the request, and memory serves the next callers', async () => {
    const { startProcess, settle, desk, breakStore, lines } = createTokenWorld();
    breakStore();
    const a = startProcess('a');
    expect(await settle(Promise.all([a.get(), a.get()]))).toEqual(['token-1', 'token-1']);
    expect(await settle(a.get())).toBe('token-1');
    expect(desk.fetches).toHaveLength(1);
    expect(lines).toContainEqual({
      level: 'warn',
      event: 'token-store-failed',
      fields: { key: KEY, error: 'TimeoutError' },
    });
  });

  test('after the fetch does not lose the token', async () => {
    const { startProcess, settle, time, desk, breakStore } = createTokenWorld();
    const a = startProcess('a');
    const token = a.get();
    await time.pass(100);
    breakStore();
    expect(await settle(token)).toBe('token-1');
    expect(await settle(a.get())).toBe('token-1');
    expect(desk.fetches).toHaveLength(1);
  });

  test('during a rejection costs a fetch too', async () => {
    const { a, settle, desk, breakStore } = await worldWithToken();
    breakStore();
    desk.revoke();
    expect(await settle(a.reject('token-1'))).toBe('token-2');
  });
});

test('nothing that is logged holds a token', async () => {
  const { a, lines, desk, settle } = await worldWithToken();
  desk.revoke();
  await settle(a.reject('token-1'));
  expect(lines.filter(({ event }) => event === 'token-refreshed')).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain('token-1');
});

test('whatever happens in whatever order, one process asks at a time, for a reason, and callers get a valid token', async () => {
  const count = 6;
  const action = fc.record({
    afterMs: fc.oneof(fc.nat(50), fc.nat(2_000), fc.nat(40 * MINUTE_MS)),
    index: fc.nat(count - 1),
    kind: fc.constantFrom('use', 'use', 'use', 'use', 'use all', 'revoke', 'kill', 'fail', 'slow'),
  });
  const skews = fc.array(fc.integer({ min: -2_000, max: 2_000 }), { minLength: count, maxLength: count });
  const chance = fc.infiniteStream(fc.integer({ min: 0, max: 999 }));
  await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 60 }), skews, chance, run), { numRuns: 500 });

  async function run(actions: Action[], offsets: number[], dice: fc.Stream<number>) {
    const { time, desk, memory, startProcess } = createTokenWorld();
    const faults: string[] = [];
    const alive = new Set<string>();
    let asking: string | undefined;
    let disturbances = 0; // a revocation, failure or death excuses the calls that it hits

    const begin = (index: number, generation: number) => {
      const name = `p${index}.${generation}`;
      alive.add(name);
      const random = () => (dice.next().value ?? 0) / 1_000;
      return { name, generation, ...startProcess(name, { skewMs: offsets[index] ?? 0, random }) };
    };
    const processes = offsets.map((_, index) => begin(index, 0));

    const fetch = desk.fetch;
    desk.fetch = async (name, clock) => {
      if (asking && alive.has(asking)) faults.push(`${name} asks while ${asking} does`);
      const { token } = memory.records.get(KEY) ?? {};
      const isEarly = token && token.expiresAt - time.now() <= 15 * MINUTE_MS + 4_000;
      if (token && !isEarly && desk.isValid(seal.open(token.sealed, KEY))) faults.push(`${name} asks without need`);
      asking = name;
      return fetch(name, clock).finally(() => {
        if (asking === name) asking = undefined;
      });
    };

    const use = async ({ name, get, reject }: (typeof processes)[number]) => {
      const before = disturbances;
      const startedAt = time.now();
      try {
        let token = await get();
        if (!desk.isValid(token)) token = await reject(token);
        // the one in the store was revoked too, and this process is the first to learn it
        if (!desk.isValid(token)) token = await reject(token);
        if (!desk.isValid(token) && disturbances === before) faults.push(`${name} got an invalid token`);
      } catch (error) {
        const gaveUp = error instanceof ServiceError && error.code === 'token_wait_too_long' && disturbances > 0;
        if (!gaveUp && !(error instanceof DingTalkUnreachable)) faults.push(`${name}: ${error}`);
      }
      if (time.now() - startedAt > 40_000) faults.push(`${name} waited for ${time.now() - startedAt} ms`);
    };

    for (const { afterMs, index, kind } of actions) {
      await time.pass(afterMs);
      const process = processes[index]!;
      if (kind === 'use') void use(process);
      if (kind === 'use all') for (const each of processes) void use(each);
      if (kind === 'slow') desk.fetchMs = desk.fetchMs === 3_900 ? 20 : 3_900;
      if (kind === 'fail') desk.failures.push(unreachable());
      if (kind === 'revoke') desk.revoke();
      if (kind === 'fail' || kind === 'revoke' || kind === 'kill') disturbances++;
      if (kind === 'kill') {
        process.kill();
        alive.delete(process.name);
        processes[index] = begin(index, process.generation + 1);
      }
    }
    await time.pass(60_000);
    expect(faults).toEqual([]);
  }
});
