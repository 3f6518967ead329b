import { ServiceError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Seal } from '../../base/seal.ts';

/** `expiresAt` in epoch ms. */
export type AccessToken = { value: string; expiresAt: number };

export type TokenProvider = {
  /** A token that lives for another minute at least. */
  get(): Promise<string>;
  /** DingTalk refused this token: returns the next one. Asks DingTalk at most once, however many were refused. */
  reject(value: string): Promise<string>;
};

/** Times in epoch ms, each by the clock of the process that wrote it. */
export type TokenRecord = {
  /** `sealed` differs at every write, so it tells one written token from the next. */
  token?: { sealed: string; expiresAt: number };
  leaseEndsAt?: number;
  /** No early refresh before this. */
  pauseEndsAt?: number;
};

export type LeaseClaim = {
  owner: string;
  /** A lease that ended before this is over. */
  over: number;
  endsAt: number;
  /** The token that is to be replaced, or undefined for none: with any other in place, the claim fails. */
  seen: string | undefined;
  /** For an early refresh: the claim fails while a pause lasts beyond this. */
  pauseOver?: number;
};

/** Where the processes of an app share their token. One record a key; every write has its condition. */
export type TokenStore = {
  /** The latest state, never an older one. */
  read(key: string): Promise<TokenRecord>;
  /** Takes the lease if it is free. Only its owner asks DingTalk for a token. */
  claim(key: string, claim: LeaseClaim): Promise<boolean>;
  /** Stores a token and gives the lease back, if it is still this owner's. */
  put(key: string, owner: string, token: { sealed: string; expiresAt: number }, pauseEndsAt: number): Promise<boolean>;
  /** Gives the lease back without a token, if it is still this owner's. */
  release(key: string, owner: string, pauseEndsAt?: number): Promise<void>;
};

export type TokenProviderDeps = {
  /** One per app and token source. */
  key: string;
  store: TokenStore;
  /** Asks DingTalk; bounded in time well below a lease. */
  fetchToken: () => Promise<AccessToken>;
  seal: Seal;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** 0 up to 1. */
  random: () => number;
  log: Log;
  /** Names this process; unique. */
  owner: string;
};

/** A token is used no longer than this before its end: calls take time, and clocks differ. */
const LAST_MS = 60_000;
/** Refreshed from ten minutes before its end (messaging.md §1.5), and up to five minutes before that. */
const EARLY_MS = 10 * 60_000;
const EARLY_JITTER_MS = 5 * 60_000;
/** After a refresh, failed or not, there is no early refresh for this long. */
const PAUSE_MS = 30_000;
/** Length of a lease; after it another process may fetch. Longer than `fetchToken` may take. */
const LEASE_MS = 5_000;
/** How far the clocks of two processes may differ: two seconds either way each. */
const SKEW_MS = 4_000;
/** Waiting for another process ends here. */
const WAIT_MS = 15_000;
const FIRST_POLL_MS = 100;
const POLL_CEILING_MS = 1_000;

/** A token in memory. `sealed` is what the store holds for it; unknown where the store did not take it. */
type Held = AccessToken & { sealed: string | undefined; refreshAt: number };

/** What the store answered: a token, the lease to fetch one, a lease that another process has, or nothing. */
type Found = { token: Held } | { lease: string } | 'busy' | 'unreachable';

