export type ServiceErrorOptions = {
  /** Stable, machine-readable reason. */
  code: string;
  /** Whether the same call may succeed later. */
  retryable: boolean;
  /** What a person can do about it. */
  remedy?: string | undefined;
  cause?: unknown;
};

/** The base of every failure this project raises: decide on `name`, `code` and `retryable`, never on the message. */
export class ServiceError extends Error {
  override readonly name: string = 'ServiceError';
  readonly operation: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly remedy?: string;

  constructor(operation: string, { code, retryable, remedy, cause }: ServiceErrorOptions) {
    super(`${operation}: ${code}`, { cause });
    this.operation = operation;
    this.code = code;
    this.retryable = retryable;
    if (remedy !== undefined) this.remedy = remedy;
  }
}

/** Whether the same work may succeed later. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ServiceError && error.retryable;
}

/** One thing that is wrong with an input, and what to do about it. `calls` and `most`: of what costs too many calls. */
export type Fault = { path: string; code: string; message: string; calls?: number; most?: number };

/** A caller's mistake: every fault at once. Becomes a problem document at the HTTP shell, whose status is that of the code (contract/problems.ts). */
export class InvalidInput extends ServiceError {
  override readonly name = 'InvalidInput';
  readonly faults: Fault[];

  constructor(operation: string, code: string, faults: Fault[]) {
    super(operation, { code, retryable: false, remedy: faults.map(({ message }) => message).join('; ') || undefined });
    this.faults = faults;
  }
}

/**
 * Whoever calls may not do this, not so often, or is nobody that is known. Becomes a problem document at the HTTP shell,
 * whose status is that of the code (contract/problems.ts).
 */
export class NotAllowed extends ServiceError {
  override readonly name = 'NotAllowed';
  /** What the answer's headers say beside. */
  readonly headers: Record<string, string>;

  constructor(operation: string, options: { code: string; remedy: string; headers?: Record<string, string> }) {
    super(operation, { code: options.code, remedy: options.remedy, retryable: false });
    this.headers = options.headers ?? {};
  }
}

/** What is wrong with a moment that is over: nothing can be done by then any more. */
export function pastFaults(path: string, moment: string | null | undefined, now: number): Fault[] {
  if (!moment || Date.parse(moment) > now) return [];
  const message = `"${path}" is over: it is ${new Date(now).toISOString()} now; give a later time, or leave it out`;
  return [{ path, code: 'in_the_past', message }];
}

/** The code of a record that a newer version wrote, and this one cannot read. */
export const UNREADABLE = 'record_unreadable';

/** Undefined in place of a record that this version cannot read: it was counted, and stays for the version that can. */
export function ifReadable(error: unknown): undefined {
  if (error instanceof ServiceError && error.code === UNREADABLE) return undefined;
  throw error;
}
