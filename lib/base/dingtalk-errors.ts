import { ServiceError } from './errors.ts';

/** What a refusal means for the caller; the letters are the reference's (messaging.md §0). */
export type ErrorClass =
  | 'token' // T: drop the token, fetch another, once
  | 'credentials' // C: app key or secret wrong
  | 'rate' // R: wait
  | 'transient' // X: again, a few times
  | 'permission' // P: a permission has to be granted
  | 'ip' // I: the egress address is not allowed
  | 'argument' // A: the call itself is wrong
  | 'gone' // G: the target does not exist (any more)
  | 'moderation' // M: the content is not allowed
  | 'unknown'; // U: it may have happened

const RETRYABLE: readonly ErrorClass[] = ['rate', 'transient', 'unknown'];

type RefusalOptions = {
  code: string;
  class: ErrorClass;
  status: number;
  description: string;
  retryable?: boolean;
  remedy?: string | undefined;
  requestId?: string | undefined;
  waitMs?: number | undefined;
  /** The quota that is used up: waiting helps at the end of its period only. */
  usedUp?: 'month' | 'day' | undefined;
  /** Scopes that the app lacks, where the answer names them. */
  scopes?: readonly string[] | undefined;
  cause?: unknown;
};

/**
 * DingTalk answered with an error. Decide on `class`; `code` is DingTalk's own (`sub_code` where it hides
 * under 88; `310000.keyword|sign|timestamp|ip`), or `ip_ban`, `unreadable_answer`, `http_<status>`.
 * Class `unknown`: the call may have been carried out.
 */
export class DingTalkRefusal extends ServiceError {
  override readonly name = 'DingTalkRefusal';
  readonly class: ErrorClass;
  /** The HTTP status; the old host says 200 to everything. */
  readonly status: number;
  /** DingTalk's own words, without anything that looks like a secret, at most 300 characters. */
  readonly description: string;
  readonly requestId?: string;
  /** How long to wait before the next call of this kind. */
  readonly waitMs?: number;
  readonly scopes: readonly string[];
  readonly usedUp?: 'month' | 'day';

  constructor(operation: string, options: RefusalOptions) {
    const { code, remedy, cause } = options;
    super(operation, { code, retryable: options.retryable ?? RETRYABLE.includes(options.class), remedy, cause });
    this.class = options.class;
    this.status = options.status;
    this.description = options.description;
    this.scopes = options.scopes ?? [];
    if (options.requestId !== undefined) this.requestId = options.requestId;
    if (options.waitMs !== undefined) this.waitMs = options.waitMs;
    if (options.usedUp !== undefined) this.usedUp = options.usedUp;
  }
}

/** Whether a quota of DingTalk's is used up. It comes back, with the next month at the latest: nothing is given up for it. */
export function isUsedUp(error: unknown): boolean {
  return error instanceof DingTalkRefusal && error.usedUp !== undefined;
}

/** Whether it is the quota of the month, which all calls share. */
export function isMonthUsedUp(error: unknown): boolean {
  return error instanceof DingTalkRefusal && error.usedUp === 'month';
}

/** Whether the request reached DingTalk: `no` is certain, `maybe` is not. */
export type Arrived = 'no' | 'maybe';

/** There was no answer: `timeout`, `connect_failed`, `cut`, `answer_too_large`, `token_unavailable`, `no_time_left`. */
export class DingTalkUnreachable extends ServiceError {
  override readonly name = 'DingTalkUnreachable';
  readonly arrived: Arrived;

  constructor(operation: string, options: { code: string; arrived: Arrived; cause?: unknown }) {
    super(operation, { code: options.code, retryable: true, cause: options.cause });
    this.arrived = options.arrived;
  }
}
