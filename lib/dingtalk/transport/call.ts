import * as v from 'valibot';
import { DingTalkRefusal, DingTalkUnreachable } from '../../base/dingtalk-errors.ts';
import { isRetryable } from '../../base/errors.ts';
import { retry } from '../../base/retry.ts';
import type { TokenProvider } from '../token/access-token.ts';
import type { Host } from './answer.ts';
import { refusedSend, refusedWithFreshToken, unreadableAnswer } from './errors.ts';
import { type ExchangeDeps, exchange } from './exchange.ts';
import type { HttpRequest } from './http.ts';

export type Call<S extends v.GenericSchema> = {
  /** Names the call in errors, such as `robot.sendToGroup`. */
  operation: string;
  host: Host;
  method: HttpRequest['method'];
  path: string;
  query?: Record<string, string | undefined>;
  /** Sent as JSON. */
  body?: Record<string, unknown>;
  /** Sent as it is, in place of `body`. */
  raw?: { contentType: string; body: HttpRequest['body'] & object };
  reply: S;
  /** Safe to repeat: reads, to-dos with their source id, uploads. Sends are not. */
  repeatable?: boolean;
  /** One try. */
  timeoutMs?: number;
  /** All tries and the pauses between them. */
  overallMs?: number;
  /** Turns a refusal into a reply where the error code means "done already". */
  rescue?: (refused: { code: string; text: string }) => v.InferOutput<S> | undefined;
};

export type CallDeps = ExchangeDeps & {
  tokens: TokenProvider;
  urls: { api: string; oapi: string };
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  random: () => number;
};

/** One call to DingTalk. @throws DingTalkRefusal, DingTalkUnreachable, and what the token provider throws. */
export type Caller = <S extends v.GenericSchema>(call: Call<S>) => Promise<v.InferOutput<S>>;

const TIMEOUT_MS = 10_000;
const OVERALL_MS = 15_000;
/** With less than this left nothing is sent: it would be cut off, and its outcome unknown. */
const LEAST_MS = 1_000;
const TRIES = 3;
const BACKOFF_MS = 400;
const BACKOFF_CEILING_MS = 4_000;

export function createCaller(deps: CallDeps): Caller {
  const { now, sleep, random } = deps;
  return async (call) => {
    const deadline = now() + (call.overallMs ?? OVERALL_MS);
    return retry(() => once(deps, call, deadline), {
      tries: TRIES,
      mayPass: (error) => mayRepeat(call.repeatable ?? false, error),
      async pause(error, failed) {
        const asked = error instanceof DingTalkRefusal ? (error.waitMs ?? 0) : 0;
        const pauseMs = asked + random() * Math.min(BACKOFF_CEILING_MS, BACKOFF_MS * 2 ** (failed - 1)); // full jitter
        if (now() + pauseMs + LEAST_MS > deadline) return false;
        await sleep(pauseMs);
        return true;
      },
    });
  };
}

/** A request that did not arrive may be repeated; one that may have arrived only if it is repeatable. */
function mayRepeat(repeatable: boolean, error: unknown): boolean {
  if (error instanceof DingTalkUnreachable) return repeatable || error.arrived === 'no';
  // an error of a streamed body's source is not an answer of DingTalk
  return repeatable && isRetryable(error);
}

/** One exchange; a second one when the token was refused. */
async function once<S extends v.GenericSchema>(deps: CallDeps, call: Call<S>, deadline: number) {
  const token = await tokenFor(call.operation, deps.tokens.get());
  try {
    return await callWith(deps, call, token, deadline);
  } catch (error) {
    if (!isTokenRefusal(error)) throw error;
    const fresh = await tokenFor(call.operation, deps.tokens.reject(token));
    try {
      return await callWith(deps, call, fresh, deadline);
    } catch (again) {
      throw isTokenRefusal(again) ? refusedWithFreshToken(again) : again;
    }
  }
}

/** When there is no token, the call that needed it was not made. */
async function tokenFor(operation: string, token: Promise<string>): Promise<string> {
  try {
    return await token;
  } catch (cause) {
    const passing = cause instanceof DingTalkRefusal && (cause.class === 'transient' || cause.class === 'unknown');
    if (!passing && !(cause instanceof DingTalkUnreachable)) throw cause;
    throw new DingTalkUnreachable(operation, { code: 'token_unavailable', arrived: 'no', cause });
  }
}

async function callWith<S extends v.GenericSchema>(deps: CallDeps, call: Call<S>, token: string, deadline: number) {
  const { operation, host, reply } = call;
  const left = deadline - deps.now();
  if (left < LEAST_MS) throw new DingTalkUnreachable(operation, { code: 'no_time_left', arrived: 'no' });
  const timeoutMs = Math.min(call.timeoutMs ?? TIMEOUT_MS, left);
  const request = requestFor(deps.urls, call, token, timeoutMs);
  const { status, reading } = await exchange(deps, { operation, host, request, secrets: [token] });
  if (!reading.good) {
    const rescued = reading.fault && call.rescue?.(reading.fault);
    if (rescued !== undefined) return rescued;
    throw call.repeatable ? reading.refusal : refusedSend(reading.refusal);
  }
  const parsed = v.safeParse(reply, reading.value);
  if (!parsed.success) throw unreadableAnswer(operation, status);
  return parsed.output;
}

/** The new host takes the token in a header, the old one in the query (messaging.md §1.7). */
function requestFor<S extends v.GenericSchema>(
  urls: CallDeps['urls'],
  { host, method, path, query = {}, body, raw }: Call<S>,
  token: string,
  timeoutMs: number,
): HttpRequest {
  const url = new URL(urls[host].replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (host === 'oapi') url.searchParams.set('access_token', token);
  else headers['x-acs-dingtalk-access-token'] = token;
  if (raw) headers['content-type'] = raw.contentType;
  else if (body) headers['content-type'] = 'application/json; charset=utf-8';
  const content = raw?.body ?? (body && JSON.stringify(body));
  return { method, url: url.href, headers, timeoutMs, ...(content !== undefined && { body: content }) };
}

function isTokenRefusal(error: unknown): error is DingTalkRefusal {
  return error instanceof DingTalkRefusal && error.class === 'token';
}
