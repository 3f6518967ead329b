import { PROBLEMS, type Problem } from '../../contract/problems.ts';
import { InvalidInput, NotAllowed, ServiceError } from '../base/errors.ts';
import { REMEDIES } from '../base/words/en.ts';

const STATUS: Record<string, number> = PROBLEMS;

/** Turns any failure into a problem document. An unknown error says nothing about its inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof InvalidInput) return { ...callersProblem(error, remedyOf(error)), errors: error.faults };
  if (error instanceof NotAllowed) return callersProblem(error, error.remedy ?? '');
  if (!(error instanceof ServiceError)) {
    return problem('internal_error', 500, 'Something unexpected went wrong', REMEDIES.retryLater);
  }
  const { code, retryable, remedy = REMEDIES.lookUp } = error;
  if (retryable) return problem(code, 503, 'A part behind this API did not answer', REMEDIES.retryLater);
  return problem(code, 502, 'DingTalk or AWS refused the operation', remedy);
}

/** Its code in words is what the case is called. */
function callersProblem({ code }: ServiceError, remedy: string): Problem {
  const words = code.replaceAll('_', ' ');
  return problem(code, STATUS[code] ?? 422, words.charAt(0).toUpperCase() + words.slice(1), remedy);
}

/** One fault says itself what would be right. */
function remedyOf({ faults, remedy }: InvalidInput): string {
  if (faults.length === 1 && remedy !== undefined) return `Correct it and send the request again: ${remedy}`;
  return `Correct the ${faults.length} entries of "errors" and send the request again.`;
}

function problem(code: string, status: number, title: string, remedy: string): Problem {
  return { type: `/problems/${code}`, title, status, code, remedy };
}
