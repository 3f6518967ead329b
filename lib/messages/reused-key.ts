import { InvalidInput } from '../base/errors.ts';

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
