import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import aws4 from 'aws4';
import * as v from 'valibot';
import { ServiceError } from '../errors.ts';

export type JsonService = {
  /** Its address; its path is not asked for. */
  url: string;
  service: 'sqs' | 'secretsmanager';
  region: string;
  /** For each attempt, connecting included. */
  timeoutMs: number;
  attempts: number;
};

/** One operation, such as `AmazonSQS.SendMessage`; answers what AWS answered. */
export type JsonCall = (target: string, input: object, signal?: AbortSignal) => Promise<unknown>;

const CONTENT_TYPES = { sqs: 'application/x-amz-json-1.0', secretsmanager: 'application/x-amz-json-1.1' };
const FIRST_PAUSE_MS = 100;
const Refusal = v.object({ __type: v.string() });

/**
 * Calls a service of AWS by signed JSON, with the credentials that Lambda puts into the environment. AWS's SDK does the
 * same and more, but it takes four times as long to load, and DingTalk waits for a callback's answer.
 * @throws ServiceError with AWS's own code, or `no_answer`, also when the caller gave up.
 */
export function createJsonCall({ url, service, region, timeoutMs, attempts }: JsonService): JsonCall {
  const { protocol, host, origin } = new URL(url);
  const plain = protocol === 'http:';
  const agent = plain ? new PlainAgent({ keepAlive: true }) : new Agent({ keepAlive: true });

  function post(target: string, body: string, signal: AbortSignal): Promise<unknown> {
    const named = { Host: host, 'Content-Type': CONTENT_TYPES[service], 'X-Amz-Target': target };
    const { headers = {} } = aws4.sign({ service, region, method: 'POST', path: '/', headers: named, body });
    return new Promise((resolve, reject) => {
      const sent = (plain ? plainRequest : request)(origin, { method: 'POST', headers, agent, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', (cause) => reject(noAnswer(target, cause)));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status === 200) resolve(JSON.parse(text));
          else reject(refusal(target, status, text));
        });
      });
      sent.once('error', (cause) => {
        // A frozen function wakes up with connections that died meanwhile: nothing has arrived.
        const stale = sent.reusedSocket && 'code' in cause && cause.code === 'ECONNRESET';
        if (stale) post(target, body, signal).then(resolve, reject);
        else reject(noAnswer(target, cause));
      });
      sent.end(body);
    });
  }

  return async (target, input, signal) => {
    const body = JSON.stringify(input);
    for (let attempt = 1; ; attempt += 1) {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        return await post(target, body, signal ? AbortSignal.any([signal, timeout]) : timeout);
      } catch (error) {
        const again = error instanceof ServiceError && error.retryable && !signal?.aborted;
        if (!again || attempt >= attempts) throw error;
        await new Promise((go) => setTimeout(go, Math.random() * FIRST_PAUSE_MS * 2 ** attempt));
      }
    }
  };
}

function refusal(target: string, status: number, text: string): ServiceError {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Refusal), text);
  const code = parsed.success ? (parsed.output.__type.split('#').at(-1) ?? '') : `http_${status}`;
  return new ServiceError(target, { code, retryable: status >= 500 || /Throttl/.test(code) });
}

function noAnswer(target: string, cause: unknown): ServiceError {
  return new ServiceError(target, { code: 'no_answer', retryable: true, cause });
}
