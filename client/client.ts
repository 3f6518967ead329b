import { type Operations, ROUTES } from './api.ts';
import { DingdockError, problemOf } from './error.ts';
import { delayOf, type Repeatable, triesOf } from './retry.ts';

export type * from './api.ts';
export { DingdockError, type Fault } from './error.ts';

export type ClientOptions = {
  /** Where the API is, such as `https://….execute-api.cn-north-1.amazonaws.com.cn`. */
  url: string;
  /** An API key: `dingdock keys create`. */
  key: string;
  /** How often a request is tried, where a repeat is harmless. Default: 4. */
  tries?: number;
  /** How long one try may take. Default: 30,000. */
  timeoutMs?: number;
  fetch?: typeof globalThis.fetch;
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  random?: () => number;
};

export type CallOptions = {
  /** The same key is the same request. Default: one of its own for each call, kept while the call is retried. */
  idempotencyKey?: string;
  /** Of messages: up to so many seconds (at most 25) for the outcome. */
  wait?: number;
  signal?: AbortSignal;
};

type Name = keyof typeof ROUTES;
type Of<K extends Name> = Operations[K];
/** What a dry run answers is told apart by `dryRun`. */
type Plan<K extends Name> = Extract<Of<K>['answer'], { dryRun: true }>;
type Args<I> = object extends I ? [input?: I, options?: CallOptions] : [input: I, options?: CallOptions];
type Act<K extends Name> = (...args: Args<Of<K>['input']>) => Promise<Exclude<Of<K>['answer'], { dryRun: true }>>;
type Try<K extends Name> = (
  input: Of<K>['input'] & { query: { dryRun: 'true' } },
  options?: CallOptions,
) => Promise<Plan<K>>;

/** A method for each operation of the API, by its `operationId`. */
export type Client = { [K in Name]: [Plan<K>] extends [never] ? Act<K> : Try<K> & Act<K> };

type Input = { query?: Record<string, unknown>; body?: unknown; [inPath: string]: unknown };

/** @throws DingdockError from each method: with the API's code, or `unreachable` */
export function createClient(options: ClientOptions): Client {
  const methods = Object.entries(ROUTES).map(([name, [method, path, repeatable]]) => [
    name,
    (input: Input = {}, call: CallOptions = {}) => send(options, { method, path, repeatable }, input, call),
  ]);
  return Object.fromEntries(methods);
}

/** All pages of a list, one after the other: `for await (const page of pages((cursor) => client.listTasks({ query: { cursor } })))`. */
export async function* pages<P extends { cursor?: string }>(list: (cursor: string | undefined) => Promise<P>) {
  let cursor: string | undefined;
  do {
    const page = await list(cursor);
    yield page;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

type Route = { method: string; path: string; repeatable: Repeatable };

async function send(options: ClientOptions, route: Route, input: Input, call: CallOptions): Promise<unknown> {
  const { sleep = wait, random = Math.random, tries = 4 } = options;
  const request = requestOf(options, route, input, call);
  for (let tried = 1; ; tried += 1) {
    const outcome = await once(options, request, call);
    if (outcome.ok) return outcome.answer;
    const most = triesOf(tries, route.repeatable, outcome.error.status);
    const ms = delayOf(tried, outcome.retryAfter, random);
    if (tried >= most || ms === undefined || call.signal?.aborted) throw outcome.error;
    await sleep(ms, call.signal);
  }
}

/** The same at every try. */
function requestOf({ url, key }: ClientOptions, { method, path, repeatable }: Route, input: Input, call: CallOptions) {
  const { query = {}, body } = input;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  const search = asked.size > 0 ? `?${asked}` : '';
  const isText = typeof body === 'string';
  return {
    url: `${url.replace(/\/+$/, '')}${filled}${search}`,
    init: {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json' }),
        ...(repeatable === 'keyed' && { 'idempotency-key': call.idempotencyKey ?? crypto.randomUUID() }),
        ...(call.wait !== undefined && { prefer: `wait=${call.wait}` }),
      },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    },
  };
}

type Outcome = { ok: true; answer: unknown } | { ok: false; error: DingdockError; retryAfter: string | null };

async function once(
  { fetch = globalThis.fetch, timeoutMs = 30_000 }: ClientOptions,
  { url, init }: ReturnType<typeof requestOf>,
  { signal }: CallOptions,
): Promise<Outcome> {
  try {
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    const text = await response.text();
    if (response.ok) return { ok: true, answer: text === '' ? undefined : JSON.parse(text) };
    return { ok: false, error: problemOf(response, text), retryAfter: response.headers.get('retry-after') };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const message = `${new URL(url).origin} does not answer`;
    return {
      ok: false,
      error: new DingdockError(message, { status: 0, code: 'unreachable', cause }),
      retryAfter: null,
    };
  }
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
