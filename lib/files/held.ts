import { createHash } from 'node:crypto';

export type Digest = { sha256: string; crc32: number };

/**
 * The sums of a body, which is read to its end and not kept. The second is made for a zip alone: what makes it takes a
 * tenth of a cold start to load.
 */
export async function digestOf(chunks: AsyncIterable<Uint8Array>, { forZip }: { forZip: boolean }): Promise<Digest> {
  const hash = createHash('sha256');
  const zlib = forZip ? await import('node:zlib') : undefined;
  let crc = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (zlib) crc = zlib.crc32(chunk, crc);
  }
  return { sha256: hash.digest('hex'), crc32: crc };
}
