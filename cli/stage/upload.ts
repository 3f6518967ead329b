import { type Readable, Transform } from 'node:stream';
// the whole of undici takes longer to load, and wants a newer Node
import requestBy from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';

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
  const { origin, pathname, search } = new URL(url);
  const agent = new Agent({ headersTimeout: 0 });
  try {
    const body = source.pipe(counted);
    const options = { origin, path: pathname + search, method: 'PUT', headers, body, signal } as const;
    const { statusCode, body: answer } = await requestBy.call(agent, options);
    await answer.dump();
    return statusCode;
  } finally {
    void agent.close();
  }
}
