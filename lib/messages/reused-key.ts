import { InvalidInput } from '../base/errors.ts';
import { keyHashOf } from '../base/idempotency.ts';
import { type AcceptDeps, type AcceptInput, acceptMessage, ownIdOf } from './accept.ts';

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

/** Accepts a message under a key of ours. @returns the id that the key stands for, also where it has another text */
export async function acceptedOnce(deps: AcceptDeps, input: AcceptInput & { idempotencyKey: string }): Promise<string> {
  const accepted = await ignoreReusedKey(acceptMessage(deps, input));
  return (
    accepted?.id ?? ownIdOf(input) ?? deps.messages.idFor(keyHashOf(input.caller, input.idempotencyKey), '', deps.now())
  );
}
