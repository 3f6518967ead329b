import type { Access } from '../base/access.ts';

/** The parts of a key that decide. */
type ApiKey = {
  name: string;
  scopes: string[];
  destinations: string[];
  rate?: number | undefined;
  expiresAt?: string | undefined;
};

export type AuthorizeDeps<K extends ApiKey = ApiKey> = {
  keys: {
    find(key: string): Promise<K | undefined>;
    count(key: K): Promise<{ used: number; nextMinuteInS: number }>;
    touch(key: K): Promise<void>;
  };
  now: () => number;
};

/** Who calls and what it may do; with `retryAfterS`, that it has asked too often in this minute. */
export type Identity = Access & { retryAfterS?: number };

/** Who holds the key of an `Authorization: Bearer <key>` header; undefined when nobody does. */
export async function authorize<K extends ApiKey>(
  { keys, now }: AuthorizeDeps<K>,
  authorization: string,
): Promise<Identity | undefined> {
  const key = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(authorization)?.[1];
  const found = key === undefined ? undefined : await keys.find(key);
  if (!found || (found.expiresAt !== undefined && Date.parse(found.expiresAt) <= now())) return undefined;
  const { name: caller, scopes, destinations, rate } = found;
  // When it was used is good to know; that nobody could note it is no reason to refuse.
  await keys.touch(found).catch(() => undefined);
  if (rate === undefined) return { caller, scopes, destinations };
  const { used, nextMinuteInS } = await keys.count(found);
  return { caller, scopes, destinations, ...(used > rate && { retryAfterS: nextMinuteInS }) };
}
