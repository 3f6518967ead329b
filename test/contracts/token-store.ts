import { expect, test } from 'vitest';
import type { LeaseClaim, TokenRecord, TokenStore } from '../../lib/dingtalk/token/access-token.ts';

/** The double of every token store: what the conditions mean, in plain words. */
export function createMemoryTokenStore(): TokenStore & { records: Map<string, TokenRecord & { leaseOwner?: string }> } {
  const records = new Map<string, TokenRecord & { leaseOwner?: string }>();
  const record = (key: string) => records.get(key) ?? {};
  const withoutLease = ({ leaseOwner: _, leaseEndsAt: __, ...rest }: TokenRecord & { leaseOwner?: string }) => rest;
  return {
    records,
    async read(key) {
      const { leaseOwner: _, ...rest } = record(key);
      return structuredClone(rest);
    },
    async claim(key, { owner, over, endsAt, seen, pauseOver }) {
      const { token, leaseOwner, leaseEndsAt = 0, pauseEndsAt } = record(key);
      const isFree = leaseOwner === undefined || leaseOwner === owner || leaseEndsAt < over;
      const isSeen = token?.sealed === seen;
      const isPaused = pauseOver !== undefined && pauseEndsAt !== undefined && pauseEndsAt > pauseOver;
      if (!isFree || !isSeen || isPaused) return false;
      records.set(key, { ...record(key), leaseOwner: owner, leaseEndsAt: endsAt });
      return true;
    },
    async put(key, owner, token, pauseEndsAt) {
      const { leaseOwner, token: stored } = record(key);
      if (leaseOwner !== owner && stored?.sealed !== token.sealed) return false;
      records.set(key, { ...withoutLease(record(key)), token, pauseEndsAt });
      return true;
    },
    async release(key, owner, pauseEndsAt) {
      if (record(key).leaseOwner !== owner) return;
      records.set(key, { ...withoutLease(record(key)), ...(pauseEndsAt !== undefined && { pauseEndsAt }) });
    },
  };
}

/** What every token store promises. `create` gives the same empty or used store each time; keys are new each test. */
export function tokenStoreContract(create: () => TokenStore): void {
  let keys = 0;
  const claim = (changes: Partial<LeaseClaim> = {}): LeaseClaim => ({
    owner: 'a',
    over: 1_000,
    endsAt: 9_000,
    seen: undefined,
    ...changes,
  });
  const start = () => ({ store: create(), key: `app/${process.pid}/${++keys}` });
  const token = { sealed: 'sealed-1', expiresAt: 7_200_000 };

  /** A store that holds the token and no lease. */
  async function startWithToken() {
    const { store, key } = start();
    await store.claim(key, claim());
    expect(await store.put(key, 'a', token, 2_000)).toBe(true);
    return { store, key };
  }

  test('knows nothing at first', async () => {
    const { store, key } = start();
    expect(await store.read(key)).toEqual({});
  });

  test('gives the lease to one of many', async () => {
    const { store, key } = start();
    const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
    const won = await Promise.all(owners.map((owner) => store.claim(key, claim({ owner }))));
    expect(won.filter((one) => one)).toHaveLength(1);
    expect(await store.read(key)).toEqual({ leaseEndsAt: 9_000 });
  });

  test('gives the lease to its owner again, whose first answer was lost', async () => {
    const { store, key } = start();
    expect(await store.claim(key, claim())).toBe(true);
    expect(await store.claim(key, claim())).toBe(true);
  });

  test('gives a lease that is over to the next', async () => {
    const { store, key } = start();
    await store.claim(key, claim({ endsAt: 9_000 }));
    expect(await store.claim(key, claim({ owner: 'b', over: 9_000, endsAt: 20_000 }))).toBe(false);
    expect(await store.claim(key, claim({ owner: 'b', over: 9_001, endsAt: 20_000 }))).toBe(true);
    expect(await store.put(key, 'a', token, 0)).toBe(false);
    expect(await store.put(key, 'b', token, 0)).toBe(true);
  });

  test('stores the token and gives the lease back in one', async () => {
    const { store, key } = await startWithToken();
    expect(await store.read(key)).toEqual({ token, pauseEndsAt: 2_000 });
  });

  test('stores the same token twice, whose first answer was lost', async () => {
    const { store, key } = await startWithToken();
    expect(await store.put(key, 'a', token, 2_000)).toBe(true);
    expect(await store.put(key, 'a', { ...token, sealed: 'sealed-2' }, 2_000)).toBe(false);
    expect(await store.read(key)).toMatchObject({ token });
  });

  test('stores nothing without a lease', async () => {
    const { store, key } = start();
    expect(await store.put(key, 'a', token, 0)).toBe(false);
    expect(await store.read(key)).toEqual({});
  });

  test('lets a token be replaced by those only who saw it', async () => {
    const { store, key } = await startWithToken();
    expect(await store.claim(key, claim({ owner: 'b', seen: undefined }))).toBe(false);
    expect(await store.claim(key, claim({ owner: 'b', seen: 'sealed-0' }))).toBe(false);
    expect(await store.claim(key, claim({ owner: 'b', seen: 'sealed-1' }))).toBe(true);
    const next = { sealed: 'sealed-2', expiresAt: 9_000_000 };
    expect(await store.put(key, 'b', next, 5_000)).toBe(true);
    expect(await store.read(key)).toEqual({ token: next, pauseEndsAt: 5_000 });
  });

  test('holds early refreshers off during a pause, and nobody else', async () => {
    const { store, key } = await startWithToken();
    const seen = 'sealed-1';
    expect(await store.claim(key, claim({ owner: 'b', seen, pauseOver: 1_999 }))).toBe(false);
    expect(await store.claim(key, claim({ owner: 'c', seen, pauseOver: 2_000 }))).toBe(true);
    await store.release(key, 'c', 8_000);
    expect(await store.read(key)).toEqual({ token, pauseEndsAt: 8_000 });
    expect(await store.claim(key, claim({ owner: 'd', seen, pauseOver: 7_999 }))).toBe(false);
    expect(await store.claim(key, claim({ owner: 'e', seen }))).toBe(true);
  });

  test('an early refresher needs no pause to have been before', async () => {
    const { store, key } = start();
    expect(await store.claim(key, claim({ pauseOver: 1 }))).toBe(true);
  });

  test('takes a lease back from its owner only, and leaves nothing behind', async () => {
    const { store, key } = start();
    await store.claim(key, claim());
    await store.release(key, 'b');
    expect(await store.claim(key, claim({ owner: 'b' }))).toBe(false);
    await store.release(key, 'a');
    expect(await store.read(key)).toEqual({});
    expect(await store.claim(key, claim({ owner: 'b' }))).toBe(true);
  });

  test('keeps the keys apart', async () => {
    const { store, key } = await startWithToken();
    const other = `${key}/other`;
    expect(await store.read(other)).toEqual({});
    expect(await store.claim(other, claim())).toBe(true);
  });
}
