import { parseObject } from '../../lib/base/json.ts';
import { NotRun } from './event-source.ts';

/** The function ran and failed; its own log says more. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
}

/** Calls a function as the AWS SDK does, at serverless-offline's Lambda endpoint. */
export function lambdaInvoke(url: string, prefix: string) {
  return async (functionName: string, event: object, signal?: AbortSignal) => {
    const response = await fetch(`${url}/2015-03-31/functions/${prefix}${functionName}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'x-amz-invocation-type': 'RequestResponse' },
      body: JSON.stringify(event),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      throw isRefused(error) ? new NotRun(`${functionName} cannot be reached`, { cause: error }) : error;
    });
    const text = await response.text();
    if (!response.ok || response.headers.has('x-amz-function-error')) {
      throw new FunctionFailed(`${functionName} failed: ${errorMessage(text) ?? `HTTP ${response.status}`}`);
    }
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    return answer;
  };
}

/** Whether nothing listens there: the functions were killed and are coming back. */
function isRefused(error: unknown): boolean {
  return error instanceof TypeError && Object(error.cause).code === 'ECONNREFUSED';
}

function errorMessage(text: string): string | undefined {
  const message = parseObject(text)?.errorMessage;
  return typeof message === 'string' ? message : undefined;
}
