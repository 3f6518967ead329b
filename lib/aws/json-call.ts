import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import aws4 from 'aws4';
import * as v from 'valibot';
import { ServiceError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { retry } from '../base/retry.ts';

export type JsonService = {
  /** Its address; the path is ignored. */
  url: string;
  /** Where not at the root. */
  path?: string;
  service: 'dynamodb' | 'events' | 'lambda' | 'secretsmanager' | 'sqs' | 'states';
  region: string;
  /** For each attempt, connecting included. */
  timeoutMs: number;
  attempts: number;
  /** Whether a call that may have arrived must not be made once more. */
  once?: boolean;
};

/** One operation, such as `AmazonSQS.SendMessage`; answers what AWS answered. */
export type JsonCall = (target: string, input: object, signal?: AbortSignal) => Promise<unknown>;

const CONTENT_TYPES = {
  dynamodb: 'application/x-amz-json-1.0',
  events: 'application/x-amz-json-1.1',
  lambda: 'application/json',
  secretsmanager: 'application/x-amz-json-1.1',
  sqs: 'application/x-amz-json-1.0',
  states: 'application/x-amz-json-1.0',
};
const CONNECT_TIMEOUT_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const Refusal = v.object({ __type: v.string(), message: v.optional(v.string()), Message: v.optional(v.string()) });
/** Errors of AWS's that a repeat may help, whatever status they come with. */
export const BUSY =
  /Throttl|ProvisionedThroughput|RequestLimit|TooManyRequests|SlowDown|LimitExceeded|InternalServerError/;

/** `until`: of `performance.now()`. */
type Asked = { target: string; body: string; attempt: number; until: number; signal?: AbortSignal };

/** One pool of connections for all calls, by address. */
const agent = new Agent({ keepAlive: true });
const plainAgent = new PlainAgent({ keepAlive: true });

/**
 * Calls a service of AWS by signed JSON, with the credentials that Lambda puts into the environment. AWS's SDK does the
 * same and more, but takes longer to load, and DingTalk waits for a callback's answer (docs/decisions/0005).
 * @throws ServiceError with AWS's own code, or `no_answer`, also when the caller gave up. Always `retryable`: a missing
 * queue or grant is for an operator to add, and no record may be lost because of it.
 */
export function createJsonCall(options: JsonService): JsonCall {
  const { url, path = '/', service, region, timeoutMs, attempts, once = false } = options;
  const { protocol, host, origin } = new URL(url);
  const plain = protocol === 'http:';

  // a connection of its own is never found closed
  function exchange(asked: Asked, again = once): Promise<unknown> {
    const { target, body, attempt, until, signal } = asked;
    const named = {
      ...{ Host: host, 'Content-Type': CONTENT_TYPES[service], 'X-Amz-Target': target },
      'Amz-Sdk-Request': `attempt=${attempt}; max=${attempts}`, // as AWS's SDKs say it
    };
    const { headers = {} } = aws4.sign({ service, region, method: 'POST', path, headers: named, body });
    const options = { method: 'POST', path, headers, ...(signal && { signal }) };
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) => reject(new AwsFailure(target, { code: 'no_answer', mayPass: true, cause }));
      const sent = plain
        ? plainRequest(origin, { ...options, agent: !again && plainAgent })
        : request(origin, { ...options, agent: !again && agent });
      const timeout = setTimeout(() => sent.destroy(new Error('no answer in time')), until - performance.now());
      sent.once('close', () => clearTimeout(timeout));
      sent.once('socket', (socket) => {
        if (!socket.connecting) return;
        const timer = setTimeout(() => sent.destroy(new Error('no connection')), CONNECT_TIMEOUT_MS);
        socket.once(plain ? 'connect' : 'secureConnect', () => clearTimeout(timer));
        socket.once('close', () => clearTimeout(timer));
      });
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', fail);
        response.once('end', () => {
          const { statusCode = 0 } = response;
          const answer = answerIn(Buffer.concat(chunks).toString('utf8'));
          if (statusCode === 200 && answer !== undefined) resolve(answer);
          else reject(refusalOf(target, statusCode, answer));
        });
      });
      sent.once('error', (cause) => {
        // A function that was frozen finds its connections closed. Once more, on a new one: a request that did arrive is
        // repeated, and every call made here may be.
        const stale = sent.reusedSocket && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
        if (stale) exchange(asked, true).then(resolve, reject);
        else fail(cause);
      });
      sent.end(body);
    });
  }

  return async (target, input, signal) => {
    const body = JSON.stringify(input);
    let attempt = 0;
    const send = () => {
      attempt += 1;
      return exchange({ target, body, attempt, until: performance.now() + timeoutMs, ...(signal && { signal }) });
    };
    return retry(send, {
      tries: attempts,
      mayPass: (error) => error instanceof AwsFailure && error.mayPass && !signal?.aborted,
      pause: (_, failed) => new Promise((go) => setTimeout(go, Math.random() * FIRST_PAUSE_MS * 2 ** failed, true)),
    });
  };
}

/** `mayPass`: whether the same call may be answered a moment later. `retryable` says the same of the whole record. */
export class AwsFailure extends ServiceError {
  readonly mayPass: boolean;

  constructor(operation: string, { code, mayPass, cause }: { code: string; mayPass: boolean; cause?: unknown }) {
    super(operation, { code, retryable: true, cause });
    this.mayPass = mayPass;
  }
}

/** A call that has nothing to answer, such as ChangeMessageVisibility, answers no JSON at all. */
function answerIn(text: string): unknown {
  return text === '' ? {} : parseJson(text);
}

function refusalOf(operation: string, status: number, answer: unknown): AwsFailure {
  const { success, output } = v.safeParse(Refusal, answer);
  const code = success ? (output.__type.split('#').at(-1) ?? '') : `http_${status}`;
  const cause = success ? new Error(output.message ?? output.Message ?? code) : undefined;
  const mayPass = status === 200 || status === 429 || status >= 500 || BUSY.test(code);
  return new AwsFailure(operation, { code, mayPass, cause });
}
