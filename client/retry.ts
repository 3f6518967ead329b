/** Whether a request may be sent again after no answer came: by its method, by its Idempotency-Key, or not. */
export type Repeatable = 'always' | 'keyed' | 'never';

const FIRST_MS = 500;
const LONGEST_MS = 20_000;
/** Nothing was done: the request may be sent again whatever it is. */
const NOT_TAKEN = [429, 503];
/** It may have been done. */
const IN_DOUBT = [0, 500, 502, 504];

/** How often a request is tried that ended so. */
export function triesOf(tries: number, repeatable: Repeatable, status: number): number {
  const again = NOT_TAKEN.includes(status) || (repeatable !== 'never' && IN_DOUBT.includes(status));
  return again ? tries : 1;
}

/**
 * How long (ms) to wait before the next try: what the API asks for, and otherwise twice as long each time, somewhere
 * between none and all of it. Undefined when the API asks for longer than a call can wait, such as for the next month.
 */
export function delayOf(tried: number, retryAfter: string | null, random: () => number): number | undefined {
  const asked = retryAfter === null ? 0 : Number(retryAfter) * 1000;
  if (asked > LONGEST_MS) return undefined;
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** (tried - 1));
  return (asked > 0 ? asked : 0) + random() * most;
}
