import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AnswerOf } from '../../contract/operations.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Input, Route, Routes } from '../../contract/route.ts';
import { type Access, requireDestinations, requireRoute } from '../base/access.ts';
import { type Fault, InvalidInput, NotAllowed, ServiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type Authorizer, accessOf } from './caller.ts';
import { problemOf } from './problem.ts';

/** What a route sees of a request. Header names are lower case; `bytes` is the body exactly as it was sent. */
export type HttpRequest<Q = unknown, B = unknown> = {
  caller: string;
  /** What the caller's key allows; all on a route that asks for no key, since it has a proof of its own. */
  access: Access;
  /** The record or the destination that the path names. */
  id: string;
  /** Query and body as the contract reads them. */
  query: Q;
  body: B;
  headers: Record<string, string | undefined>;
  /** The `Idempotency-Key` header: the same key from the same caller is the same request. */
  idempotencyKey: string | undefined;
  /** API Gateway's own, which the caller has as `apigw-requestid`. */
  requestId: string;
  bytes: Buffer;
};

export type HttpAnswer = { status: number; body?: unknown; headers?: Record<string, string> };
type Event = APIGatewayProxyEventV2 & { requestContext: { authorizer?: Authorizer } };

// a method, so that handlers of certain bodies stand in one list
type Run<D, Q, B, A> = { run(deps: D, request: HttpRequest<Q, B>): Promise<A> }['run'];
/**
 * `check` finds what a schema cannot know (such as a name nobody registered); it sees the body even when the schema
 * refused it, so that a caller learns every fault at once.
 */
type Handler<D, Q, B, A> =
  | Run<D, Q, B, A>
  | { check: (deps: D, body: unknown) => Promise<Fault[]>; run: Run<D, Q, B, A> };
type ReadBy<R, M extends string> = R extends { [K in M]: infer I extends Input }
  ? Exclude<ReturnType<I['read']>, Fault[]>['value']
  : Record<string, string | undefined>;
type Handlers<D, R extends Routes> = {
  [K in keyof R & string]?: Handler<D, ReadBy<R[K], 'query'>, ReadBy<R[K], 'body'>, AnswerOf<K>>;
};
type Options<D, R, H> = {
  ready: () => Promise<D>;
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
  log,
  routes,
  handlers,
  show,
}: Options<D, Routes, Record<string, Handler<D, unknown, unknown, HttpAnswer> | undefined>>) {
  return async (event: Event): Promise<APIGatewayProxyStructuredResultV2> => {
    try {
      const [route, handler] = [routes[event.routeKey], handlers[event.routeKey]];
      if (!route || !handler) throw new InvalidInput(event.routeKey, 'no_such_route', []);
      return toResult(await answer(ready, route, handler, event));
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500) {
        log.error('request-failed', { requestId: event.requestContext.requestId, ...failure(event.routeKey, error) });
      }
      if (show) return toResult(show(problem, bytesOf(event)));
      const headers = {
        'content-type': 'application/problem+json',
        ...(problem.status === 503 && { 'retry-after': '2' }),
        ...(error instanceof NotAllowed && error.retryAfterS && { 'retry-after': String(error.retryAfterS) }),
      };
      return { statusCode: problem.status, headers, body: JSON.stringify(problem) };
    }
  };
}

async function answer<D>(
  ready: () => Promise<D>,
  route: Route,
  handler: Handler<D, unknown, unknown, HttpAnswer>,
  event: Event,
): Promise<HttpAnswer> {
  const { check, run } = 'run' in handler ? handler : { run: handler };
  const access = accessOf(event.requestContext.authorizer);
  requireAccess(event, route, access);
  const request = toRequest(event, access);
  const given = { path: event.pathParameters, query: request.query, body: route.body && parseJson(request.bytes) };
  // before anything is looked up: who may not use a destination need not learn whether it exists
  requireDestinations(
    access,
    (route.reaches.destinations ?? []).flatMap((place) => namesAt(given, place.split('.'))),
  );
  const query = route.query?.read(given.query) ?? { value: given.query };
  if (Array.isArray(query)) throw new InvalidInput('request', 'invalid_query', query);
  const body = route.body?.read(given.body) ?? { value: undefined };
  const deps = await ready();
  const faults = [...(Array.isArray(body) ? body : []), ...((await check?.(deps, given.body)) ?? [])];
  if (Array.isArray(body) || faults.length > 0) throw new InvalidInput('request', 'invalid_request', faults);
  return run(deps, { ...request, query: query.value, body: body.value });
}

/** The names that stand at a place of a request, whatever else stands there. */
function namesAt(given: unknown, [member, ...rest]: string[]): string[] {
  if (Array.isArray(given)) return given.flatMap((one) => namesAt(one, member === undefined ? [] : [member, ...rest]));
  if (member === undefined) return typeof given === 'string' ? [given] : [];
  const members: Record<string, unknown> = Object(given);
  return namesAt(members[member], rest);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const fault = { path: '', code: 'invalid_json', message: 'the body is not JSON in UTF-8' };
    throw new InvalidInput('request', 'invalid_json', [fault]);
  }
}

/** @throws InvalidInput for a key that tells nothing apart, such as one from a variable that was never set. */
function idempotencyKeyOf(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const message = 'Idempotency-Key has 1 to 255 printable characters and no space; leave it out or give a new one';
  const fault = { path: 'Idempotency-Key', code: 'invalid_idempotency_key', message };
  throw new InvalidInput('request', 'invalid_idempotency_key', [fault]);
}

/** What API Gateway's authoriser said of the key decides here; without its word only a route without a key is open. */
function requireAccess({ requestContext: { authorizer }, routeKey }: Event, route: Route, access: Access): void {
  if (route.needs === 'none') return;
  if (!authorizer) {
    throw new NotAllowed(routeKey, { code: 'key_missing', remedy: 'Send an API key: Authorization: Bearer <key>.' });
  }
  const retryAfterS = authorizer.lambda?.retryAfterS;
  if (retryAfterS !== undefined) {
    const remedy = `The key "${access.caller}" has used up its requests of this minute. Ask again in ${retryAfterS} s.`;
    throw new NotAllowed(routeKey, { code: 'rate_exceeded', remedy, retryAfterS: Number(retryAfterS) });
  }
  requireRoute(access, route);
}

function toRequest(event: Event, access: Access) {
  const headers = Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    caller: access.caller,
    access,
    id: event.pathParameters?.id ?? event.pathParameters?.name ?? '',
    query: event.queryStringParameters ?? {},
    headers,
    idempotencyKey: idempotencyKeyOf(headers['idempotency-key']),
    requestId: event.requestContext.requestId,
    bytes: bytesOf(event),
  };
}

function bytesOf({ body, isBase64Encoded }: Event): Buffer {
  // serverless-offline hands out a body of `false` or `0` as such
  return Buffer.from(String(body ?? ''), isBase64Encoded ? 'base64' : 'utf8');
}

function toResult({ status, body, headers }: HttpAnswer): APIGatewayProxyStructuredResultV2 {
  if (body === undefined) return { statusCode: status, ...(headers && { headers }) };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { statusCode: status, headers: { 'content-type': 'application/json', ...headers }, body: text };
}

function failure(operation: string, error: unknown) {
  const code = error instanceof ServiceError ? error.code : 'internal_error';
  const name = error instanceof Error ? error.name : typeof error;
  return { operation, code, error: name, cause: error instanceof ServiceError ? error.operation : undefined };
}
