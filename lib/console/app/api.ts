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

/**
 * Requests with a key. A route is `GET /messages`; a text as body goes as it stands.
 * @param renew another key where this one is over, once a request
 */
export function askWith(first: string, renew?: () => Promise<string>): Ask {
  let key = first;
  return async (route, body) => {
    const [method = '', path = ''] = route.split(' ');
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(method === 'POST' && { 'idempotency-key': uniqueText() }),
    };
    const asked = { method, cache: 'no-store', ...(sent !== undefined && { body: sent }) } as const;
    const ask = () => answerOf(path, { ...asked, headers: { ...headers, authorization: `Bearer ${key}` } });
    try {
      return await ask();
    } catch (error) {
      if (!renew || !(error instanceof Refused) || error.problem.status !== 401) throw error;
      key = await renew();
      return ask();
    }
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is the contract's, which types it where it is asked for
async function answerOf(path: string, request: RequestInit): Promise<any> {
  const answer = await fetch(path, request).catch(() => undefined);
  const said = await answer?.json().catch(() => ({}));
  if (!answer?.ok) throw new Refused({ ...said });
  return said;
}

/** What stands in place of a key for who signed in by DingTalk. @throws Refused */
export async function consoleToken(): Promise<string> {
  const { bearer } = await answerOf('/sign-in/console', { method: 'POST', cache: 'no-store' });
  if (bearer === undefined) throw new Refused({ code: 'signed_out' });
  return bearer;
}

/** Ends the session in this browser. */
export const signOut = () => fetch('/sign-in/end', { method: 'POST' }).catch(() => undefined);

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
