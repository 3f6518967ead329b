import { ServiceError } from '../base/errors.ts';

/** Errors of AWS's that a repeat may help, whatever status they come with. */
const BUSY = /Throttl|ProvisionedThroughput|RequestLimit|TooManyRequests|SlowDown|LimitExceeded|InternalServerError/;

/** A client of AWS's SDK, as far as its errors are concerned. */
type Client = {
  middlewareStack: {
    add(
      middleware: <A, R>(next: (args: A) => Promise<R>) => (args: A) => Promise<R>,
      options: { step: 'initialize'; priority: 'high'; name: string },
    ): void;
  };
};

/**
 * Lets a client say in our words when the service is down or busy, after its own tries: a retryable ServiceError. What
 * the service answers, such as a condition that did not hold, stays as it is.
 */
export function tellOutages<C extends Client>(client: C, service: 'dynamodb' | 's3'): C {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (cause) {
        if (!isOutage(cause)) throw cause;
        throw new ServiceError(`${service}.call`, { code: `${service}_unavailable`, retryable: true, cause });
      }
    },
    { step: 'initialize', priority: 'high', name: 'tellOutages' },
  );
  return client;
}

function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ServiceError) return false;
  const metadata: unknown = Object(error).$metadata;
  const status: unknown = Object(metadata).httpStatusCode;
  // without a status there was no answer: no connection, or none in time
  return BUSY.test(error.name) || typeof status !== 'number' ? !isMistake(error) : status >= 500;
}

/** A bug on our side, such as a member that cannot be written. */
function isMistake(error: Error): boolean {
  return ['TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'].includes(error.name);
}
