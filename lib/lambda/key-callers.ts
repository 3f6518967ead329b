import { NotAllowed } from '../base/errors.ts';
import type { Spend } from '../base/quota/budget.ts';
import { endOfMonth } from '../base/quota/month.ts';
import { CONSOLE_TOKEN } from '../base/visitor/session.ts';
import { type Callers, nobody } from './caller.ts';

/** The parts of a key that decide. */
type ApiKey = {
  name: string;
  owner: string;
  scopes: string[];
  destinations: string[];
  people: string[];
  apps: string[];
  rate?: number | undefined;
  budget?: number | undefined;
  expiresAt?: string | undefined;
  revokedAt?: string | undefined;
};

export type KeyDeps<K extends ApiKey = ApiKey> = {
  keys: {
    find(key: string): Promise<K | undefined>;
    count(key: K): Promise<{ used: number; nextMinuteInS: number }>;
    spend(key: K, calls: number): Promise<{ granted: boolean; used: number }>;
    touch(key: K): Promise<void>;
  };
  now: () => number;
};

/** In functions that the console does not ask. */
const NOT_FOR_PEOPLE = 'You may not do this with a sign-in at the console: it takes an API key.';
const SEND = 'Send an API key: Authorization: Bearer <key>, or Basic with the key as password.';

/** Callers by their API keys. */
export function keyCallers<K extends ApiKey>({ keys, now }: KeyDeps<K>): Callers {
  return async ({ authorization }) => {
    const key = keyIn(authorization);
    if (key.startsWith(CONSOLE_TOKEN)) throw nobody('key_unknown', NOT_FOR_PEOPLE);
    const found = await keys.find(key);
    if (!found) throw nobody('key_unknown', 'No such key was made for this stage. See: dingdock keys list');
    requireLife(found, now());
    // When it was used is good to know; that nobody could note it is no reason to refuse.
    await keys.touch(found).catch(() => undefined);
    const { name, owner, scopes, destinations, people, apps, rate } = found;
    if (rate !== undefined) {
      const { used, nextMinuteInS } = await keys.count(found);
      if (used > rate) throw tooFast(name, nextMinuteInS);
    }
    const access = { caller: name, owner: `key:${owner}`, scopes, destinations, people, apps };
    return found.budget === undefined ? access : { ...access, spend: spendOf({ keys, now }, found) };
  };
}

function spendOf<K extends ApiKey>({ keys, now }: KeyDeps<K>, key: K): Spend {
  return async (calls) => {
    const { granted, used } = await keys.spend(key, calls);
    if (!granted) throw usedUp(key, { calls, used, now: now() });
  };
}

function usedUp({ name, budget }: ApiKey, { calls, used, now }: { calls: number; used: number; now: number }) {
  const until = endOfMonth(now);
  const remedy = `The key "${name}" has made ${used} of its ${budget} calls to DingTalk of this month, and this takes up to ${calls}. The next month begins ${until}; an operator can make a key with a larger budget (dingdock keys create --budget).`;
  const headers = { 'retry-after': String(Math.ceil((Date.parse(until) - now) / 1000)) };
  return new NotAllowed('caller', { code: 'budget_used_up', remedy, headers });
}

/** @throws NotAllowed for a key that was revoked or has expired */
function requireLife({ name, expiresAt, revokedAt }: ApiKey, now: number): void {
  const another = 'Make another: dingdock keys create';
  if (revokedAt !== undefined) throw nobody('key_revoked', `The key "${name}" was revoked. ${another}`);
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now) {
    throw nobody('key_expired', `The key "${name}" ended ${expiresAt}. ${another}`);
  }
}

function tooFast(name: string, seconds: number): NotAllowed {
  const remedy = `The key "${name}" has used up its requests of this minute. Ask again in ${seconds} s.`;
  return new NotAllowed('caller', { code: 'rate_exceeded', remedy, headers: { 'retry-after': String(seconds) } });
}

const KEY = /^[\x21-\x7e]{1,256}$/;

/**
 * The key of `Bearer <key>`; of `Basic`, the password, which senders of webhooks can give where they know no Bearer.
 * @throws NotAllowed for a header that holds none
 */
function keyIn(authorization = ''): string {
  if (authorization.trim() === '') throw nobody('key_missing', SEND);
  const key = keyGiven(authorization);
  if (key === undefined) throw nobody('key_malformed', `The header Authorization holds no key. ${SEND}`);
  return key;
}

/** The key in the header `Authorization`; undefined where there is none. */
export function keyGiven(authorization = ''): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\S{1,16}) +(\S{1,4096}) *$/.exec(authorization) ?? [];
  const key = /^basic$/i.test(scheme) ? passwordIn(credentials) : credentials;
  return /^(bearer|basic)$/i.test(scheme) && KEY.test(key) ? key : undefined;
}

function passwordIn(credentials: string): string {
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? '' : pair.slice(colon + 1);
}
