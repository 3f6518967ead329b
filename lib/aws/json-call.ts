import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import aws4 from 'aws4';
import * as v from 'valibot';
import { ServiceError } from '../base/errors.ts';

export type JsonService = {
  /** Its address; its path is not asked for. */
  url: string;
  service: 'events' | 'secretsmanager' | 'sqs';
  region: string;
  /** For each attempt, connecting included. */
  timeoutMs: number;
  attempts: number;
};

/** One operation, such as `AmazonSQS.SendMessage`; answers what AWS answered. */
export type JsonCall = (target: string, input: object, signal?: AbortSignal) => Promise<unknown>;

type Outcome = { answer: unknown } | { error: ServiceError; passing: boolean };

const CONTENT_TYPES = {
  events: 'application/x-amz-json-1.1',
  secretsmanager: 'application/x-amz-json-1.1',
  sqs: 'application/x-amz-json-1.0',
};
const CONNECT_TIMEOUT_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const Json = v.pipe(v.string(), v.parseJson());
const Refusal = v.object({ __type: v.string() });

/** They keep connections by address, whichever call they were made for. */
const agent = new Agent({ keepAlive: true });
const plainAgent = new PlainAgent({ keepAlive: true });

/**
 * Calls a service of AWS by signed JSON, with the credentials that Lambda puts into the environment. AWS's SDK does the
 * same and more, but each of its clients takes a good part of a cold start to load, and DingTalk waits for a callback's
 * answer. What passes is tried again.
 * @throws ServiceError with AWS's own code, or `no_answer`, also when the caller gave up. Always `retryable`: a queue that
 * is missing, or a grant, is an operator's to make, and no record may be given up for it.
 */
export function createJsonCall({ url, service, region, timeoutMs, attempts }: JsonService): JsonCall {
  const { protocol, host, origin } = new URL(url);
  const plain = protocol === 'http:';

  /** `until`: of `performance.now()`. */
  function exchange(
    target: string,
    body: string,
    until: number,
    signal?: AbortSignal,
    again = false,
  ): Promise<Outcome> {
    const named = { Host: host, 'Content-Type': CONTENT_TYPES[service], 'X-Amz-Target': target };
    const { headers = {} } = aws4.sign({ service, region, method: 'POST', path: '/', headers: named, body });
    const options = { method: 'POST', headers, ...(signal && { signal }) };
    return new Promise<Outcome>((resolve) => {
      const fail = (cause: unknown) => resolve({ error: failure(target, 'no_answer', cause), passing: true });
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
          resolve(outcomeOf(target, response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')));
        });
      });
      sent.once('error', (cause) => {
        // A frozen function wakes up with connections that died meanwhile. Once more, on one that is new: what did arrive
        // comes twice, which every call here stands.
        const stale = sent.reusedSocket && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
        if (stale) exchange(target, body, until, signal, true).then(resolve);
        else fail(cause);
      });
      sent.end(body);
    });
  }

  return async (target, input, signal) => {
    const body = JSON.stringify(input);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await exchange(target, body, performance.now() + timeoutMs, signal);
      if ('answer' in outcome) return outcome.answer;
      if (!outcome.passing || signal?.aborted || attempt >= attempts) throw outcome.error;
      await new Promise((go) => setTimeout(go, Math.random() * FIRST_PAUSE_MS * 2 ** attempt));
    }
  };
}

/** A call that has nothing to answer, such as ChangeMessageVisibility, answers no JSON at all. */
function outcomeOf(target: string, status: number, text: string): Outcome {
  const json = v.safeParse(Json, text || '{}');
  if (status === 200 && json.success) return { answer: json.output };
  const refusal = v.safeParse(Refusal, json.output);
  const code = refusal.success ? (refusal.output.__type.split('#').at(-1) ?? '') : `http_${status}`;
  const passing =
    status === 200 || status === 429 || status >= 500 || /Throttl|TooManyRequests|LimitExceeded/.test(code);
  return { error: failure(target, code), passing };
}

function failure(target: string, code: string, cause?: unknown): ServiceError {
  return new ServiceError(target, { code, retryable: true, cause });
}
