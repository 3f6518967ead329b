import { parseObject } from '../../lib/base/json.ts';
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
    });
    const text = await response.text();
    if (!response.ok || response.headers.has('x-amz-function-error')) {
      throw new FunctionFailed(`${functionName} failed: ${errorMessage(text) ?? `HTTP ${response.status}`}`);
    }
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    return answer;
  };
}

function errorMessage(text: string): string | undefined {
  const message = parseObject(text)?.errorMessage;
  return typeof message === 'string' ? message : undefined;
}
