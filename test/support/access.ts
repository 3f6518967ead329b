import type { Access } from '../../lib/base/access.ts';

/** What a key was given: nothing but what a test says. */
export function access(over: Partial<Access> = {}): Access {
  return { caller: 'ci', owner: 'key:ci', scopes: [], destinations: [], people: [], apps: [], ...over };
}

const ALL = ['*'];
/** A key that may do all. */
export const EVERYTHING = access({ scopes: ALL, destinations: ALL, people: ALL, apps: ALL });
