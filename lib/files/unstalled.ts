import { ServiceError } from '../base/errors.ts';
import type { Body } from './share/share.ts';

/** A source that gives less than `leastBytes` in `windowMs` of waiting for it is given up. */
export type Patience = { windowMs: number; leastBytes: number };

/** Five seconds: found and begun anew within ten. Half a megabit a second is less than S3 or DingTalk ever gives. */
export const PATIENCE: Patience = { windowMs: 5_000, leastBytes: 256 * 1024 };

/**
 * The bytes of a body, whole: a stalled or dripping one and one that ends early are errors. Only the time spent waiting
 * for the source counts, not the time its reader takes.
 * @throws ServiceError `source_stalled`, `source_cut`
 */
export async function* unstalled(body: Body, patience: Patience = PATIENCE): AsyncGenerator<Uint8Array> {
  const source = body.chunks[Symbol.asyncIterator]();
  let received = 0;
  let inWindow = 0;
  let waitedMs = 0;
  try {
    for (;;) {
      const asked = performance.now();
      const spent = inWindow < patience.leastBytes ? waitedMs : 0;
      const next = await inTime(source.next(), patience.windowMs - spent);
      if (next === 'late') throw broken('source_stalled');
      if (next.done) break;
      received += next.value.byteLength;
      inWindow += next.value.byteLength;
      waitedMs += performance.now() - asked;
      if (waitedMs >= patience.windowMs) {
        if (inWindow < patience.leastBytes && received !== body.length) throw broken('source_stalled');
        waitedMs = 0;
        inWindow = 0;
      }
      yield next.value;
    }
  } catch (error) {
    throw error instanceof ServiceError ? error : broken('source_cut', error);
  } finally {
    body.cancel();
  }
  if (body.length !== undefined && received !== body.length) throw broken('source_cut');
}

async function inTime<T>(next: Promise<T>, ms: number): Promise<T | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), ms);
  // when it is late, nobody waits for it any more, and its failure is nobody's
  next.catch(() => undefined);
  try {
    return await Promise.race([next, late]);
  } finally {
    clearTimeout(timer);
  }
}

function broken(code: string, cause?: unknown): ServiceError {
  return new ServiceError('object.read', { code, retryable: true, cause });
}
