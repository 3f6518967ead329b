import { setImmediate } from 'node:timers/promises';
import { createSeal } from '../../../lib/base/seal.ts';
import { type AccessToken, createTokenProvider, type TokenStore } from '../../../lib/dingtalk/token/access-token.ts';
import { createMemoryTokenStore } from '../../contracts/token-store.ts';
import { memoryLog } from '../../support/memory-log.ts';

export const KEY = 'sim/accessToken';
export const LIFE_MS = 7_200_000;
export const seal = createSeal('dingsimsecret', 'token');

/** Time that passes only when the test lets it, and then at once. */
export function createTime() {
  let now = 1_753_000_000_000;
  const start = now;
  const waiting: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    elapsed: () => now - start,
    sleep: (ms: number) => new Promise<void>((wake) => waiting.push({ at: now + ms, wake })),
    /** Runs everything that is due in the next `ms`. */
    async pass(ms: number) {
      const end = now + ms;
      for (;;) {
        await setImmediate();
        const next = waiting.reduce((first, one) => (one.at < first.at ? one : first), { at: end + 1, wake: () => {} });
        if (next.at > end) break;
        waiting.splice(waiting.indexOf(next), 1);
        now = Math.max(now, next.at);
        next.wake();
      }
      now = end;
    },
  };
}

/** DingTalk as far as tokens go: an internal app gets the same text with a new life until it is revoked or over. */
export function createTokenDesk(time: ReturnType<typeof createTime>) {
  let serial = 0;
  let current = { value: '', endsAt: 0 };
  const desk = {
    fetches: [] as { process: string; at: number; value: string }[],
    fetchMs: 200,
    failures: [] as Error[],
    lifeMs: LIFE_MS,
    isValid: (value: string) => value === current.value && time.now() < current.endsAt,
    revoke: () => {
      current = { value: '', endsAt: 0 };
    },
    async fetch(process: string, clock: () => number): Promise<AccessToken> {
      const askedAt = clock();
      const entry = { process, at: time.now(), value: '' };
      desk.fetches.push(entry);
      await time.sleep(desk.fetchMs);
      const failure = desk.failures.shift();
      if (failure) throw failure;
      if (!desk.isValid(current.value)) current = { value: `token-${++serial}`, endsAt: 0 };
      current.endsAt = time.now() + desk.lifeMs;
      entry.value = current.value;
      return { value: current.value, expiresAt: askedAt + desk.lifeMs };
    },
  };
  return desk;
}

/** Several processes with one store and one DingTalk. */
export function createTokenWorld() {
  const time = createTime();
  const desk = createTokenDesk(time);
  const memory = createMemoryTokenStore();
  const { log, lines } = memoryLog();
  let storeFails = false;
  const never = () => new Promise<never>(() => {});

  function startProcess(owner: string, { skewMs = 0, random = (): number => 0.5, store = memory as TokenStore } = {}) {
    let isAlive = true;
    const clock = () => time.now() + skewMs;
    const living = async <T>(step: () => Promise<T>): Promise<T> => {
      if (!isAlive) return never();
      const value = await step().catch((error) => (isAlive ? Promise.reject(error) : never()));
      return isAlive ? value : never();
    };
    const reached = <T>(step: () => Promise<T>) =>
      living(async () => {
        await time.sleep(1 + 299 * random() ** 4);
        if (storeFails) throw Object.assign(new Error('connect ECONNREFUSED'), { name: 'TimeoutError' });
        return isAlive ? step() : never();
      });
    const provider = createTokenProvider({
      key: KEY,
      store: {
        read: (key) => reached(() => store.read(key)),
        claim: (key, claim) => reached(() => store.claim(key, claim)),
        put: (...args) => reached(() => store.put(...args)),
        release: (...args) => reached(() => store.release(...args)),
      },
      fetchToken: () => living(() => desk.fetch(owner, clock)),
      seal,
      now: clock,
      sleep: (ms) => living(() => time.sleep(ms)),
      random,
      log,
      owner,
    });
    return {
      ...provider,
      kill: () => {
        isAlive = false;
      },
    };
  }

  /** Lets time pass until the promise is settled. */
  async function settle<T>(promise: Promise<T>, withinMs = 60_000): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    const end = time.now() + withinMs;
    while (!settled && time.now() < end) await time.pass(10);
    if (!settled) throw new Error(`still pending after ${withinMs} ms`);
    return watched;
  }

  return {
    time,
    desk,
    memory,
    lines,
    startProcess,
    settle,
    breakStore: (fails = true) => {
      storeFails = fails;
    },
  };
}
