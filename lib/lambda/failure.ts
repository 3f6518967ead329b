import { ServiceError } from '../base/errors.ts';

/** What a log line tells of a failure. */
export function failure(error: unknown) {
  if (error instanceof ServiceError) return { code: error.code, operation: error.operation };
  return { code: error instanceof Error ? error.name : 'unknown_error' };
}
