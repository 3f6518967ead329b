import * as v from 'valibot';
import { parseJson } from '../base/json.ts';
import { refused, type SignedRequest, signedRequest, textOf } from './signed-request.ts';

export type JsonService = Pick<SignedRequest, 'url' | 'region' | 'timeoutMs' | 'attempts' | 'once'> & {
  service: 'dynamodb' | 'events' | 'lambda' | 'secretsmanager' | 'sqs' | 'states';
  /** Where not at the root. */
  path?: string;
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
const Refusal = v.object({ __type: v.string(), message: v.optional(v.string()), Message: v.optional(v.string()) });

/**
 * Calls a service of AWS by signed JSON.
 * @throws ServiceError with AWS's own code, or `no_answer`, also when the caller gave up. Always `retryable`: a missing
 * queue or grant is for an operator to add, and no record may be lost because of it.
 */
export function createJsonCall(options: JsonService): JsonCall {
  const { path = '/', service } = options;
  return async (target, input, signal) => {
    const headers = { 'Content-Type': CONTENT_TYPES[service], 'X-Amz-Target': target };
    const asked = { ...options, operation: target, method: 'POST', path, headers, signal } as const;
    return signedRequest({ ...asked, body: JSON.stringify(input) }, async (response) => {
      const { statusCode = 0 } = response;
      const answer = answerIn(await textOf(response));
      if (statusCode === 200 && answer !== undefined) return answer;
      throw refusalOf(target, statusCode, answer);
    });
  };
}

/** A call that has nothing to answer, such as ChangeMessageVisibility, answers no JSON at all. */
function answerIn(text: string): unknown {
  return text === '' ? {} : parseJson(text);
}

function refusalOf(operation: string, status: number, answer: unknown) {
  const { success, output } = v.safeParse(Refusal, answer);
  const code = success ? (output.__type.split('#').at(-1) ?? '') : `http_${status}`;
  return refused(operation, {
    status,
    code,
    cause: success ? new Error(output.message ?? output.Message ?? code) : undefined,
  });
}
