import { ServiceError } from '../base/errors.ts';
import type { Body } from './share/share.ts';

/** A source that sends less than `leastBytes` in `windowMs` of waiting is given up. */
export type Patience = { windowMs: number; leastBytes: number };

/** Five seconds: found and restarted within ten. S3 and DingTalk are always faster than half a megabit a second. */
export const PATIENCE: Patience = { windowMs: 5_000, leastBytes: 256 * 1024 };

/**
 * The bytes of a body, whole: one that stalls, trickles or ends early is an error. Only the time spent waiting for the
 * source counts, not the time of its reader.
 * @throws ServiceError `source_stalled`, `source_cut`
 */
export async function* unstalled(body: Body, patience: Patience = PATIENCE): AsyncGenerator<Uint8Array> {
  const source = body.chunks[Symbol.asyncIterator]();
  let received = 0;
  let window = { bytes: 0, waitedMs: 0 };
  try {
    for (;;) {
      const asked = performance.now();
      const spentMs = window.bytes < patience.leastBytes ? window.waitedMs : 0;
      const next = await inTime(source.next(), patience.windowMs - spentMs);
      if (next.done) break;
      const bytes = next.value.byteLength;
      received += bytes;
      window = { bytes: window.bytes + bytes, waitedMs: window.waitedMs + performance.now() - asked };
      if (window.waitedMs >= patience.windowMs) {
        if (window.bytes < patience.leastBytes && received !== body.length) throw broken('source_stalled');
        window = { bytes: 0, waitedMs: 0 };
      }
      yield next.value;
    }
    if (body.length !== undefined && received !== body.length) throw broken('source_cut');
  } catch (error) {
    throw asServiceError(error);
  } finally {
    body.cancel();
  }
}

/** @throws ServiceError `source_stalled` after so many ms */
async function inTime<T>(next: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(broken('source_stalled')), ms);
  // once it is late nothing waits for it any more, and its failure must not go unhandled
  next.catch(() => undefined);
  try {
    return await Promise.race([next, late]);
  } finally {
    clearTimeout(timer);
  }
}

function asServiceError(error: unknown): ServiceError {
  return error instanceof ServiceError ? error : broken('source_cut', error);
}

function broken(code: string, cause?: unknown): ServiceError {
  return new ServiceError('object.read', { code, retryable: true, cause });
}
