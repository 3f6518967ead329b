import { Agent as PlainAgent, request as requestPlain } from 'node:http';
import { request as requestTls, Agent as TlsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { ServiceError } from '../errors.ts';
import { type Arrived, DingTalkUnreachable } from './errors.ts';

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
  /** For each step of an exchange with a streamed body: no byte taken, none given for so long. */
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

export type HttpOptions = { now?: () => number; connectTimeoutMs?: number; keepAliveMs?: number; answerBytes?: number };

/** On Node's own client: AWS's clients have it loaded anyhow, and another adds a third to a cold start. */
export function createHttp({
  now = Date.now,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
  keepAliveMs = KEEP_ALIVE_MS,
  answerBytes = ANSWER_BYTES,
}: HttpOptions = {}): Http {
  let agents = createAgents(keepAliveMs);
  let lastUsedAt = now();

  return async (request) => {
    // A function that was frozen wakes up with connections that died meanwhile, before their timers could say so:
    // a message written to one of them would have an unknown outcome.
    if (now() - lastUsedAt > keepAliveMs) agents = createAgents(keepAliveMs);
    lastUsedAt = now();
    try {
      return await exchange(request, { agents, connectTimeoutMs, answerBytes });
    } finally {
      lastUsedAt = now();
    }
  };
}

/** What is idle for so long is closed; the agents that nobody uses any more end with their connections. */
function createAgents(keepAliveMs: number) {
  const options = { keepAlive: true, timeout: keepAliveMs };
  return { plain: new PlainAgent(options), tls: new TlsAgent(options) };
}

type Means = { agents: ReturnType<typeof createAgents>; connectTimeoutMs: number; answerBytes: number };

function exchange(request: HttpRequest, { agents, connectTimeoutMs, answerBytes }: Means): Promise<HttpAnswer> {
  const url = new URL(request.url);
  const tls = url.protocol === 'https:';
  const { method, body } = request;
  return new Promise((resolve, reject) => {
    let arrived: Arrived = 'no';
    let received = 0;
    let done = false;
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => fail('timeout'), request.timeoutMs);
    const connecting = setTimeout(() => fail('connect_failed'), connectTimeoutMs);
    const idle = isStreamed(body) ? setTimeout(() => fail('stalled'), request.idleMs ?? IDLE_MS) : undefined;
    const headers = { ...request.headers, ...lengthOf(body) };
    const sent = tls
      ? requestTls(url, { method, headers, agent: agents.tls })
      : requestPlain(url, { method, headers, agent: agents.plain });
    let source: Readable | undefined;

    /** What is not whole by now is cut off, so that no other request meets its remains. */
    function finish(): void {
      done = true;
      for (const each of [timer, connecting, idle]) clearTimeout(each);
      source?.destroy();
      if (!sent.writableFinished) sent.destroy();
    }

    function fail(code: string, cause?: unknown): void {
      if (done) return;
      finish();
      sent.destroy();
      // what the body's own source says is no fault of DingTalk's
      if (cause instanceof ServiceError) reject(cause);
      else reject(new DingTalkUnreachable(`${method} ${url.pathname}`, { code, arrived, cause }));
    }

    function connected(): void {
      clearTimeout(connecting);
      arrived = 'maybe';
    }

    // Until there is a connection nothing can have arrived: what was written waits for it.
    sent.once('socket', (socket) => {
      if (sent.reusedSocket) connected();
      else socket.once(tls ? 'secureConnect' : 'connect', connected);
    });
    sent.on('error', (cause) => fail(arrived === 'no' ? 'connect_failed' : 'cut', cause));
    sent.once('response', (response) => {
      response.on('error', (cause) => fail('cut', cause));
      response.on('data', (chunk: Buffer) => {
        idle?.refresh();
        received += chunk.length;
        if (received > answerBytes) fail('answer_too_large');
        else chunks.push(chunk);
      });
      response.once('end', () => {
        if (done) return;
        finish();
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: flatten(response.headers), text });
      });
    });
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return void sent.end(body);
    source = isStreamed(body) ? readable(body, () => idle?.refresh()) : Readable.from(body);
    source.on('error', (cause) => fail('cut', cause));
    source.pipe(sent);
  });
}

function isStreamed(body: HttpRequest['body']): body is Streamed {
  return typeof body === 'object' && 'open' in body;
}

/** Told in any case, so that a body never goes in chunks. */
function lengthOf(body: HttpRequest['body']): Record<string, string> {
  if (body === undefined) return {};
  if (isStreamed(body)) return { 'content-length': String(body.length) };
  const parts = Array.isArray(body) ? body : [body];
  return { 'content-length': String(parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)) };
}

/** Just the bytes that were announced: a body that turns out shorter or longer is an error. */
function readable(body: Streamed, onChunk: () => void): Readable {
  async function* chunks() {
    let left = body.length;
    for await (const chunk of body.open()) {
      onChunk();
      left -= chunk.byteLength;
      if (left < 0) break;
      yield chunk;
    }
    if (left !== 0) throw new Error(`the body is not of the ${body.length} bytes that were announced`);
  }
  return Readable.from(chunks(), { objectMode: false, highWaterMark: CHUNK_BYTES });
}

function flatten(fields: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
