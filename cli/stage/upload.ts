import { type Readable, Transform } from 'node:stream';
import { request } from 'undici';

type Upload = {
  url: string;
  headers: Record<string, string>;
  source: Readable;
  /** How many bytes went out so far. */
  onSent(bytes: number): void;
  signal: AbortSignal;
};

/** PUTs a stream with the length that the headers name, never more of it in memory than a few chunks. @returns status */
export async function putFile({ url, headers, source, onSent, signal }: Upload): Promise<number> {
  let sent = 0;
  // a chunk comes through when the connection has room for it
  const counted = new Transform({
    transform(chunk: Buffer, _, next) {
      sent += chunk.byteLength;
      onSent(sent);
      next(undefined, chunk);
    },
  });
  source.on('error', (error) => counted.destroy(error));
  const { statusCode, body } = await request(url, {
    method: 'PUT',
    headers,
    body: source.pipe(counted),
    signal,
    headersTimeout: 0,
  });
  await body.dump();
  return statusCode;
}
