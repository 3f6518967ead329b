import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type Digest = { sha256: string; crc32: number };

/** The sums of a body, which is read to its end and not kept. */
export async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256');
  let crc = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    crc = crc32(chunk, crc);
  }
  return { sha256: hash.digest('hex'), crc32: crc };
}
