import { InvalidInput } from '../base/errors.ts';

/** Whose the messages about tasks are: no key has an owner of that name, so nobody takes their Idempotency-Keys. */
export const OF_TASKS = 'dingdock:tasks';

/**
 * The accepted message; undefined when an earlier try, which crashed, has accepted a message under the same key with
 * another text.
 */
export async function ignoreReusedKey<T>(accepted: Promise<T>): Promise<T | undefined> {
  try {
    return await accepted;
  } catch (error) {
    if (error instanceof InvalidInput && error.code === 'idempotency_key_reused') return undefined;
    throw error;
  }
}
