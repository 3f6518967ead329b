import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AnswerOf } from '../../contract/operations.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Input, Route, Routes } from '../../contract/route.ts';
import { type Access, requireReach } from '../base/access.ts';
import { type Fault, InvalidInput, NotAllowed, ServiceError } from '../base/errors.ts';
import { isTooDeep, MAX_DEPTH } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { type Authorizer, type Callers, nobody } from './caller.ts';
import { problemOf } from './problem.ts';

/** What a route sees of a request. Header names are lower case; `bytes` is the body exactly as it was sent. */
export type HttpRequest<Q = unknown, B = unknown> = {
  /** Who calls, and what its key allows; nobody and nothing on a route that asks for no key. */
  access: Access;
  method: string;
  path: string;
  /** The record or the destination that the path names. */
  id: string;
  /** All that the path names. */
  params: Record<string, string | undefined>;
  /** Query and body as the contract reads them. */
  query: Q;
  body: B;
  headers: Record<string, string | undefined>;
  /** The `Idempotency-Key` header: the same key from the same caller is the same request. */
  idempotencyKey: string | undefined;
  /** API Gateway's own, which the caller has as `apigw-requestid`. */
  requestId: string;
  /** When API Gateway received it (epoch ms). */
  receivedAt: number;
  /** The IP address that asks. */
  address: string;
  bytes: Buffer;
};

export type HttpAnswer = {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Values of `Set-Cookie`, one each. */
  cookies?: string[];
};
type Event = APIGatewayProxyEventV2 & { requestContext: { authorizer?: Authorizer } };

// a method, so that handlers of certain bodies stand in one list
type Run<D, Q, B, A> = { run(deps: D, request: HttpRequest<Q, B>): Promise<A> }['run'];
/**
 * `check` finds what a schema cannot know (such as a name nobody registered); it sees the body even when the schema
 * refused it, so that a caller learns every fault at once. `plan` answers in place of `run` where the query says `dryRun`.
 */
type Handler<D, Q, B, A> =
  | Run<D, Q, B, A>
  | {
      check: (deps: D, body: unknown, access: Access) => Promise<Fault[]>;
      plan?: Run<D, Q, B, A>;
      run: Run<D, Q, B, A>;
    };
type ReadBy<R, M extends string> = R extends { [K in M]: infer I extends Input }
  ? Exclude<ReturnType<I['read']>, Fault[]>['value']
  : Record<string, string | undefined>;
type Handlers<D, R extends Routes> = {
  [K in keyof R & string]?: Handler<D, ReadBy<R[K], 'query'>, ReadBy<R[K], 'body'>, AnswerOf<K>>;
};
type Options<D, R, H> = {
  ready: () => Promise<D>;
  /** Who calls. Without it, nobody is known, and only open routes answer. */
  callers?: () => Promise<Callers>;
  log: Log;
  /** The routes of the contract that the function serves, and what it does for each. */
  routes: R;
  handlers: H;
  /** What people read instead of a problem document. */
  show?: (problem: Problem, bytes: Buffer) => HttpAnswer;
};

/**
 * One Lambda behind an HTTP API (payload 2.0): finds the route, holds the request against what the contract says of it,
 * answers JSON, turns failures into problem documents, or into what `show` makes of them where people read the answer.
 */
export function httpHandler<D, R extends Routes>(
  options: Options<D, R, Handlers<NoInfer<D>, R>>,
): (event: Event) => Promise<APIGatewayProxyStructuredResultV2>;
export function httpHandler<D>({
  ready,
  callers = async () => () => Promise.reject(nobody('key_missing', 'This address knows no callers.')),
  log,
  routes,
  handlers,
  show,
}: Options<D, Routes, Record<string, Handler<D, unknown, unknown, HttpAnswer> | undefined>>) {
  return async (event: Event): Promise<APIGatewayProxyStructuredResultV2> => {
    try {
      const [route, handler] = [routes[event.routeKey], handlers[event.routeKey]];
      if (!route || !handler) throw new InvalidInput(event.routeKey, 'no_such_route', []);
      return toResult(await answer({ ready, callers, route, handler }, event));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500) {
        log.error('request-failed', { requestId: event.requestContext.requestId, ...failure(event.routeKey, error) });
      }
      const more = {
        ...(problem.status === 503 && { 'retry-after': '2' }),
        ...(error instanceof NotAllowed && error.headers),
      };
      if (show) {
        const { headers, ...page } = show(problem, bytesOf(event));
        return toResult({ ...page, headers: { ...headers, ...more } });
      }
      const headers = { 'content-type': 'application/problem+json', ...more };
      return { statusCode: problem.status, headers, body: JSON.stringify(problem) };
    }
  };
}

type Served<D> = {
  ready: () => Promise<D>;
  callers: () => Promise<Callers>;
  route: Route;
  handler: Handler<D, unknown, unknown, HttpAnswer>;
};

/** Whoever calls a route that asks for no key. */
const NOBODY: Access = { caller: '', owner: '', scopes: [], destinations: [], people: [], apps: [] };

