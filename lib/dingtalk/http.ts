// Node's own client: the AWS SDK has loaded it already, where undici costs every cold start some 40 ms and 450 kB.
import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { type Arrived, DingTalkUnreachable } from './errors.ts';

export type HttpRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** Always sent with its exact Content-Length; parts are sent one after the other. */
  body?: string | Uint8Array | Uint8Array[];
  /** For the whole exchange, connecting included. */
  timeoutMs: number;
};

/** `headers` have lower-case names. */
export type HttpAnswer = { status: number; headers: Record<string, string>; text: string };

/** One exchange, never repeated. @throws DingTalkUnreachable when there was no whole answer. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

export type HttpOptions = { now?: () => number; connectTimeoutMs?: number; keepAliveMs?: number; answerBytes?: number };

const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
const ANSWER_BYTES = 1024 * 1024;

type Limits = { connectTimeoutMs: number; answerBytes: number };
type Agents = ReturnType<typeof createAgents>;

/** Keeps connections open between requests, for both schemes. */
export function createHttp({
  now = Date.now,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
  keepAliveMs = KEEP_ALIVE_MS,
  answerBytes = ANSWER_BYTES,
}: HttpOptions = {}): Http {
  let agents = createAgents(keepAliveMs);
  let lastUsedAt = now();
  let running = 0;

  return async (request) => {
    // A function that was frozen wakes up with connections that died meanwhile, before their timers could say so:
    // a message written to one of them would have an unknown outcome.
    if (running === 0 && now() - lastUsedAt > keepAliveMs) {
      for (const agent of Object.values(agents)) agent.destroy();
      agents = createAgents(keepAliveMs);
    }
    running++;
    try {
      return await exchange(agents, request, { connectTimeoutMs, answerBytes });
    } finally {
      running--;
      lastUsedAt = now();
    }
  };
}

function createAgents(keepAliveMs: number) {
  const options = { keepAlive: true, timeout: keepAliveMs }; // an idle connection is closed after that
  return { 'http:': new PlainAgent(options), 'https:': new TlsAgent(options) };
}

function exchange(agents: Agents, { method, url, headers, body, timeoutMs }: HttpRequest, limits: Limits) {
  const { protocol, pathname } = new URL(url);
  const isTls = protocol === 'https:';
  const parts =
    body === undefined ? [] : [body].flat().map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const options = { method, headers: { ...headers, ...(body !== undefined && { 'content-length': length }) } };

  return new Promise<HttpAnswer>((resolve, reject) => {
    let arrived: Arrived = 'no';
    const request: ClientRequest = isTls
      ? tlsRequest(url, { ...options, agent: agents['https:'] })
      : plainRequest(url, { ...options, agent: agents['http:'] });

    const fail = (code: string, cause?: unknown) => {
      reject(new DingTalkUnreachable(`${method} ${pathname}`, { code, arrived, cause }));
      request.destroy();
    };
    const overall = setTimeout(() => fail('timeout'), timeoutMs);
    const connecting = setTimeout(() => {
      if (arrived === 'no') fail('connect_failed');
    }, limits.connectTimeoutMs);
    request.once('close', () => {
      clearTimeout(overall);
      clearTimeout(connecting);
    });

    // nothing is written before the connection (and its TLS) stands: until then nothing can have arrived
    request.once('socket', (socket) => {
      const connected = () => {
        arrived = 'maybe';
      };
      if (socket.connecting) socket.once(isTls ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    request.on('error', (cause) => fail(arrived === 'no' ? 'connect_failed' : 'cut', cause));
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > limits.answerBytes) fail('answer_too_large');
        else chunks.push(chunk);
      });
      response.on('error', (cause) => fail('cut', cause));
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: flatten(response.headers), text });
      });
    });
    for (const part of parts) request.write(part);
    request.end();
  });
}

function flatten(fields: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
