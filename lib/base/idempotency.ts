import { InvalidInput } from './errors.ts';
import { sha256 } from './hash.ts';

/** What tells a repeat of a request from another one under the same key; in which order members stand is no difference. */
export function requestHashOf(request: unknown): string {
  return sha256(JSON.stringify(request, inOrder));
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A caller's Idempotency-Key, as a text of hex digits that stands for one record. */
export function keyHashOf(caller: string, idempotencyKey: string): string {
  return sha256(`${caller}\n${idempotencyKey}`);
}

/** @throws InvalidInput when the record that a key stands for was made by another request */
export function requireSameRequest(
  kind: 'message' | 'task' | 'share' | 'approval',
  { id, requestHash }: { id: string; requestHash?: string | undefined },
  hashNow: string,
): void {
  if (requestHash === hashNow) return;
  const message = `this key already stands for ${kind} ${id} with another body; use a new key for a new ${kind}`;
  const code = 'idempotency_key_reused';
  throw new InvalidInput(`${kind}s.accept`, code, [{ path: 'Idempotency-Key', code, message }]);
}
