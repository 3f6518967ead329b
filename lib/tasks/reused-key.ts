import { InvalidInput } from '../base/errors.ts';

/**
 * A message that is kept under a key of its own: one that was kept already by an attempt that did not live to say so, and
 * that would read otherwise by now, is as good (undefined).
 */
export async function ignoreReusedKey<T>(accepted: Promise<T>): Promise<T | undefined> {
  try {
    return await accepted;
  } catch (error) {
    if (error instanceof InvalidInput && error.code === 'idempotency_key_reused') return undefined;
    throw error;
  }
}
