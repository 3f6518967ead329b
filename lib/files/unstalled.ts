import { ServiceError } from '../base/errors.ts';
import type { Body } from './share/share.ts';

/** A source that sends less than `leastBytes` in `windowMs` of waiting is given up. */
export type Patience = { windowMs: number; leastBytes: number };

/** Five seconds: found and restarted within ten. S3 and DingTalk are always faster than half a megabit a second. */
export const PATIENCE: Patience = { windowMs: 5_000, leastBytes: 256 * 1024 };

/** After so many bytes their memory is given back. */
const FREED_BYTES = 4 * 1024 * 1024;

/**
 * The bytes of a body, whole: one that stalls, trickles or ends early is an error. Only the time spent waiting for the
 * source counts, not the time of its reader.
 * @throws ServiceError `source_stalled`, `source_cut`
 */
export async function* unstalled(body: Body, patience: Patience = PATIENCE): AsyncGenerator<Uint8Array> {
  const source = body.chunks[Symbol.asyncIterator]();
  const pace = paceOf(patience);
  let received = 0;
  let held = 0;
  try {
    for (;;) {
      const asked = performance.now();
      const next = await inTime(source.next(), pace.leftMs());
      if (next.done) break;
      const bytes = next.value.byteLength;
      received += bytes;
      const isFast = pace.holds(bytes, performance.now() - asked);
      if (!isFast && received !== body.length) throw broken('source_stalled');
      yield next.value;
      held += bytes;
      if (held >= FREED_BYTES) held = await free();
    }
    if (body.length !== undefined && received !== body.length) throw broken('source_cut');
  } catch (error) {
    throw asServiceError(error);
  } finally {
    body.cancel();
  }
}

function paceOf({ windowMs, leastBytes }: Patience) {
  let window = { bytes: 0, waitedMs: 0 };
  return {
    leftMs: () => windowMs - (window.bytes < leastBytes ? window.waitedMs : 0),
    /** False when a window has ended with too few bytes. */
    holds(bytes: number, waitedMs: number): boolean {
      window = { bytes: window.bytes + bytes, waitedMs: window.waitedMs + waitedMs };
      if (window.waitedMs < windowMs) return true;
      const isEnough = window.bytes >= leastBytes;
      window = { bytes: 0, waitedMs: 0 };
      return isEnough;
    },
  };
}

/** Gives back the memory of what was read; answers how much of it is held then. */
async function free(): Promise<number> {
  const { freeRead } = await import('../base/memory/free-read.ts'); // loaded with the first large body
  freeRead();
  return 0;
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