/** Memory, then the store, then DingTalk: one token for all processes, asked for by one of them. */
export function createTokenProvider(deps: TokenProviderDeps): TokenProvider {
  const { key, store, fetchToken, seal, now, sleep, random, log } = deps;
  let held: Held | undefined;
  let pending: Promise<Held> | undefined;
  let refreshing = false;
  let claims = 0;

  return { get, reject };

  async function get(): Promise<string> {
    const token = held && isLive(held) ? held : await shared(() => obtain());
    if (now() >= token.refreshAt && !refreshing) {
      refreshing = true;
      // Not awaited. If the function is frozen meanwhile, it goes on later, or another process does it.
      void refreshEarly(token).finally(() => {
        refreshing = false;
      });
    }
    return token.value;
  }

  async function reject(value: string): Promise<string> {
    const rejected = held;
    if (!rejected || rejected.value !== value) return get(); // replaced since, or being replaced
    held = undefined;
    return (await shared(() => obtain(rejected))).value;
  }

  /** Concurrent callers share one promise; a failed one is not kept. */
  function shared(load: () => Promise<Held>): Promise<Held> {
    pending ??= load().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  async function obtain(rejected?: Held): Promise<Held> {
    const giveUpAt = now() + WAIT_MS;
    for (let polls = 0; ; polls++) {
      const found = await look((stored) => isLive(stored) && !isSame(stored, rejected));
      if (found === 'unreachable') return remember(await fetchToken(), undefined); // costs a fetch, not the request
      if (found !== 'busy') return 'token' in found ? keep(found.token) : fetchAs(found.lease);
      if (now() >= giveUpAt) throw new ServiceError('token.get', { code: 'token_wait_too_long', retryable: true });
      await sleep(Math.min(POLL_CEILING_MS, FIRST_POLL_MS * 2 ** polls) * (0.5 + random()));
    }
  }

  /** One process replaces the token before its end; when that fails, the live token stays in use. */
  async function refreshEarly(live: Held): Promise<void> {
    const pauseEndsAt = now() + PAUSE_MS;
    live.refreshAt = pauseEndsAt;
    const found = await look((stored) => stored.expiresAt > live.expiresAt, true);
    if (found === 'busy' || found === 'unreachable') return;
    if ('token' in found) {
      keep(found.token);
      return;
    }
    try {
      await fetchAs(found.lease, pauseEndsAt);
    } catch {
      // the reason was logged already, and the live token stays in use
    }
  }

  /** Reads the record: its token if that will do, else the lease on replacing it. */
  async function look(willDo: (stored: Held) => boolean, early = false): Promise<Found> {
    const found = await reach(async (): Promise<Found> => {
      const record = await store.read(key);
      const stored = open(record);
      if (stored && willDo(stored)) return { token: stored };
      const over = now() - SKEW_MS;
      const { leaseEndsAt = Number.NEGATIVE_INFINITY, pauseEndsAt = Number.NEGATIVE_INFINITY } = record;
      if (leaseEndsAt >= over || (early && pauseEndsAt > now())) return 'busy';
      const owner = `${deps.owner}/${++claims}`;
      const claim = { owner, over, endsAt: now() + LEASE_MS, seen: record.token?.sealed };
      const won = await store.claim(key, early ? { ...claim, pauseOver: now() } : claim);
      return won ? { lease: owner } : 'busy';
    });
    return found ?? 'unreachable';
  }

  /** Asks DingTalk under a lease. A failure gives it back and stores only the pause that was asked for. */
  async function fetchAs(owner: string, pauseEndsAt?: number): Promise<Held> {
    let token: AccessToken;
    try {
      token = await fetchToken();
    } catch (error) {
      log.warn('token-refresh-failed', { key, code: error instanceof ServiceError ? error.code : 'unexpected' });
      await reach(() => store.release(key, owner, pauseEndsAt));
      throw error;
    }
    const sealed = seal.seal(token.value, key);
    const { expiresAt } = token;
    const stored = (await reach(() => store.put(key, owner, { sealed, expiresAt }, now() + PAUSE_MS))) ?? false;
    log.info('token-refreshed', { key, stored });
    return remember(token, stored ? sealed : undefined);
  }

  /** Undefined when the store cannot be reached, as if there were no store. */
  async function reach<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      log.warn('token-store-failed', { key, error: error instanceof Error ? error.name : 'unexpected' });
      return undefined;
    }
  }

  function open({ token }: TokenRecord): Held | undefined {
    if (!token) return undefined;
    try {
      const { sealed, expiresAt } = token;
      return { value: seal.open(sealed, key), expiresAt, sealed, refreshAt: earlyAt(expiresAt) };
    } catch {
      return undefined; // sealed with another key: treated as missing
    }
  }

  /** A token fetched now is not fetched again at once, even if DingTalk gave it a short life. */
  function remember(token: AccessToken, sealed: string | undefined): Held {
    return keep({ ...token, sealed, refreshAt: Math.max(earlyAt(token.expiresAt), now() + PAUSE_MS) });
  }

  function keep(token: Held): Held {
    held = token;
    return token;
  }

  function earlyAt(expiresAt: number): number {
    return expiresAt - EARLY_MS - random() * EARLY_JITTER_MS;
  }

  function isLive(token: AccessToken): boolean {
    return now() < token.expiresAt - LAST_MS;
  }
}

/** Whether it is still the token that was refused: DingTalk may give the same text again with a new life. */
function isSame(stored: Held, rejected: Held | undefined): boolean {
  if (!rejected) return false;
  return rejected.sealed === undefined ? stored.value === rejected.value : stored.sealed === rejected.sealed;
}
