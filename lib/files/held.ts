import { createHash } from 'node:crypto';
import type { Streamed } from '../dingtalk/transport/http.ts';

/** A body that can be read several times; `isHeld`: it is small enough to keep what was read. */
export type Source = Streamed & { isHeld: boolean };
export type Digest = { sha256: string; crc32: number };

/**
 * The sums of a body, and the body to send: the bytes that were summed, if they may be held, else the source once more.
 * The second sum is made for a zip alone: what makes it takes a tenth of a cold start to load.
 */
export async function summed(source: Source, { forZip }: { forZip: boolean }): Promise<Digest & { body: Streamed }> {
  const hash = createHash('sha256');
  const zlib = forZip ? await import('node:zlib') : undefined;
  const held: Uint8Array[] = [];
  let crc = 0;
  for await (const chunk of source.open()) {
    hash.update(chunk);
    if (zlib) crc = zlib.crc32(chunk, crc);
    if (source.isHeld) held.push(chunk);
  }
  async function* again() {
    yield* held;
  }
  const body = source.isHeld ? { length: source.length, open: again } : source;
  return { sha256: hash.digest('hex'), crc32: crc, body };
}
