import { Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';
import { type Arrived, DingTalkUnreachable } from '../../base/dingtalk-errors.ts';
import { ServiceError } from '../../base/errors.ts';
import { connectThrough } from './proxy.ts';

/** A body too large to hold: its exact length, and its bytes, from the beginning at each call. */
export type Streamed = { length: number; open(): AsyncIterable<Uint8Array> };

export type HttpRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** Always sent with its exact Content-Length; parts are sent one after the other. */
  body?: string | Uint8Array | Uint8Array[] | Streamed;
  /** For the whole exchange, connecting included. */
  timeoutMs: number;
  /** Idle limit of an exchange with a streamed body: the longest time without a byte sent or received. */
  idleMs?: number;
};

/** `headers` have lower-case names. */
export type HttpAnswer = { status: number; headers: Record<string, string>; text: string };

/**
 * One exchange, never repeated. @throws DingTalkUnreachable when there was no whole answer, and whatever a streamed body
 * throws while it is read.
 */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
const ANSWER_BYTES = 1024 * 1024;
const IDLE_MS = 30_000;
const CHUNK_BYTES = 64 * 1024;

export type HttpOptions = {
  now?: () => number;
  connectTimeoutMs?: number;
  keepAliveMs?: number;
  answerBytes?: number;
  /** The address of a proxy that all goes through, by CONNECT; with user and password if it asks for them. */
  proxy?: string | undefined;
};

/** undici is loaded by the first exchange: it is a fifth of a cold start, and many calls of the functions need none. */
export function createHttp({
  now = Date.now,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
  keepAliveMs = KEEP_ALIVE_MS,
  answerBytes = ANSWER_BYTES,
  proxy,
}: HttpOptions = {}): Http {
  const options: Agent.Options = {
    allowH2: false,
    connect: proxy === undefined ? { timeout: connectTimeoutMs } : connectThrough(proxy, connectTimeoutMs),
    headersTimeout: 0, // the exchange has one timeout, below
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
  };
  let agent: Agent | undefined;
  let lastUsedAt = now();

  return async (request) => {
    const undici = await import('undici/lib/dispatcher/agent.js'); // the whole of undici takes more than twice as long
    // After a freeze, connections may be closed by the peer while their timers have not fired yet: a message written
    // to one of them would have an unknown outcome.
    if (now() - lastUsedAt > keepAliveMs) {
      void agent?.close();
      agent = undefined;
    }
    agent ??= new undici.default(options);
    lastUsedAt = now();
    try {
      return await exchange(agent, request, answerBytes);
    } finally {
      lastUsedAt = now();
    }
  };
}

function exchange(agent: Agent, request: HttpRequest, answerBytes: number): Promise<HttpAnswer> {
  const url = new URL(request.url);
  const operation = `${request.method} ${url.pathname}`;
  const { body = null, headers: given = {} } = request;
  return new Promise((resolve, reject) => {
    let arrived: Arrived = 'no';
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: Record<string, string> = {};
    let received = 0;
    let done = false;
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => fail('timeout'), request.timeoutMs);
    const idle = isStreamed(body) ? setTimeout(() => fail('stalled'), request.idleMs ?? IDLE_MS) : undefined;

    function finish(): void {
      done = true;
      clearTimeout(timer);
      clearTimeout(idle);
    }

    function fail(code: string, cause?: unknown): void {
      if (done) return;
      finish();
      // an error of the body's source is passed on as it is
      if (cause instanceof ServiceError) reject(cause);
      else reject(new DingTalkUnreachable(operation, { code, arrived, cause }));
      controller?.abort(new Error(code));
    }

    const handler: Dispatcher.DispatchHandler = {
      // undici calls this when it has a connection and is about to write: before that nothing can have arrived
      onRequestStart(started) {
        if (done) return started.abort(new Error('timeout'));
        controller = started;
        arrived = 'maybe';
      },
      onResponseStart(_, statusCode, fields) {
        status = statusCode;
        headers = flatten(fields);
      },
      onResponseData(_, chunk) {
        idle?.refresh();
        received += chunk.length;
        if (received > answerBytes) return fail('answer_too_large');
        chunks.push(chunk);
      },
      onResponseEnd() {
        if (done) return;
        finish();
        resolve({ status, headers, text: Buffer.concat(chunks).toString('utf8') });
      },
      onResponseError(_, cause) {
        fail(arrived === 'no' ? 'connect_failed' : 'cut', cause);
      },
    };
    const options: Dispatcher.DispatchOptions = {
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: { ...given, ...lengthOf(body) },
      body: sendable(body, () => idle?.refresh()),
    };
    agent.dispatch(options, handler);
  });
}

/** The body as undici sends it: bytes and text at once, anything else as a stream. */
function sendable(body: NonNullable<HttpRequest['body']> | null, onChunk: () => void) {
  if (isStreamed(body)) return readable(body, onChunk);
  return Array.isArray(body) ? Readable.from(body) : body;
}

function isStreamed(body: HttpRequest['body'] | null): body is Streamed {
  return typeof body === 'object' && body !== null && 'open' in body;
}

/** undici uses the given length, and fails when the body is shorter or longer. */
function lengthOf(body: HttpRequest['body'] | null): Record<string, string> {
  if (Array.isArray(body)) return { 'content-length': String(byteLength(body)) };
  return isStreamed(body) ? { 'content-length': String(body.length) } : {};
}

function readable(body: Streamed, onChunk: () => void): Readable {
  async function* chunks() {
    for await (const chunk of body.open()) {
      onChunk();
      yield chunk;
    }
  }
  return Readable.from(chunks(), { objectMode: false, highWaterMark: CHUNK_BYTES });
}

function byteLength(parts: Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

function flatten(fields: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
