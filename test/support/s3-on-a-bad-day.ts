import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How one GET of an object goes: whole, cut, silent after, or dripping from a share of its bytes. */
export type Manner = 'whole' | { cutAt: number } | { stallAt: number } | { dripAt: number };

/** One object behind S3's GET and HEAD, whose n-th GET goes as `manners[n]` says, and whole after that. */
export async function startS3(object: Buffer, manners: Manner[]) {
  let gets = 0;
  const server = createServer(async (request, response) => {
    response.setHeader('etag', '"tag"');
    response.setHeader('content-length', object.length);
    if (request.method === 'HEAD') return response.end();
    gets += 1;
    await send(response, manners[gets - 1] ?? 'whole');
  });

  async function send(response: ServerResponse, manner: Manner) {
    if (manner === 'whole') return response.end(object);
    const [share = 0] = Object.values(manner);
    const upTo = Math.floor(object.length * share);
    response.write(object.subarray(0, upTo));
    if ('stallAt' in manner) return undefined;
    if ('cutAt' in manner) {
      await sleep(20);
      return response.destroy();
    }
    for (let at = upTo; at < object.length && !response.destroyed; at += 1) {
      response.write(object.subarray(at, at + 1));
      await sleep(50);
    }
    return response.end();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    gets: () => gets,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
