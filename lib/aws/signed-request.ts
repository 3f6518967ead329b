import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import aws4 from 'aws4';
import { ServiceError } from '../base/errors.ts';
import { retry } from '../base/retry.ts';

export type SignedRequest = {
  /** Names the call in errors. */
  operation: string;
  /** Where the service is; what follows the host is ignored. */
  url: string;
  service: string;
  region: string;
  method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** For each attempt, connecting and reading included. */
  timeoutMs: number;
  attempts: number;
  signal?: AbortSignal | undefined;
  /** Whether a request that may have arrived must not be made once more. */
  once?: boolean;
};

/** Makes of an answer what its caller wants of it. @throws AwsFailure where AWS refused */
type Read<T> = (answer: IncomingMessage) => Promise<T>;
/** One attempt; `until`: of `performance.now()`. */
type Attempt = SignedRequest & { until: number; alone: boolean };

const CONNECT_TIMEOUT_MS = 1_000;
const FIRST_PAUSE_MS = 100;
/** Errors of AWS's that a repeat may help, whatever status they come with. */
export const BUSY =
  /Throttl|ProvisionedThroughput|RequestLimit|TooManyRequests|SlowDown|LimitExceeded|InternalServerError/;

/** One pool of connections for all calls, by address. */
const agent = new Agent({ keepAlive: true });
const plainAgent = new PlainAgent({ keepAlive: true });

/**
 * Makes a request of AWS, with the credentials that Lambda puts into the environment, and answers what `read` makes of its
 * answer; again while that may help. AWS's SDK does the same and more, but takes longer to load (docs/decisions/0005).
 * @throws ServiceError `no_answer`, also when the caller gave up, and what `read` throws
 */
export function signedRequest<T>(asked: SignedRequest, read: Read<T>): Promise<T> {
  const { attempts, timeoutMs, signal, once: alone = false } = asked;
  let attempt = 0;
  const send = () => {
    attempt += 1;
    // as AWS's SDKs say it
    const headers = { ...asked.headers, 'Amz-Sdk-Request': `attempt=${attempt}; max=${attempts}` };
    return exchange({ ...asked, headers, until: performance.now() + timeoutMs, alone }, read);
  };
  return retry(send, {
    tries: attempts,
    mayPass: (error) => error instanceof AwsFailure && error.mayPass && !signal?.aborted,
    pause: (_, failed) => new Promise((go) => setTimeout(go, Math.random() * FIRST_PAUSE_MS * 2 ** failed, true)),
  });
}

// a connection of its own is never found closed
function exchange<T>(asked: Attempt, read: Read<T>): Promise<T> {
  const { operation, url, service, region, method, path, headers: named, body, until, signal, alone } = asked;
  const { protocol, host, origin } = new URL(url);
  const plain = protocol === 'http:';
  const unsigned = { service, region, method, path, headers: { Host: host, ...named } };
  const { headers = {} } = aws4.sign({ ...unsigned, ...(body !== undefined && { body }) });
  const options = { method, path, headers, ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(new AwsFailure(operation, { code: 'no_answer', mayPass: true, cause }));
    const sent = plain
      ? plainRequest(origin, { ...options, agent: !alone && plainAgent })
      : request(origin, { ...options, agent: !alone && agent });
    const timeout = setTimeout(() => sent.destroy(new Error('no answer in time')), until - performance.now());
    sent.once('close', () => clearTimeout(timeout));
    sent.once('socket', (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(() => sent.destroy(new Error('no connection')), CONNECT_TIMEOUT_MS);
      socket.once(plain ? 'connect' : 'secureConnect', () => clearTimeout(timer));
      socket.once('close', () => clearTimeout(timer));
    });
    let answered = false;
    sent.once('response', (answer) => {
      answered = true;
      read(answer)
        .then(resolve, (cause: unknown) => (cause instanceof AwsFailure ? reject(cause) : fail(cause)))
        .finally(() => clearTimeout(timeout));
    });
    sent.once('error', (cause) => {
      // A function that was frozen finds its connections closed. Once more, on a new one: a request that did arrive is
      // repeated, and every call made here may be. An answer that breaks is its reader's to see.
      const stale = sent.reusedSocket && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
      if (stale && !answered) exchange({ ...asked, alone: true }, read).then(resolve, reject);
      else fail(cause);
    });
    sent.end(body);
  });
}

/** The whole of an answer. */
export function textOf(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.once('error', reject);
    answer.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

/** `mayPass`: whether the same call may be answered a moment later. `retryable` says the same of the whole record. */
export class AwsFailure extends ServiceError {
  readonly mayPass: boolean;

  constructor(operation: string, { code, mayPass, cause }: { code: string; mayPass: boolean; cause?: unknown }) {
    super(operation, { code, retryable: true, cause });
    this.mayPass = mayPass;
  }
}

/** What AWS said, with its code. */
export function refused(operation: string, { status, code, cause }: { status: number; code: string; cause?: unknown }) {
  const mayPass = status === 200 || status === 429 || status >= 500 || BUSY.test(code);
  return new AwsFailure(operation, { code, mayPass, cause });
}
