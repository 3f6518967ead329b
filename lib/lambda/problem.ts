import { type Fault, InvalidInput, NotAllowed, ServiceError } from '../base/errors.ts';

/** RFC 9457 problem details with this project's stable `code`, every fault at once, and what to do. */
export type Problem = {
  type: 'about:blank';
  title: string;
  status: number;
  code: string;
  remedy: string;
  errors?: Fault[];
};

const RETRY_LATER = 'Nothing was lost. Send the same request again with the same Idempotency-Key.';

/** Turns any failure into a problem document. An unknown error says nothing about its inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof InvalidInput) {
    return {
      type: 'about:blank',
      title: 'The request cannot be carried out as it is',
      status: error.status,
      code: error.code,
      remedy: 'Correct what `errors` lists and send the request again.',
      errors: error.faults,
    };
  }
  if (error instanceof NotAllowed) {
    return {
      type: 'about:blank',
      title: error.retryAfterS === undefined ? 'This key may not do that' : 'This key asks too often',
      status: error.retryAfterS === undefined ? 403 : 429,
      code: error.code,
      remedy: error.remedy ?? '',
    };
  }
  if (error instanceof ServiceError) {
    return {
      type: 'about:blank',
      title: error.retryable ? 'A part behind this API did not answer' : 'DingTalk or AWS refused the operation',
      status: error.retryable ? 503 : 502,
      code: error.code,
      remedy: error.retryable ? RETRY_LATER : (error.remedy ?? 'Look the code up in the log of this request.'),
    };
  }
  return {
    type: 'about:blank',
    title: 'Something unexpected went wrong',
    status: 500,
    code: 'internal_error',
    remedy: RETRY_LATER,
  };
}
