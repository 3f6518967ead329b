import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { type Access, requireDestinations, requireRoute } from '../base/access.ts';
import { type Fault, InvalidInput, NotAllowed, ServiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type Authorizer, accessOf } from './caller.ts';
import { type Problem, problemOf } from './problem.ts';

/** What a route sees of a request. Header names are lower case; `bytes` is the body exactly as it was sent. */
export type HttpRequest = {
  caller: string;
  /** What the caller's key allows; all on a route that asks for no key, since it has a proof of its own. */
  access: Access;
  params: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  headers: Record<string, string | undefined>;
  /** The `Idempotency-Key` header: the same key from the same caller is the same request. */
  idempotencyKey: string | undefined;
  /** API Gateway's own, which the caller has as `apigw-requestid`. */
  requestId: string;
  bytes: Buffer;
};

export type HttpAnswer = { status: number; body?: unknown; headers?: Record<string, string> };
export type Route<D> = (deps: D, request: HttpRequest) => Promise<HttpAnswer>;
type Event = APIGatewayProxyEventV2 & { requestContext: { authorizer?: Authorizer } };

/**
 * One Lambda behind an HTTP API (payload 2.0): finds the route, answers JSON, turns failures into problem documents, or
 * into what `show` makes of them where people read the answer.
 */
export function httpHandler<D>(
  ready: () => Promise<D>,
  log: Log,
  routes: Record<string, Route<D>>,
  show?: (problem: Problem, bytes: Buffer) => HttpAnswer,
) {
  return async (event: Event): Promise<APIGatewayProxyStructuredResultV2> => {
    try {
      const run = routes[event.routeKey];
      if (!run) throw new InvalidInput(event.routeKey, 'no_such_route', [], 404);
      requireAccess(event);
      return toResult(await run(await ready(), toRequest(event)));
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

/**
 * A route with a JSON body. `moreFaults` finds what a schema cannot know (such as a name nobody registered); it sees the
 * body even when the schema refused it, so that a caller learns every fault at once.
 */
export function withBody<D, S extends v.GenericSchema>(
  schema: S,
  moreFaults: (deps: D, body: unknown) => Promise<Fault[]>,
  run: (deps: D, body: v.InferOutput<S>, request: HttpRequest) => Promise<HttpAnswer>,
): Route<D> {
  return async (deps, request) => {
    const body = parseJson(request.bytes);
    // before anything is looked up: who may not use a destination need not learn whether it exists
    requireDestinations(request.access, destinationsIn(body));
    const parsed = v.safeParse(schema, body);
    const faults = [...schemaFaults(parsed.issues ?? []), ...(await moreFaults(deps, body))];
    if (!parsed.success || faults.length > 0) throw new InvalidInput('request', 'invalid_request', faults);
    return run(deps, parsed.output, request);
  };
}

/** Whatever the request, `to` and `notify` name destinations. */
function destinationsIn(body: unknown): string[] {
  const given = v.safeParse(v.object({ to: v.optional(v.unknown()), notify: v.optional(v.unknown()) }), body);
  if (!given.success) return [];
  return [given.output.to, given.output.notify].flat().filter((name) => typeof name === 'string');
}

/** A schema's issues as faults: where, what is wrong, what is expected. */
export function schemaFaults(issues: readonly v.BaseIssue<unknown>[]): Fault[] {
  return issues.map((issue) => {
    const path = v.getDotPath(issue) ?? '';
    if (issue.type === 'strict_object' && issue.expected === 'never') {
      return { path, code: 'unknown_field', message: `"${path}" is no field of this request` };
    }
    if (issue.received === 'undefined' && issue.expected) {
      return { path, code: 'missing_field', message: `"${path}" is missing` };
    }
    return { path, code: issue.type, message: issue.message };
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const fault = { path: '', code: 'invalid_json', message: 'the body is not JSON in UTF-8' };
    throw new InvalidInput('request', 'invalid_json', [fault], 400);
  }
}

/** @throws InvalidInput for a key that tells nothing apart, such as one from a variable that was never set. */
function idempotencyKeyOf(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const message = 'Idempotency-Key has 1 to 255 printable characters and no space; leave it out or give a new one';
  const fault = { path: 'Idempotency-Key', code: 'invalid_idempotency_key', message };
  throw new InvalidInput('request', 'invalid_idempotency_key', [fault], 400);
}

/** What API Gateway's authoriser said of the key decides here, for every route alike (functions/authorize). */
function requireAccess({ routeKey, pathParameters, requestContext }: Event): void {
  const { authorizer } = requestContext;
  if (!authorizer) return;
  const access = accessOf(authorizer);
  const retryAfterS = authorizer.lambda?.retryAfterS;
  if (retryAfterS !== undefined) {
    const remedy = `The key "${access.caller}" has used up its requests of this minute. Ask again in ${retryAfterS} s.`;
    throw new NotAllowed(routeKey, { code: 'rate_exceeded', remedy, retryAfterS: Number(retryAfterS) });
  }
  requireRoute(access, routeKey);
  const name = pathParameters?.name;
  if (name !== undefined) requireDestinations(access, [name]);
}

function toRequest(event: Event): HttpRequest {
  const headers = Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const access = accessOf(event.requestContext.authorizer);
  return {
    caller: access.caller,
    access,
    params: event.pathParameters ?? {},
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