async function answer<D>({ ready, callers, route, handler }: Served<D>, event: Event): Promise<HttpAnswer> {
  const { check, ...acts } = 'run' in handler ? handler : { run: handler };
  const isOpen = route.needs === 'none';
  const headers = headersOf(event);
  const { authorization } = headers;
  const { authorizer } = event.requestContext;
  const access = isOpen ? NOBODY : await (await callers())({ authorization, authorizer });
  // other routes do not know the header
  const isMade = route.body !== undefined || route.needs !== 'none';
  const mayRepeat = isMade && event.requestContext.http.method === 'POST';
  const request = toRequest(event, { access, headers, mayRepeat });
  const given = {
    path: event.pathParameters,
    query: request.query,
    body: route.body && parseJson(request.bytes, headers['content-type']),
  };
  // before anything is looked up: who may not use a destination need not learn whether it exists
  if (!isOpen) requireReach(access, route, given);
  const query =
    isOpen || route.query ? (route.query?.read(given.query) ?? { value: given.query }) : noQuery(given.query);
  if (Array.isArray(query)) throw new InvalidInput('request', 'invalid_query', query);
  const body = route.body?.read(given.body) ?? { value: undefined };
  const deps = await ready();
  const faults = [...(Array.isArray(body) ? body : []), ...((await check?.(deps, given.body, access)) ?? [])];
  if (Array.isArray(body) || faults.length > 0) throw new InvalidInput('request', 'invalid_request', faults);
  return actOf(acts, query.value)(deps, { ...request, query: query.value, body: body.value });
}

/** A dry run never comes to what does it. */
function actOf<A>({ plan, run }: { plan?: A; run: A }, query: unknown): A {
  return Object(query).dryRun === true && plan ? plan : run;
}

/** A parameter that nobody reads is most likely mistyped. */
function noQuery(given: Record<string, string | undefined>): Fault[] | { value: unknown } {
  const names = Object.keys(given).slice(0, MOST_TOLD);
  if (names.length === 0) return { value: given };
  return names.map((name) => ({
    path: name,
    code: 'unknown_field',
    message: `"${name}": this address takes no parameters`,
  }));
}
const MOST_TOLD = 20;

function parseJson(bytes: Buffer, contentType = ''): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
  if (charset !== undefined && !/^(?:utf-?8|(?:us-)?ascii)$/i.test(charset)) throw otherCharset(charset);
  const text = textOf(bytes);
  // API Gateway has put it where bytes were no UTF-8
  if (text?.includes('\ufffd')) {
    throw invalidJson(
      'the body is not JSON in UTF-8: it holds U+FFFD, the sign for what cannot be read; write \\ufffd if it is meant',
    );
  }
  if (text === undefined) throw invalidJson('the body is not JSON in UTF-8');
  if (isTooDeep(text)) throw invalidJson(`the body is nested deeper than ${MAX_DEPTH} levels`);
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson('the body is not JSON in UTF-8');
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function otherCharset(charset: string): InvalidInput {
  const message = `the body is in ${charset}; send it in UTF-8, which JSON is written in`;
  const fault = { path: 'Content-Type', code: 'unsupported_charset', message };
  return new InvalidInput('request', 'unsupported_charset', [fault]);
}

function invalidJson(message: string): InvalidInput {
  return new InvalidInput('request', 'invalid_json', [{ path: '', code: 'invalid_json', message }]);
}

/** @throws InvalidInput for a key that tells nothing apart, such as one from a variable that was never set. */
function idempotencyKeyOf(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const message = 'Idempotency-Key has 1 to 255 printable characters and no space; leave it out or give a new one';
  const fault = { path: 'Idempotency-Key', code: 'invalid_idempotency_key', message };
  throw new InvalidInput('request', 'invalid_idempotency_key', [fault]);
}

type Proven = { access: Access; headers: Record<string, string | undefined>; mayRepeat: boolean };

function toRequest(event: Event, { access, headers, mayRepeat }: Proven) {
  const { method, path } = event.requestContext.http;
  return {
    access,
    method,
    path,
    // the same name may be written in several ways
    id: (event.pathParameters?.id ?? event.pathParameters?.name ?? '').normalize('NFC'),
    params: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    headers,
    idempotencyKey: mayRepeat ? idempotencyKeyOf(headers['idempotency-key']) : undefined,
    requestId: event.requestContext.requestId,
    receivedAt: event.requestContext.timeEpoch,
    address: event.requestContext.http.sourceIp,
    bytes: bytesOf(event),
  };
}

function bytesOf({ body, isBase64Encoded }: Event): Buffer {
  // serverless-offline hands out a body of `false` or `0` as such
  return Buffer.from(String(body ?? ''), isBase64Encoded ? 'base64' : 'utf8');
}

/** Cookies come apart from the headers (payload 2.0). */
function headersOf({ headers, cookies }: Event): Record<string, string | undefined> {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...Object.fromEntries(lower), ...(cookies && { cookie: cookies.join('; ') }) };
}

function toResult({ status, body, headers, cookies }: HttpAnswer): APIGatewayProxyStructuredResultV2 {
  const answer = { statusCode: status, ...(cookies && { cookies }) };
  if (body === undefined) return { ...answer, ...(headers && { headers }) };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { ...answer, headers: { 'content-type': 'application/json', ...headers }, body: text };
}

function failure(operation: string, error: unknown) {
  const code = error instanceof ServiceError ? error.code : 'internal_error';
  const name = error instanceof Error ? error.name : typeof error;
  return { operation, code, error: name, cause: error instanceof ServiceError ? error.operation : undefined };
}
