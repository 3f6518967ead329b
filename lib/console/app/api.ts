import type { Problem } from '../../../contract/problems.ts';

/** Asks the API; @throws Refused */
export type Ask = <T>(route: string, body?: unknown) => Promise<T>;

/** Why the API did not do it. */
export class Refused extends Error {
  readonly problem: Partial<Problem>;
  constructor(problem: Partial<Problem>) {
    super(problem.code);
    this.problem = problem;
  }
}

/** Requests with a key. A route is `GET /messages`; a text as body goes as it stands. */
export function askWith(key: string): Ask {
  return async (route, body) => {
    const [method = '', path = ''] = route.split(' ');
    const headers = {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(method === 'POST' && { 'idempotency-key': uniqueText() }),
    };
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const request = { method, headers, cache: 'no-store', ...(sent !== undefined && { body: sent }) } as const;
    const answer = await fetch(path, request).catch(() => undefined);
    const said = await answer?.json().catch(() => ({}));
    if (!answer?.ok) throw new Refused(said ?? {});
    return said;
  };
}

/** A connection that broke sends the same request again by itself: it is to be the same one there. */
function uniqueText(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join('');
}

const KEPT = 'dingdock-key';
/** The key of this tab. Where the browser keeps nothing, a reload asks for it again. */
export const keptKey = {
  read: () => tried(() => sessionStorage.getItem(KEPT)) ?? undefined,
  write: (key: string) => tried(() => sessionStorage.setItem(KEPT, key)),
  forget: () => tried(() => sessionStorage.removeItem(KEPT)),
};

function tried<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
