import { ServiceError } from '../base/errors.ts';
import { BUSY } from './signed-request.ts';

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
 * Lets S3's client say in our words when S3 is down or busy, after its own tries: a retryable ServiceError. What
 * S3 answers, such as an object that is not there, stays as it is.
 */
export function tellOutages<C extends Client>(client: C): C {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (cause) {
        if (!isOutage(cause)) throw cause;
        throw new ServiceError('s3.call', { code: 's3_unavailable', retryable: true, cause });
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
