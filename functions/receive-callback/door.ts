import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { embeddedMetric } from '../../lib/base/embedded-metric.ts';
import { ServiceError } from '../../lib/base/errors.ts';
import { writeLine } from '../../lib/lambda/metric.ts';
import type { CallbackRequest } from './receive-callback.ts';

export type Door<D> = (deps: D, request: CallbackRequest) => Promise<unknown>;

export type DoorOptions<D> = {
  ready: () => Promise<D>;
  maxBytes: number;
  /** From the start of the invocation to the answer, reading the secret included. */
  budgetMs: number;
  doors: Record<string, Door<D>>;
  /** Notes that something was refused, so that it is looked for on DingTalk's failed list. */
  noteRefusal(deps: D): Promise<void>;
  stage?: string | undefined;
};

/**
 * The Lambda of the callback doors. All refusals have the same answer; a callback that could not be stored in time gets a
 * 503, so that DingTalk repeats it. It writes its own log lines: a logging library would slow the cold start.
 */
export function doorHandler<D>({ ready, maxBytes, budgetMs, doors, noteRefusal, stage = 'local' }: DoorOptions<D>) {
  const refusals = notedOnce(async () => noteRefusal(await ready()));
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const bytes = Buffer.from(String(event.body ?? ''), event.isBase64Encoded ? 'base64' : 'utf8');
    if (bytes.length > maxBytes) return problem(413, 'body_too_large');
    const door = doors[event.routeKey];
    if (!door) return problem(404, 'no_such_route');
    const deadline = startDeadline(budgetMs);
    const request = {
      app: event.pathParameters?.app,
      headers: Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value])),
      query: event.queryStringParameters ?? {},
      bytes,
      requestId: event.requestContext.requestId,
      signal: deadline.signal,
    };
    try {
      const answer = await Promise.race([ready().then((deps) => door(deps, request)), deadline.passed]);
      await Promise.race([refusals.settle(), deadline.over]);
      return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
    } catch (error) {
      refusals.owe();
      await Promise.race([refusals.settle(), deadline.over]);
      return refusal(error, { route: event.routeKey, requestId: request.requestId }, stage);
    } finally {
      deadline.clear();
      tellSlow(event, stage);
    }
  };
}

/** DingTalk waits 1,200 ms at the least (callbacks.md §2.5). */
const SLOW_MS = 1_000;
/** API Gateway's own patience: a longer time is none of ours. */
const NO_TIME_MS = 30_000;

/** Counts an answer that took long since API Gateway had the request: the start of the function is in it. */
function tellSlow({ routeKey, requestContext: { timeEpoch, requestId } }: APIGatewayProxyEventV2, stage: string) {
  const ms = Date.now() - timeEpoch;
  if (!(ms >= SLOW_MS && ms <= NO_TIME_MS)) return;
  writeLine({
    ...{ level: 'WARN', message: 'callback-slow', service: 'receive-callback', route: routeKey, requestId, ms },
    timestamp: new Date().toISOString(),
    ...embeddedMetric(stage, Date.now(), ['CallbacksSlow', 1]),
  });
}

/** Logs and counts why nothing was stored, and answers it without saying why. */
function refusal(error: unknown, fields: Record<string, string>, stage: string): APIGatewayProxyStructuredResultV2 {
  const refused = error instanceof ServiceError && error.name === 'CallbackRefusal';
  const name = error instanceof Error ? error.name : 'unknown';
  writeLine({
    ...(refused
      ? { level: 'WARN', message: 'callback-refused' }
      : { level: 'ERROR', message: 'callback-store-failed' }),
    ...{ service: 'receive-callback', ...fields, code: error instanceof ServiceError ? error.code : name },
    timestamp: new Date().toISOString(),
    ...embeddedMetric(stage, Date.now(), [refused ? 'CallbacksRefused' : 'CallbacksNotStored', 1]),
  });
  return refused ? problem(403, 'callback_refused') : problem(503, 'callback_not_stored');
}

function startDeadline(budgetMs: number) {
  const controller = new AbortController();
  const { promise: passed, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    // First, so that the answer names the deadline and not the aborted call.
    reject(new ServiceError('callback.answer', { code: 'out_of_budget', retryable: true }));
    controller.abort();
  }, budgetMs);
  const over = passed.catch(() => undefined);
  return { passed, over, signal: controller.signal, clear: () => clearTimeout(timer) };
}

const NOTED_FOR_MS = 3_600_000;

/**
 * A refusal is noted within the time of its answer, or else of the next one: then the table may be there again. Once an
 * hour a container, since anybody can be refused.
 */
function notedOnce(note: () => Promise<void>) {
  let owed = false;
  let notedAt = Number.NEGATIVE_INFINITY;
  return {
    owe() {
      owed = Date.now() - notedAt >= NOTED_FOR_MS;
    },
    async settle(): Promise<void> {
      if (!owed) return;
      await note().then(
        () => {
          owed = false;
          notedAt = Date.now();
        },
        () => undefined,
      );
    },
  };
}

const REMEDIES: Record<string, string> = {
  callback_refused: 'Check token, AES key, receiver id and secret of this app on both sides.',
  callback_not_stored: 'Nothing was kept. Push it again.',
  body_too_large: 'Send a smaller body.',
  no_such_route: 'Use /dingtalk/events, /dingtalk/robot or /dingtalk/cards, or /dingtalk/{app}/… for another app.',
};

function problem(status: number, code: string): APIGatewayProxyStructuredResultV2 {
  const body = {
    type: `/problems/${code}`,
    title: 'The callback was not taken',
    status,
    code,
    remedy: REMEDIES[code],
  };
  const headers = { 'content-type': 'application/problem+json', ...(status === 503 && { 'retry-after': '2' }) };
  return { statusCode: status, headers, body: JSON.stringify(body) };
}
